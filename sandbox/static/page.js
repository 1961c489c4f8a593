// The page: phones side by side under one clock.

import { follow, get, post } from "./api.js";
import { badge, button, element, mark } from "./dom.js";
import { Phone } from "./phone.js";
import { clock, shanghai, stamp, wall } from "./times.js";

const MOST = 8;
const ROW = 3;
const HOUR = 3600;
const byId = (id) => document.getElementById(id);
const wanted = new URLSearchParams(location.search);
const shown = new Map();
const marks = new Map();
let ahead = 0;
let begun = false;
let coming = null;

const page = {
  active: null,
  base: location.origin,
  now: () => Date.now() / 1000 + ahead,
  toast(text) {
    byId("toast").textContent = text;
    byId("toast").hidden = false;
    clearTimeout(this.clearing);
    this.clearing = setTimeout(() => (byId("toast").hidden = true), 4000);
  },
  pictures: () => [...shown.values()].flatMap((phone) => phone.pictures).sort((one, other) => other.n - one.n).slice(0, 12),
  // A picture, and the phones that could scan it.
  large(line) {
    const dialog = byId("large");
    dialog.querySelector("img").src = line.url;
    const scan = (phone) => {
      dialog.close();
      page.activate(phone, true);
      phone.scan(line.media_id);
    };
    dialog.querySelector(".scanners").replaceChildren(...[...shown.values()].map((phone) => button("", () => scan(phone), phone.name)));
    dialog.showModal();
  },
  activate(phone, focus = false) {
    const before = page.active;
    page.active = phone;
    if (before !== phone) before?.activate(false);
    if (before !== phone || focus) phone.activate(true, focus);
    if (before !== phone) page.unread();
  },
  unread() {
    const phones = [...shown.values()];
    byId("switcher").classList.toggle("many", phones.length > ROW);
    for (const phone of phones) switchTo(phone);
    const all = phones.reduce((sum, phone) => sum + phone.unread, 0);
    document.title = document.title.replace(/^(\(\d+\) )?/, all ? `(${all}) ` : "");
  },
};

// The phone's button in the switcher, with what is unread on it.
function switchTo(phone) {
  if (!marks.has(phone)) {
    marks.set(phone, button("", () => page.activate(phone, true), phone.name, badge()));
    byId("switcher").append(marks.get(phone));
  }
  mark(marks.get(phone).lastChild, phone.unread);
  marks.get(phone).setAttribute("aria-current", String(phone === page.active));
}

function show(feed) {
  ahead = feed.clock.now - Date.now() / 1000;
  page.base = feed.base;
  byId("reset").hidden = byId("ahead").hidden = feed.clock.offset === 0;
  byId("scenes").replaceChildren(...feed.scenes.map((scene) => Object.assign(element("option"), { value: scene })));
  byId("rest").hidden = feed.phones.length === feed.total;
  byId("rest").textContent = `共 ${feed.total} 部手机，这里是 ${feed.phones.length} 部；网址加 ?phones=p9,p10 可以看别的。`;
  for (const told of feed.phones) {
    if (!shown.has(told.id)) shown.set(told.id, new Phone(page, told, feed.account));
    shown.get(told.id).show(told, feed.account, told.menu ?? feed.menu);
  }
  if (!page.active && shown.size) page.activate(shown.values().next().value);
  for (const line of feed.lines) {
    shown.get(line.phone)?.add(line, begun);
    byId("unread").hidden &&= !(begun && line.from === "sms");
  }
  arrive();
  for (const id of new Set(feed.lines.map((line) => line.phone))) shown.get(id)?.settle();
  for (const phone of shown.values()) phone.fill();
  tick();
  if (!begun && wanted.has("scene")) page.active?.offer(wanted.get("scene"));
  begun = true;
}

// The phone that was just added is brought where one sees it, whether the feed or the answer told of it first.
function arrive() {
  if (!shown.has(coming)) return;
  page.activate(shown.get(coming), true);
  coming = null;
}

// The phones named in ?phones=p1,p2 or else the first eight.
function whose() {
  return wanted.has("phones") ? `phones=${encodeURIComponent(wanted.get("phones"))}` : `most=${MOST}`;
}

function tick() {
  const now = page.now();
  byId("now").textContent = `${shanghai(now, { year: "numeric", month: "long", day: "numeric", weekday: "short" })} ${clock(now)}`;
  const hours = Math.round(ahead / HOUR);
  byId("ahead").textContent = hours < 48 ? `快 ${hours} 小时` : `快 ${Math.round(hours / 24)} 天`;
  for (const phone of shown.values()) phone.tick(now);
}

async function jump(body) {
  try {
    await post("/sandbox/clock", body);
  } catch (error) {
    page.toast(error.message);
  }
}

async function tray() {
  byId("unread").hidden = true;
  const messages = await get("/sandbox/sms");
  const items = messages.map((one) => element("li", "", element("b", "", one.phone), element("time", "", stamp(one.at, page.now())), element("p", "", one.text)));
  byId("sms").querySelector("ol").replaceChildren(...(items.length ? items : [element("li", "", "还没有短信。")]));
  byId("sms").showModal();
}

async function add() {
  const dialog = byId("new");
  const stated = Object.fromEntries(new FormData(dialog.querySelector("form")));
  if (dialog.returnValue !== "add" || !stated.name) return;
  try {
    const phone = await post("/sandbox/phones", stated);
    const ids = wanted.get("phones")?.split(",") ?? [...shown.keys()];
    if (wanted.has("phones") || ids.length >= MOST) wanted.set("phones", [...ids, phone.id].join(","));
    coming = phone.id;
    arrive();
  } catch (error) {
    page.toast(error.message);
  }
}

function travel() {
  const dialog = byId("travel");
  const stated = dialog.querySelector("input").value;
  if (dialog.returnValue !== "go" || !stated) return;
  if (stated < wall(page.now())) return page.toast("时钟只能往前走，请选一个以后的时间。");
  return jump({ to: `${stated}:00+08:00` });
}

// Opens a dialog with its form empty, and closes it by its 取消.
function wire(id, opener, closed, prepare = () => {}) {
  const dialog = byId(id);
  byId(opener).addEventListener("click", () => {
    dialog.querySelector("form").reset();
    dialog.returnValue = "";
    prepare(dialog);
    dialog.showModal();
  });
  dialog.querySelector(".cancel").addEventListener("click", () => dialog.close(""));
  dialog.addEventListener("close", closed);
}

byId("tomorrow").addEventListener("click", () => jump({ to: `${wall(page.now() + 24 * HOUR).slice(0, 10)}T08:00:00+08:00` }));
byId("hour").addEventListener("click", () => jump({ advance: HOUR }));
byId("reset").addEventListener("click", () => jump({ reset: true }));
byId("tray").addEventListener("click", tray);
wire("new", "add", add);
wire("travel", "to", travel, (dialog) => {
  const field = dialog.querySelector("input");
  field.min = field.value = wall(page.now());
});
document.addEventListener("visibilitychange", () => document.hidden || page.active?.activate(true));
setInterval(tick, 1000);
follow(whose, show);
