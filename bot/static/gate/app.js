/* The guard's app: scan, temperature, result. With a network the server answers, without one the page itself does. */
import { Clock } from "./clock.js";
import { Revocations, keysOf } from "./lists.js";
import { tell, wake } from "./looks.js";
import * as queue from "./queue.js";
import { Scanner } from "./scanner.js";
import { tokenIn, verify } from "./token.js";

const PATIENCE = 2_500, EVERY = 60_000, OLDEST = 24 * 3600, FEVER = 37.3, BATCH = 50;
const byId = (id) => document.getElementById(id);
const parsed = (id) => JSON.parse(byId(id).textContent);
const words = parsed("words"), looks = parsed("looks"), outcomes = parsed("outcomes");
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

const clock = new Clock(), list = new Revocations();
let keys = new Map(), me = null, current = null, counts = {}, sending = null;
const scanner = new Scanner(byId("video"), "/static/packages/zxing-reader.wasm", found);

// --- asking the server ---

async function ask(path, options = {}) {
  const stop = new AbortController(), late = setTimeout(() => stop.abort(), options.patience ?? PATIENCE);
  try {
    const got = await fetch(path, { cache: "no-store", signal: stop.signal, ...options });
    if (!got.ok) throw Object.assign(new Error(path), { status: got.status });
    return got;
  } finally {
    clearTimeout(late);
  }
}

const post = (path, body) => ask(path, {
  method: "POST", body: JSON.stringify(body), patience: 8_000,
  headers: { "Content-Type": "application/json", "X-CSRF": me?.csrf ?? "" },
});

// --- what is known without a network ---

async function recall() {
  const kept = await queue.kept("known");
  if (!kept) return;
  me = kept.me;
  clock.offset = kept.offset;
  if (kept.keys) keys = await keysOf(kept.keys);
  Object.assign(list, { codes: kept.codes, cards: kept.cards, asOf: kept.asOf, ends: kept.ends });
}

/** Who is on duty, the keys, what was revoked since. */
async function refresh() {
  try {
    const told = await (await ask("/gate/me")).json();
    me = told.staff ? told : null;
    clock.told(told.now);
    const raw = new Uint8Array(await (await ask("/gate/keys")).arrayBuffer());
    keys = await keysOf(raw);
    const added = await ask(`/gate/revocations?after=${list.asOf}`, { patience: 20_000 });
    await list.take(new Uint8Array(await added.arrayBuffer()), keys);
    const { codes, cards, asOf, ends } = list;
    await queue.keep("known", { me, offset: clock.offset, keys: raw, codes, cards, asOf, ends });
    if (me?.venue) counts = me.counts;
  } catch { /* without a network what is known is what there is */ }
  showVenues();
  await show();
  await send();
}

const age = () => {
  const minutes = Math.max(0, Math.floor((clock.now() - list.asOf) / 60));
  return minutes < 60 ? fill(words.minutes, { n: minutes }) : fill(words.hours, { n: Math.floor(minutes / 60) });
};

// --- checking ---

/** What the page itself can say of a code. Always one of the named results. */
export async function checkHere(text) {
  const now = clock.now(), said = { live: false, name: "", checked: now };
  const cannot = (why = "") => ({ ...said, result: "cannot-check-now", why });
  if (!list.asOf) return cannot(words.no_list);
  if (clock.isDoubtful(list.asOf)) return cannot(words.clock_doubt);
  if (now - list.asOf > OLDEST) return cannot(words.old_list);
  const token = tokenIn(text), { fault, content } = await verify(token, keys, now);
  if (fault === "malformed") return /^[A-Z2-7]{60,}$/.test(token) ? { ...said, result: "bad-signature" } : cannot();
  if (fault === "unknown-key") return cannot();
  if (fault === "bad-signature") return { ...said, result: "bad-signature" };
  const about = { ...said, issued: content.issued };
  if (list.ends !== null && now >= list.ends) return { ...about, result: "ended" };
  if (fault === "not-yet") return cannot(words.not_yet);
  if (fault === "expired") return { ...about, result: "expired" };
  if (list.voids(content)) return { ...about, result: "revoked" };
  return content.card ? cannot() : { ...about, result: content.colour };
}

