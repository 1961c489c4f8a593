// A partner's first hour with the API: token, authorisation, display, declaration, code, verification, upload, changes.
//
//     BASE=https://…/api/v1 CLIENT=gate-1 SECRET=… node example.mjs
//
// Shows a code for the resident, waits for their 同意, then works with the handle. Needs Node 18 and nothing else.

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

const { BASE, CLIENT, SECRET } = process.env;

async function token() {
  const answer = await fetch(`${BASE}/oauth/token`, {
    method: "POST",
    headers: { Authorization: "Basic " + Buffer.from(`${CLIENT}:${SECRET}`).toString("base64") },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()).access_token;
}

const access = await token();

async function ask(method, path, body, key) {
  const headers = { Authorization: `Bearer ${access}` };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key !== undefined) headers["Idempotency-Key"] = key;
  const answer = await fetch(BASE + path, { method, headers, body: body && JSON.stringify(body) });
  const told = await answer.json();
  if (!answer.ok) throw new Error(`${answer.status} ${told.detail}`); // problem+json: `detail` says what to do
  return told;
}

// 1. The resident allows it in the chat.
let asked = await ask("POST", "/authorisations", { user: "u-1001", scopes: ["query", "declare", "code"] });
console.log("授权", asked.code);
while (["waiting", "shown"].includes(asked.state)) {
  await sleep(200);
  asked = await ask("GET", `/authorisations/${asked.id}`);
}
if (asked.state !== "agreed") throw new Error(asked.state);
const handle = asked.handle;

// 2. What the display shows.
const resident = await ask("GET", `/residents/${handle}`);
console.log("state", resident.state, "until", resident.until);

// 3. A declaration, safe to send again under the same key.
const key = randomUUID();
const body = { temperature: 36.5, symptoms: [] };
const first = await ask("POST", `/residents/${handle}/health-declarations`, body, key);
const again = await ask("POST", `/residents/${handle}/health-declarations`, body, key);
console.log("recorded once", first.receipt === again.receipt);

// 4. A code, verified; the opaque datum serves the upload.
const code = await ask("POST", `/residents/${handle}/codes`);
const found = await ask("POST", "/codes/verifications", { code: code.link });
const row = { bizExtData: found.bizExtData, taken: new Date().toISOString(), temperature: 36.6 };
const told = await ask("POST", "/temperatures", { rows: [row] }, randomUUID());
console.log("verified", found.result, "row", told.rows[0].status);

// 5. Changes, page by page; keep the cursor with what you took.
let cursor = "0-0";
for (let more = true; more; ) {
  const page = await ask("GET", `/changes?cursor=${cursor}`);
  for (const each of page.changes) console.log("change", each.state, each.version > 0);
  ({ cursor, more } = page);
}
