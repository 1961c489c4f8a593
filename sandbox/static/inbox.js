// The chats of one phone: the account's and 「服务通知」, what in them is unread, and the list of both.

import { get } from "./api.js";
import { preview } from "./bubbles.js";
import { Chat } from "./chat.js";
import { badge, button, element } from "./dom.js";
import { stamp } from "./times.js";

const SCREENS = { account: "chat", service: "service" };
const SERVICE = "服务通知";

const threadOf = (line) => (line.thread === "service" ? "service" : "account");

export class Inbox {
  #phone;
  #chats = {};
  #newest = {};
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
    phone.find(".back .badge").replaceWith(badge(open ? this.unread - this.#unread[open] : 0));
    const below = open ? this.#unread[open] : 0;
    phone.find(".below").hidden = !below;
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

  // Only while it is looked at; the focus stays on the chat where it was.
  #list() {
    const list = this.#phone.find(".chats");
    if (this.#phone.screen !== "chats") return list.replaceChildren();
    const held = list.contains(document.activeElement) ? document.activeElement.dataset.thread : null;
    const threads = ["account", "service"].filter((thread) => this.#newest[thread]);
    threads.sort((one, other) => this.#newest[other].n - this.#newest[one].n);
    const none = element("li", "none", "还没有聊天。关注公众号以后，这里会有它。");
    list.replaceChildren(...(threads.length ? threads.map((thread) => this.#entry(thread)) : [none]));
    return held && list.querySelector(`[data-thread=${held}]`)?.focus();
  }

  #entry(thread) {
    const line = this.#newest[thread];
    const name = this.#name(thread);
    const avatar = element("span", `avatar ${thread}`, name.slice(-1));
    avatar.setAttribute("aria-hidden", "true");
    const face = element("span", "face", avatar, badge(this.#unread[thread]));
    const told = element("span", "text", element("strong", "", name), element("small", "", preview(line)));
    const at = element("time", "", stamp(line.at, this.#phone.page.now()));
    const made = button("entry", () => this.#phone.enter(SCREENS[thread]), face, told, at);
    made.dataset.thread = thread;
    return element("li", "", made);
  }
}