async function check(text) {
  if (navigator.onLine !== false) {
    try {
      const answer = await (await ask("/gate/check", {
        method: "POST", body: JSON.stringify({ code: text }), headers: { "Content-Type": "application/json" },
      })).json();
      if (answer.result !== "cannot-check-now") return answer;
    } catch { /* no answer: the page checks */ }
  }
  const began = performance.now(), answer = await checkHere(text);
  document.documentElement.dataset.took = String(performance.now() - began);
  return answer;
}

async function found(text) {
  stopCamera();
  const answer = await check(text);
  if (answer.result === "place" && me?.venues.some((each) => each.id === answer.venue)) return setVenue(answer.venue);
  current = { text, answer };
  showAnswer(answer);
  byId("measure").hidden = !me;
  byId("record").hidden = !me;
}

// --- recording ---

function reading() {
  const typed = byId("typed").value.trim().replace(/[．,。]/g, ".");
  const told = typed || document.querySelector("[name=reading]:checked")?.value || "";
  if (!told) return hint(words.need);
  const value = Number(told);
  return /^\d\d(\.\d)?$/.test(told) && value >= 34 && value <= 43 ? value.toFixed(1) : hint(words.odd);
}

function outcomeOf(result, temperature) {
  if (Number(temperature) >= FEVER) return "stopped";
  if (result === "cannot-check-now") return "booked";
  return result === "green" || result === "grey" ? "passed" : "stopped";
}

async function record() {
  const venue = byId("venue").value, temperature = reading();
  if (!venue) return hint(words.choose);
  if (!temperature || !current) return undefined;
  const { text, answer } = current, outcome = outcomeOf(answer.result, temperature);
  const id = [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16).padStart(2, "0")).join("");
  const source = answer.live ? "live" : "offline";
  const made = { id, venue, by: me.staff, at: Math.floor(clock.now()), code: text, shown: answer.result, outcome, source, temperature };
  await queue.put({ ...made, list_as_of: answer.live ? null : list.asOf });
  current = null;
  byId("measure").hidden = byId("record").hidden = true;
  if (Number(temperature) >= FEVER) byId("advice").textContent = words.fever;
  const written = (await send())?.find((each) => each.id === id);
  if (written?.result && written.result !== answer.result) showAnswer({ ...answer, ...written, live: true });
  byId("done").hidden = false;
  byId("done").textContent = written ? written.why ?? outcomes[written.outcome] : `${outcomes[outcome]} ${words.unsent}`;
  if (!written) counts[outcome] = (counts[outcome] ?? 0) + 1;
  await show();
  return undefined;
}

/** Sends what waits, oldest first; what became of each. Nothing leaves the queue before the server has it. */
function send() {
  sending ??= sendAll().catch(() => null).finally(() => { sending = null; });
  return sending;
}

async function sendAll() {
  const done = [];
  for (;;) {
    const waiting = (await queue.all()).filter((each) => !me || each.by === me.staff).sort((a, b) => a.at - b.at);
    if (!waiting.length || !me || navigator.onLine === false) return done;
    const told = await (await post("/gate/records", waiting.slice(0, BATCH))).json();
    for (const each of told.written) {
      await queue.drop(each.id);
      done.push(each);
    }
    tellNews(done);
    if (told.counts[byId("venue").value]) counts = told.counts[byId("venue").value];
    await show();
  }
}

/** What came of records: refused ones, and who was let in without a network and was not green then, or was nobody. */
function tellNews(done) {
  const lines = done.filter((each) => each.refused).map(({ why }) => fill(words.refused, { why }));
  const missed = done.filter((each) => ["yellow", "red"].includes(each.checked));
  lines.push(...missed.map(({ name, checked }) => fill(words.missed, { name, word: looks[checked][0] })));
  const n = done.filter((each) => each.checked === "not-found").length;
  if (n) lines.push(fill(words.unknown, { n }));
  if (!lines.length) return;
  byId("news").hidden = false;
  byId("news").textContent = lines.join(" ");
}

// --- showing ---

function hint(text) {
  byId("hint").hidden = false;
  byId("hint").textContent = text;
  return undefined;
}

function warn(text) {
  byId("warning").hidden = !text;
  byId("warning").textContent = text;
}

