/* The time as the server has it, and whether this phone's own clock can be believed. */
const WRONG = 120, JUMP = 90;

export class Clock {
  /** `offset`: the server's time less this phone's, in seconds, as it was when a list was fetched last. */
  constructor(offset = 0) {
    this.offset = offset;
    this.mark();
  }

  mark() {
    this.wall = Date.now();
    this.steady = performance.now();
  }

  /** The server said what time it is. */
  told(now) {
    this.offset = now - Date.now() / 1000;
    this.mark();
  }

  now() {
    return Date.now() / 1000 + this.offset;
  }

  /** By how many minutes the phone's clock is wrong; 0 when it is right enough. */
  get wrongBy() {
    return Math.abs(this.offset) > WRONG ? Math.round(this.offset / -60) : 0;
  }

  /** Whether the clock was set while nobody could say what time it is: it ran backwards, jumped, or is behind what we
      know to be past (`asOf`). A phone that slept is ahead, and not for that. */
  isDoubtful(asOf) {
    const passed = (Date.now() - this.wall) / 1000, steady = (performance.now() - this.steady) / 1000;
    return passed < steady - JUMP || this.now() < asOf - JUMP;
  }
}
