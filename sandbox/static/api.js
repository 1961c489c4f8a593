// The sandbox's own API, and the long poll that keeps every screen fresh.

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

// Calls `show(feed)` with everything at first, then with whatever is new, for ever.
export async function follow(show) {
  let version = 0;
  let after = 0;
  for (;;) {
    try {
      const feed = await get(`/sandbox/feed?version=${version}&after=${after}&wait=25`);
      version = feed.version;
      after = feed.lines.at(-1)?.n ?? after;
      show(feed);
    } catch {
      await new Promise((done) => setTimeout(done, 1000));
    }
  }
}