function showAnswer(answer) {
  const [word, colour, shape, advice] = looks[answer.result];
  byId("result").hidden = false;
  byId("result").style.setProperty("--colour", colour);
  document.documentElement.dataset.result = answer.result;
  byId("shape").textContent = shape;
  byId("word").textContent = word;
  byId("name").textContent = [answer.name, answer.card ? fill(words.card, answer) : ""].filter(Boolean).join(" ");
  byId("advice").textContent = answer.why || (answer.result === "cannot-check-now" ? words.by_hand : advice);
  const time = answer.issued ? new Date((answer.issued + 8 * 3600) * 1000).toISOString().slice(5, 16).replace("T", " ") : "";
  const how = answer.live ? words.live : fill(words.offline, { age: age() });
  byId("how").textContent = time ? `${how} · ${fill(words.issued, { time })}` : how;
  byId("done").hidden = byId("hint").hidden = true;
  tell(answer.result);
}

async function show() {
  const waiting = (await queue.all().catch(() => [])).length;
  const lines = [list.asOf ? fill(words.list, { age: age() }) : words.no_list];
  if (waiting) lines.push(fill(words.queued, { n: waiting }));
  byId("state").textContent = me ? lines.join(" · ") : words.sign_in;
  document.documentElement.dataset.waiting = String(waiting);
  byId("sign-in").hidden = Boolean(me);
  byId("look-up").hidden = byId("declare").hidden = !me;
  const { passed = 0, stopped = 0, booked = 0 } = counts;
  byId("counts").textContent = me ? fill(words.today, { passed, stopped, booked }) : "";
  const wrong = clock.wrongBy;
  if (clock.isDoubtful(list.asOf)) warn(words.clock_doubt);
  else if (wrong) warn(fill(words.clock, { way: wrong > 0 ? words.fast : words.slow, n: Math.abs(wrong) }));
}

function showVenues() {
  const choice = byId("venue"), chosen = choice.value || me?.venue || "";
  choice.replaceChildren(choice.options[0], ...(me?.venues ?? []).map((each) => new Option(each.name, each.id)));
  choice.value = me?.venues.some((each) => each.id === chosen) ? chosen : "";
  choice.hidden = !me;
}

async function setVenue(id) {
  byId("venue").value = id;
  warn(fill(words.place_set, { name: byId("venue").selectedOptions[0].textContent }));
  await chosen();
}

async function chosen() {
  counts = {};
  if (me) me.venue = byId("venue").value;
  try {
    const sent = new URLSearchParams({ venue: byId("venue").value, csrf: me.csrf });
    counts = (await (await ask("/gate/venue", { method: "POST", body: sent })).json()).counts;
  } catch { /* told again with the next record */ }
  await show();
}

// --- the camera ---

function stopCamera() {
  scanner.stop();
  byId("camera").hidden = true;
  byId("torch").hidden = true;
  byId("torch").setAttribute("aria-pressed", "false");
  byId("scan").hidden = false;
  byId("again").hidden = true;
}

async function startCamera() {
  wake();
  current = null;
  byId("result").hidden = byId("measure").hidden = byId("record").hidden = byId("news").hidden = true;
  document.documentElement.dataset.result = "";
  byId("typed").value = "";
  for (const each of document.querySelectorAll("[name=reading]:checked")) each.checked = false;
  byId("camera").hidden = false;
  byId("scan").hidden = true;
  byId("again").hidden = false;
  try {
    await scanner.start();
    byId("torch").hidden = !scanner.hasTorch;
  } catch (error) {
    stopCamera();
    warn(fill(words.no_camera, { why: error.name }));
  }
}

byId("scan").addEventListener("click", startCamera);
byId("again").addEventListener("click", stopCamera);
byId("record").addEventListener("click", record);
byId("venue").addEventListener("change", chosen);
byId("torch").addEventListener("click", async () => {
  const lit = byId("torch").getAttribute("aria-pressed") !== "true";
  await scanner.torch(lit);
  byId("torch").setAttribute("aria-pressed", String(lit));
});
byId("typed").addEventListener("input", () => {
  for (const each of document.querySelectorAll("[name=reading]:checked")) each.checked = false;
});
byId("readings").addEventListener("change", (event) => { if (event.target.name === "reading") byId("typed").value = ""; });
addEventListener("online", refresh);
addEventListener("offline", show);
document.addEventListener("visibilitychange", () => document.hidden ? stopCamera() : refresh());

await recall().catch(() => {});
showVenues();
await show();
await refresh();
setInterval(refresh, EVERY);
await navigator.serviceWorker?.register("/gate/worker.js", { scope: "/gate" }).catch(() => {});
document.documentElement.dataset.ready = "yes";
