// The page: phones side by side under one clock.

import { follow, get, post } from "./api.js";
import { element } from "./bubbles.js";
import { Phone, shanghai } from "./phone.js";

const MOST = 8;
const HOUR = 3600;
const byId = (id) => document.getElementById(id);
const wanted = new URLSearchParams(location.search);
const shown = new Map();
let ahead = 0;
let begun = false;

const page = {
  now: () => Date.now() / 1000 + ahead,
  toast(text) {
    byId("toast").textContent = text;
    byId("toast").hidden = false;
    setTimeout(() => (byId("toast").hidden = true), 4000);
  },
  open(src) {
    byId("large").querySelector("img").src = src;
    byId("large").showModal();
  },
};

function show(feed) {
  ahead = feed.clock.now - Date.now() / 1000;
  byId("reset").hidden = byId("ahead").hidden = feed.clock.offset === 0;
  byId("scenes").replaceChildren(...feed.scenes.map((scene) => Object.assign(element("option"), { value: scene })));
  const screens = chosen(feed.phones);
  byId("rest").hidden = screens.length === feed.phones.length;
  byId("rest").textContent = `共 ${feed.phones.length} 部手机，这里是 ${screens.length} 部；网址加 ?phones=p9,p10 可以看别的。`;
  for (const phone of screens) {
    if (!shown.has(phone.id)) shown.set(phone.id, new Phone(page, phone));
    shown.get(phone.id).show(phone, feed.account, feed.menu);
  }
  for (const line of feed.lines) {
    shown.get(line.phone)?.add(line, begun);
    byId("unread").hidden &&= !(begun && line.from === "sms");
  }
  tick();
  if (!begun && wanted.has("scene")) shown.values().next().value.offer(wanted.get("scene"));
  begun = true;
}

// The phones named in ?phones=p1,p2 or else the first eight.
function chosen(phones) {
  const named = wanted.get("phones")?.split(",");
  return named ? phones.filter((phone) => named.includes(phone.id)) : phones.slice(0, MOST);
}

function tick() {
  const now = page.now();
  const options = { year: "numeric", month: "long", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit" };
  byId("now").textContent = shanghai(now, options);
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

function tomorrowMorning() {
  const day = shanghai(page.now() + 24 * HOUR, { year: "numeric", month: "2-digit", day: "2-digit" });
  return `${day.replaceAll("/", "-")}T08:00:00+08:00`;
}

async function tray() {
  byId("unread").hidden = true;
  const messages = await get("/sandbox/sms");
  const items = messages.map((one) =>
    element("li", "", element("b", "", one.phone), element("time", "", shanghai(one.at, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" })), element("p", "", one.text)),
  );
  byId("sms").querySelector("ol").replaceChildren(...(items.length ? items : [element("li", "", "还没有短信。")]));
  byId("sms").showModal();
}

async function add() {
  const dialog = byId("new");
  const stated = Object.fromEntries(new FormData(dialog.querySelector("form")));
  if (dialog.returnValue !== "add" || !stated.name) return;
  try {
    const phone = await post("/sandbox/phones", stated);
    if (wanted.has("phones")) wanted.set("phones", `${wanted.get("phones")},${phone.id}`);
  } catch (error) {
    page.toast(error.message);
  }
}

byId("tomorrow").addEventListener("click", () => jump({ to: tomorrowMorning() }));
byId("hour").addEventListener("click", () => jump({ advance: HOUR }));
byId("reset").addEventListener("click", () => jump({ reset: true }));
byId("tray").addEventListener("click", tray);
byId("add").addEventListener("click", () => {
  byId("new").querySelector("form").reset();
  byId("new").showModal();
});
byId("new").querySelector(".cancel").addEventListener("click", () => byId("new").close(""));
byId("new").addEventListener("close", add);
setInterval(tick, 1000);
follow(show);
