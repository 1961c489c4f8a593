// The sandbox's own API, and the long poll that keeps every screen fresh.

const BREATH = 150;

export async function post(path, body = {}) {
  const answer = await fetch(path, { method: "POST", body: JSON.stringify(body) });
  const told = await answer.json().catch(() => ({ error: `HTTP ${answer.status}` }));
  if (!answer.ok) throw new Error(told.error);
  return told;
}

export async function get(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.json();
}

const rest = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// Calls `show(feed)` with the newest at first, then with whatever is new, for ever; `whose()` names the phones.
// The breath gathers what comes in a burst.
export async function follow(whose, show) {
  let version = 0;
  let after = 0;
  for (;;) {
    try {
      const feed = await get(`/sandbox/feed?version=${version}&after=${after}&wait=25&${whose()}`);
      version = feed.version;
      after = feed.lines.at(-1)?.n ?? after;
      show(feed);
      await rest(BREATH);
    } catch (error) {
      if (!(error instanceof TypeError)) console.error(error);
      await rest(1000);
    }
  }
}
