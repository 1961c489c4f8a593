/* What a result sounds and feels like: told apart without looking at the screen. */
const SOUNDS = {
  green: [[880, 0.12]],
  grey: [[660, 0.12], [0, 0.06], [660, 0.12]],
  yellow: [[440, 0.25], [0, 0.08], [440, 0.25]],
  red: [[220, 0.3], [0, 0.08], [220, 0.3], [0, 0.08], [220, 0.3]],
};
const SHAKES = { green: [60], grey: [60, 60, 60], yellow: [200, 80, 200], red: [300, 80, 300, 80, 300] };
const OTHER = [[330, 0.2], [0, 0.05], [260, 0.3]];
let audio;

/** Called by a tap: browsers let nothing sound before one. */
export function wake() {
  audio ??= new (self.AudioContext || self.webkitAudioContext)();
  audio.resume();
}

export function tell(result) {
  navigator.vibrate?.(SHAKES[result] ?? [400]);
  if (!audio) return;
  let at = audio.currentTime;
  for (const [pitch, lasts] of SOUNDS[result] ?? OTHER) {
    if (pitch) {
      const tone = audio.createOscillator(), loud = audio.createGain();
      tone.frequency.value = pitch;
      loud.gain.value = 0.2;
      tone.connect(loud).connect(audio.destination);
      tone.start(at);
      tone.stop(at + lasts);
    }
    at += lasts;
  }
}
