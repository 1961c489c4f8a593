/* The live code page: looks the codes up again, keeps the time, and says so when it cannot. The page works without. */
(() => {
  "use strict";
  const EVERY = 10_000, SLOWEST = 60_000, PATIENCE = 8_000, STALE = 25_000;
  const byId = (id) => document.getElementById(id);
  const read = (id) => JSON.parse(byId(id).textContent);
  const words = read("words"), people = byId("people"), cards = [...people.children];
  const chips = [...document.querySelectorAll(".chips a")];
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  /** In a frame without an origin of its own, as in the sandbox's phones, nothing can be fetched or kept. */
  const confined = self.origin === "null";

  let answer = read("now");
  let shift = 0; // server's time less this phone's
  let lookedUp = 0; // when the server last answered, by its own time; 0: not yet in this page
  let failures = 0, busy = false, timer = 0, ended = false;

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // --- looking up ---

  async function lookUp() {
    if (busy || ended) return;
    busy = true;
    clearTimeout(timer);
    const stop = new AbortController(), watchdog = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const got = await fetch("code/now", { headers: { "If-None-Match": answer.etag }, cache: "no-store", signal: stop.signal });
      if (got.status === 401 || got.status === 403) return end(await got.text());
      if (got.status !== 200 && got.status !== 304) throw new Error(got.status);
      const fresh = got.status === 200 ? await got.json() : answer;
      lookedUp = Date.parse(got.headers.get("Looked-Up-At"));
      shift = lookedUp - Date.now();
      failures = 0;
      take(fresh, true);
      Keep.put({ answer, shift, lookedUp });
    } catch {
      failures += 1;
      if (!lookedUp) await recall();
    } finally {
      clearTimeout(watchdog);
      busy = false;
      again();
    }
    tick();
  }

  /** Not while nobody looks; slower while nobody answers; never all phones in step. */
  function again() {
    clearTimeout(timer);
    if (ended || document.hidden) return;
    const wait = Math.min(EVERY * 2 ** Math.min(failures, 3), SLOWEST);
    timer = setTimeout(lookUp, wait * (0.9 + Math.random() * 0.2));
  }

  function lookNow() {
    failures = 0;
    lookUp();
  }

  async function recall() {
    const kept = await Keep.last();
    lookedUp = Date.parse(answer.looked_up_at);
    if (!kept) return;
    shift = kept.shift;
    if (kept.lookedUp < lookedUp) return; // the page that was put aside is the newer of the two
    lookedUp = kept.lookedUp;
    take(kept.answer, false);
  }

  /** Not let in any more: nothing stays, neither on the screen nor on the phone. */
  function end(html) {
    ended = true;
    Keep.forget();
    document.querySelector(".tabs").hidden = true;
    byId("record").hidden = true;
    byId("code").hidden = false;
    put(byId("code"), html);
  }

  // --- showing ---

  function take(fresh, online) {
    const same = fresh.people.length === cards.length
      && fresh.people.every((one, n) => one.id === cards[n].id && (one.qr ? "yes" : "no") === cards[n].dataset.code);
    if (!same) {
      if (online) location.reload();
      return;
    }
    const before = answer.people;
    answer = fresh;
    fresh.people.forEach((one, n) => {
      const was = cards[n].className.split(" ")[1];
      if (one.qr) show(cards[n], one);
      if (was !== one.colour) recolour(n, was, one);
      if (before[n] && before[n].colour !== one.colour) {
        byId("said").textContent = fill(words.changed, { name: one.relation + one.name, word: one.word });
      }
    });
  }

  function show(card, one) {
    for (const field of card.querySelectorAll("[data-f]")) {
      const name = field.dataset.f, value = one[name];
      if (name === "qr") { if (field.getAttribute("src") !== value) field.src = value; }
      else if (name === "issued" || name === "expires") stamp(field.firstElementChild, value);
      else if (field.textContent !== value) field.textContent = value;
    }
    card.dataset.expires = one.expires;
  }

  function recolour(n, was, one) {
    for (const place of [cards[n], chips[n]]) {
      if (!place) continue;
      place.classList.replace(was, one.colour);
      place.querySelector("use").setAttribute("href", `#${one.shape || "none"}`);
    }
  }

  function put(place, html) {
    place.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  }

  // --- time ---

  /** An instant on a clock in China, whatever the phone's own zone is. */
  function inChina(instant) {
    const at = new Date(instant + 8 * 3_600_000), two = (n) => String(n).padStart(2, "0");
    const date = { month: at.getUTCMonth() + 1, day: at.getUTCDate(), weekday: words.days[at.getUTCDay()] };
    const minute = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
    const iso = `${at.getUTCFullYear()}-${two(date.month)}-${two(date.day)}`;
    return { ...date, iso, minute, second: `${minute}:${two(at.getUTCSeconds())}` };
  }

  function stamp(place, iso) {
    const at = inChina(Date.parse(iso));
    place.dateTime = iso;
    place.textContent = `${at.iso} ${at.minute}`;
  }

  function tick() {
    if (ended) return;
    const now = Date.now() + shift, at = inChina(now);
    for (const clock of document.querySelectorAll(".clock")) {
      clock.querySelector(".time").textContent = at.second;
      clock.querySelector(".date").textContent = fill(words.date, at);
    }
    cards.forEach((card, n) => card.classList.toggle("over", now >= Date.parse(answer.people[n].expires)));
    tellFreshness(now, at);
  }

  function tellFreshness(now, at) {
    const offline = navigator.onLine === false;
    const live = lookedUp > 0 && !failures && !offline && now - lookedUp < STALE;
    const asking = !lookedUp && !failures;
    document.documentElement.classList.toggle("live", live);
    document.documentElement.classList.toggle("stale", !live && !asking);
    const then = inChina(lookedUp), minute = then.iso === at.iso ? then.minute : fill(words.day_time, { ...then, time: then.minute });
    const text = live ? fill(words.live, { time: then.second })
      : asking ? words.asking
      : fill(offline ? words.offline : words.unanswered, { time: minute });
    if (byId("bar").textContent !== text) byId("bar").textContent = text;
  }

  function everySecond() {
    tick();
    setTimeout(everySecond, 1_000 - ((Date.now() + shift) % 1_000));
  }

  // --- the family ---

  const within = (n) => Math.max(0, Math.min(cards.length - 1, n));
  let shown = 0;

  function go(n) {
    const to = within(n);
    people.scrollTo({ left: to * people.clientWidth, behavior: calm.matches ? "auto" : "smooth" });
  }

  function mark() {
    if (!people.clientWidth) return; // the other tab is open
    shown = within(Math.round(people.scrollLeft / people.clientWidth));
    chips.forEach((chip, n) => n === shown ? chip.setAttribute("aria-current", "true") : chip.removeAttribute("aria-current"));
  }

  function byKey(event) {
    const to = { ArrowLeft: shown - 1, ArrowRight: shown + 1, Home: 0, End: cards.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    go(to);
  }

  chips.forEach((chip, n) => chip.addEventListener("click", (event) => { event.preventDefault(); go(n); }));
  people.addEventListener("keydown", byKey);
  people.addEventListener("scroll", mark, { passive: true });

  // --- the second tab ---

  async function open(tab) {
    const link = document.querySelector(`[data-tab=${tab}]`), place = byId("record");
    for (const each of document.querySelectorAll("[data-tab]")) each.removeAttribute("aria-current");
    link.setAttribute("aria-current", "page");
    for (const main of document.querySelectorAll("[data-shown]")) main.hidden = main.dataset.shown !== tab;
    people.scrollLeft = shown * people.clientWidth; // a hidden place forgets how far it was
    if (tab !== "record") return;
    place.textContent = words.loading;
    place.className = "hint";
    try {
      const got = await fetch(`code/record?part=1&who=${cards[shown].id}`, { cache: "no-store" });
      if (got.status === 401 || got.status === 403) return end(await got.text());
      if (!got.ok) throw new Error(got.status);
      place.className = "";
      put(place, await got.text());
    } catch {
      place.textContent = words.closed;
    }
  }

  for (const link of document.querySelectorAll("[data-tab]")) {
    if (!confined) link.addEventListener("click", (event) => { event.preventDefault(); open(link.dataset.tab); });
  }

  // --- what the browser can do besides ---

  function stayAwake() {
    if (!document.hidden && navigator.wakeLock) navigator.wakeLock.request("screen").catch(() => {});
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(timer);
    else if (!confined) lookNow();
    stayAwake();
  });
  addEventListener("online", () => confined || lookNow());
  addEventListener("offline", tick);
  mark();
  if (confined) {
    lookedUp = Date.parse(answer.looked_up_at);
    shift = lookedUp - Date.now();
    setTimeout(() => location.reload(), EVERY);
  } else {
    lookUp();
    Keep.prepare();
  }
  everySecond();
  stayAwake();
})();
