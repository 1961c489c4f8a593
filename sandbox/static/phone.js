// One phone: what it shows, and everything that a thumb can do.

import { post } from "./api.js";
import { openAbout } from "./about.js";
import { attach, picture } from "./attachments.js";
import { openPage } from "./browser.js";
import { badge, button, element, mark } from "./dom.js";
import { Inbox } from "./inbox.js";
import { Layers } from "./layers.js";
import { fill, fold } from "./menu.js";
import { openScanner, scan, typed } from "./scanner.js";
import { clock } from "./times.js";
import { Writing } from "./writing.js";

const BANNER = 30_000;
const PICTURES = 6;
const ERRORS = { "not following": "还没有关注这个公众号", "already following": "已经关注了" };

export class Phone {
  #place;
  #root;
  #inbox;
  #writing;
  #drawn = "";
  screen = "chat";
  pictures = [];

  // `page` is {now(), toast(text), large(line), pictures(), activate(phone), active, base, unread()}.
  constructor(page, told, account) {
    Object.assign(this, { page, told, account, id: told.id, name: told.name });
    this.#place = document.getElementById("phone").content.firstElementChild.cloneNode(true);
    for (const one of this.#place.querySelectorAll(".badge")) one.replaceWith(badge());
    this.#root = this.#place.querySelector(".phone");
    this.#root.id = told.id;
    this.#root.dataset.screen = this.screen;
    this.layers = new Layers(this.#root, this.find(".screen"));
    this.#inbox = new Inbox(this);
    this.#writing = new Writing(this);
    this.#wire();
    document.getElementById("phones").append(this.#place);
  }

  // The phone as the API tells it, the account's name and its menu.
  show(told, account, menu) {
    Object.assign(this, { told, account, name: told.name });
    const drawn = JSON.stringify([told.following, told.blocked, account, menu, told.name]);
    if (drawn !== this.#drawn) this.#draw(menu);
    this.#drawn = drawn;
    this.#title();
  }

  tick(now) {
    this.find(".clock").textContent = clock(now);
  }

  // A line for this phone; `fresh` ones arrived while the page was open.
  add(line, fresh) {
    if (line.from === "sms") return fresh && this.#banner(line.text);
    if (line.type === "image") this.pictures = [{ ...line, name: this.name }, ...this.pictures].slice(0, PICTURES);
    return this.#inbox.add(line, fresh);
  }

  settle() {
    this.#inbox.settle();
  }

  get unread() {
    return this.#inbox.unread;
  }

  fill() {
    this.#inbox.fill();
  }

  toEnd() {
    this.#inbox.toEnd();
  }

  // Somebody uses this phone now, or another; `move`: it is to be brought where one sees it.
  activate(yes, move = false) {
    this.#place.classList.toggle("current", yes);
    if (!yes) return;
    if (move) this.#place.scrollIntoView({ block: "nearest" });
    this.fill();
    this.#inbox.read();
  }

  // Puts a scene into the field, ready to be scanned.
  offer(scene) {
    if (this.told.following) openScanner(this);
    const field = this.find(this.told.following ? ".half [name=text]" : ".profile [name=code]");
    field.value = scene;
    field.focus();
  }

  open(url) {
    return openPage(this, url);
  }

  scan(mediaId) {
    return scan(this, { media_id: mediaId });
  }

  // Shows the list of "chats", the "chat" with the account, or what is in "service".
  enter(screen) {
    this.screen = screen;
    this.#root.dataset.screen = screen;
    this.#title();
    if (screen !== "chats") this.toEnd();
    this.fill();
    this.#inbox.read();
  }

  // One act of the phone API; null and a word to the person when it is refused.
  async do(act, body = {}) {
    try {
      return await post(`/sandbox/phones/${this.id}/${act}`, body);
    } catch (error) {
      this.page.toast(ERRORS[error.message] ?? error.message);
      return null;
    }
  }

  unreadChanged() {
    mark(this.#place.querySelector(".caption .badge"), this.unread);
    this.page.unread();
  }

  find(selector) {
    return this.#root.querySelector(selector);
  }

  #draw(menu) {
    const { told, account } = this;
    this.#root.setAttribute("aria-label", `${told.name}的手机`);
    this.#root.classList.toggle("following", told.following);
    this.find(".menu").setAttribute("aria-label", `公众号菜单：${told.name}`);
    this.find(".muted").hidden = !told.blocked;
    this.#place.querySelector(".caption b").textContent = told.name;
    this.#place.querySelector(".caption small").textContent = told.number;
    this.find(".profile .title").textContent = account;
    this.find(".profile .avatar").textContent = account.slice(-1);
    this.#menu(menu?.button ?? []);
    this.#inbox.count();
  }

  #menu(buttons) {
    const bar = this.find(".menu");
    const had = bar.childElementCount > 0;
    const keyboard = () => {
      this.#writing.show(true);
      this.find("textarea").focus();
    };
    fill(bar, buttons, (told) => this.#press(told), keyboard);
    this.find(".compose .switch").hidden = !buttons.length;
    if (!buttons.length) this.#writing.show(true);
    else if (!had) this.#writing.show(false);
  }

  #press(told) {
    if (told.type === "view") {
      this.open(told.url);
      return this.do("click", { url: told.url });
    }
    if (told.type === "click") return this.do("click", { key: told.key });
    if (told.type.startsWith("scancode_")) return openScanner(this, told);
    if (told.type.startsWith("pic_")) return picture(this, told);
    if (told.type === "location_select") return attach(this, "location", { button: told.type, key: told.key });
    if (told.type === "media_id") return this.do("click", { media_id: told.media_id });
    return this.page.toast("小程序和文章按钮在沙盒里打不开");
  }

  #banner(text) {
    const code = text.match(/(?<!\d)\d{4,8}(?!\d)/)?.[0];
    const made = element("div", "push", element("b", "", "短信"), element("span", "", text));
    const take = () => {
      this.enter("chat");
      this.#writing.show(true);
      this.#writing.put(code);
      made.remove();
    };
    if (code) made.append(button("", take, `填入 ${code}`));
    this.find(".banner").replaceChildren(made);
    setTimeout(() => made.remove(), BANNER);
  }

  #title() {
    const titles = { chats: "微信", chat: this.told.typing ? "对方正在输入…" : this.account, service: "服务通知" };
    this.find(".top h2").textContent = titles[this.screen];
  }

  #wire() {
    this.find(".back").addEventListener("click", () => this.enter("chats"));
    this.find(".below").addEventListener("click", () => {
      this.toEnd();
      this.#inbox.read();
    });
    this.find(".more").addEventListener("click", () => openAbout(this));
    for (const one of this.#root.querySelectorAll(".scan-open")) one.addEventListener("click", () => openScanner(this));
    this.find(".follow").addEventListener("click", () => this.do("follow"));
    this.find(".scan").addEventListener("submit", (event) => {
      event.preventDefault();
      typed(this, new FormData(event.target).get("code"));
      event.target.reset();
    });
    for (const sign of ["pointerdown", "focusin"]) this.#place.addEventListener(sign, () => this.page.activate(this));
    this.#root.addEventListener("click", (event) => event.target.closest(".fold") ?? fold(this.find(".menu")));
    this.#root.addEventListener("keydown", (event) => event.key === "Escape" && this.#escape());
  }

  #escape() {
    if (this.layers.any) return this.layers.pop();
    fold(this.find(".menu"));
    return this.#writing.panel(false);
  }
}
