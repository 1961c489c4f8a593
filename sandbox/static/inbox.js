// The chats of one phone: the account's and 「服务通知」, what in them is unread, and the list of both.

import { get } from "./api.js";
import { preview } from "./bubbles.js";
import { Chat } from "./chat.js";
import { badge, button, element, mark } from "./dom.js";
import { stamp } from "./times.js";

const SCREENS = { account: "chat", service: "service" };
const SERVICE = "服务通知";

const NONE = () => element("li", "none", "还没有聊天。关注公众号以后，这里会有它。");
const threadOf = (line) => (line.thread === "service" ? "service" : "account");

export class Inbox {
  #phone;
  #chats = {};
  #newest = {};
  #entries = {};
  #unread = { account: 0, service: 0 };

  constructor(phone) {
    this.#phone = phone;
    this.#chats.account = this.#chat("account", phone.find(".chat.main"));
    this.#chats.service = this.#chat("service", phone.find(".chat.service"));
  }

  get unread() {
    return this.#unread.account + this.#unread.service;
  }

  // A line arrived; `fresh` ones while the page was open.
  add(line, fresh) {
    const thread = threadOf(line);
    const seen = this.#attended(thread);
    this.#chats[thread].add(line, !fresh || line.from === "me" || seen);
    this.#newest[thread] = line;
    if (fresh && line.from === "account" && !seen) this.#unread[thread] += 1;
  }

  // After all lines that came together.
  settle() {
    for (const chat of Object.values(this.#chats)) chat.settle();
    this.count();
  }

  fill() {
    for (const chat of Object.values(this.#chats)) chat.fill();
  }

  toEnd() {
    this.#chats[this.#open ?? "account"].toEnd();
  }

  // What can be seen now is read.
  read() {
    for (const thread of Object.keys(SCREENS)) if (this.#attended(thread)) this.#unread[thread] = 0;
    this.count();
  }

  // The red dots: beside the way back to the list, in the list, below the chat.
  count() {
    const open = this.#open;
    const phone = this.#phone;
    mark(phone.find(".back .badge"), open ? this.unread - this.#unread[open] : 0);
    const below = open ? this.#unread[open] : 0;
    phone.find(".below").hidden = !below || this.#chats[open].atEnd;
    phone.find(".below").textContent = `↓ ${below} 条新消息`;
    this.#list();
    phone.unreadChanged();
  }

  get #open() {
    return Object.keys(SCREENS).find((thread) => SCREENS[thread] === this.#phone.screen);
  }

  // Whether the holder sees what arrives in a thread.
  #attended(thread) {
    const phone = this.#phone;
    return phone.page.active === phone && this.#open === thread && !document.hidden && this.#chats[thread].atEnd;
  }

  #chat(thread, list) {
    const phone = this.#phone;
    return new Chat(list, {
      now: phone.page.now,
      read: () => this.read(),
      holds: (line) => line.from !== "sms" && threadOf(line) === thread,
      older: (before, most) => get(`/sandbox/phones/${phone.id}/messages?before=${before}&most=${most}`),
      faces: (line) => {
        const name = line.from === "me" ? phone.name : this.#name(thread);
        return { name, face: name.slice(-1) };
      },
      acts: {
        tap: (content, id) => phone.do("text", { content, menu_id: id }),
        open: (url) => phone.open(url),
        large: (line) => phone.page.large(line),
      },
    });
  }

  #name(thread) {
    return thread === "service" ? SERVICE : this.#phone.account;
  }

  // Drawn while it is looked at. The rows stay the same nodes, so that a click or the focus on one is not lost.
  #list() {
    const list = this.#phone.find(".chats");
    const threads = this.#phone.screen === "chats" ? Object.keys(SCREENS).filter((thread) => this.#newest[thread]) : [];
    threads.sort((one, other) => this.#newest[other].n - this.#newest[one].n);
    const rows = threads.map((thread) => this.#entry(thread));
    if (!rows.length && this.#phone.screen === "chats") rows.push(NONE());
    if (rows.length !== list.childElementCount || rows.some((row, at) => row !== list.children[at])) list.replaceChildren(...rows);
  }

  #entry(thread) {
    this.#entries[thread] ??= this.#made(thread);
    const { row, dot, name, said, at } = this.#entries[thread];
    const line = this.#newest[thread];
    mark(dot, this.#unread[thread]);
    name.textContent = this.#name(thread);
    said.textContent = preview(line);
    at.textContent = stamp(line.at, this.#phone.page.now());
    return row;
  }

  #made(thread) {
    const [dot, name, said, at] = [badge(), element("strong"), element("small"), element("time")];
    const avatar = element("span", `avatar ${thread}`, this.#name(thread).slice(-1));
    avatar.setAttribute("aria-hidden", "true");
    const open = () => this.#phone.enter(SCREENS[thread]);
    const row = element("li", "", button("entry", open, element("span", "face", avatar, dot), element("span", "text", name, said), at));
    return { row, dot, name, said, at };
  }
}
