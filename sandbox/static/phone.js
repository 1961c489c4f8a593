// One phone: its chat, its menu, and everything that a thumb can do.

import { post } from "./api.js";
import { bubble, element, icon } from "./bubbles.js";

const GAP = 300;
const BANNER = 30_000;

export function shanghai(seconds, options) {
  return new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hourCycle: "h23", ...options }).format(seconds * 1000);
}

export class Phone {
  #root;
  #id;
  #last = 0;
  #told = "";
  #typing = "";

  // `page` is {now(), toast(text), open(src)}.
  constructor(page, phone) {
    this.page = page;
    this.#id = phone.id;
    this.#root = document.getElementById("phone").content.firstElementChild.cloneNode(true);
    this.#root.id = phone.id;
    this.#root.setAttribute("aria-label", `${phone.name}的手机`);
    this.#wire();
    document.getElementById("phones").append(this.#root);
  }

  // The phone as the API tells it, the account's name and its menu.
  show(phone, account, menu) {
    const told = JSON.stringify([phone.following, account, menu, phone.windows, phone.name]);
    if (this.#typing !== phone.typing) this.#find(".top h2").textContent = phone.typing ? "对方正在输入…" : account;
    this.#typing = phone.typing;
    if (told === this.#told) return;
    this.#told = told;
    this.name = phone.name;
    this.#root.classList.toggle("following", phone.following);
    this.#find(".owner").textContent = phone.name;
    this.#find(".profile .title").textContent = account;
    this.#find(".profile .avatar").textContent = account.slice(-1);
    this.account = account;
    this.#about(phone);
    this.#menu(menu?.button ?? []);
  }

  tick(now) {
    this.#find(".clock").textContent = shanghai(now, { hour: "2-digit", minute: "2-digit" });
  }

  // A line of the chat; `fresh` ones arrived while the page was open.
  add(line, fresh) {
    if (line.from === "sms") {
      if (fresh) this.#banner(line.text);
      return;
    }
    const chat = this.#find(".chat");
    const atEnd = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 160;
    if (line.at - this.#last > GAP) chat.append(element("li", "time", this.#stamp(line.at)));
    this.#last = line.at;
    const row = this.#line(line);
    chat.append(row);
    if (!atEnd && line.from !== "me" && fresh) return;
    for (const picture of row.querySelectorAll("img")) picture.addEventListener("load", () => this.#toEnd());
    this.#toEnd();
  }

  #line(line) {
    if (line.from === "system") return element("li", `notice ${line.type}`, line.text);
    const mine = line.from === "me";
    const face = element("span", "avatar", (mine ? this.name : this.account).slice(-1));
    face.setAttribute("aria-hidden", "true");
    const who = element("span", "visually-hidden", mine ? "我：" : `${this.account}：`);
    const acts = { tap: (content, id) => this.#tap(content, id), open: this.page.open };
    return element("li", mine ? "me" : "account", face, who, bubble(line, acts));
  }

  #stamp(at) {
    const day = { month: "long", day: "numeric" };
    const today = shanghai(at, day) === shanghai(this.page.now(), day);
    return shanghai(at, { ...(today ? {} : day), hour: "2-digit", minute: "2-digit" });
  }

  #banner(text) {
    const code = text.match(/(?<!\d)\d{4,8}(?!\d)/)?.[0];
    const made = element("div", "push", element("b", "", "短信"), element("span", "", text));
    if (code) {
      const fill = element("button", "", `填入 ${code}`);
      fill.type = "button";
      fill.addEventListener("click", () => {
        this.#compose(true);
        this.#find("textarea").value = code;
        this.#grow();
        this.#find("textarea").focus();
        made.remove();
      });
      made.append(fill);
    }
    this.#find(".banner").replaceChildren(made);
    setTimeout(() => made.remove(), BANNER);
  }

  #about(phone) {
    const dialog = this.#find(".about");
    const names = { message: "消息 48 小时", click: "菜单 1 分钟", follow: "关注 1 分钟", scan: "扫码 1 分钟" };
    const open = phone.windows.map((one) => `${names[one.trigger]}：还可发 ${one.credits} 条`);
    const facts = { 手机号: phone.number, OpenID: phone.openid, 来源: phone.scene || "—", 客服消息: open.join("；") || "窗口已关" };
    dialog.setAttribute("aria-label", `${phone.name}的账号信息`);
    dialog.querySelector("h2").textContent = phone.name;
    dialog.querySelector("dl").replaceChildren(
      ...Object.entries(facts).flatMap(([name, value]) => [element("dt", "", name), element("dd", "", value)]),
    );
    dialog.querySelector(".unfollow").hidden = dialog.querySelector(".scan").hidden = !phone.following;
  }

  #menu(buttons) {
    const bar = this.#find(".menu");
    const had = bar.childElementCount > 0;
    bar.replaceChildren(...(buttons.length ? [this.#keyboard()] : []), ...buttons.map((one) => this.#top(one)));
    this.#find(".switch").hidden = !buttons.length;
    if (!buttons.length) this.#compose(true);
    else if (!had) this.#compose(false);
  }

  #keyboard() {
    const made = element("button", "switch", icon("keys"));
    made.type = "button";
    made.setAttribute("aria-label", "切换到键盘");
    made.addEventListener("click", () => {
      this.#compose(true);
      this.#find("textarea").focus();
    });
    return made;
  }

  #top(button) {
    const made = element("button", "", button.name);
    made.type = "button";
    if (!button.sub_button.length) {
      made.addEventListener("click", () => this.#press(button));
      return made;
    }
    made.prepend(icon("menu"));
    const list = element("div", "sub", ...button.sub_button.map((sub) => this.#sub(sub)));
    list.hidden = true;
    made.setAttribute("aria-expanded", "false");
    made.addEventListener("click", () => this.#unfold(list.hidden ? list : null));
    return element("div", "fold", made, list);
  }

  #sub(button) {
    const made = element("button", "", button.name);
    made.type = "button";
    made.addEventListener("click", () => {
      this.#unfold(null);
      this.#press(button);
    });
    return made;
  }

  #unfold(list) {
    for (const one of this.#root.querySelectorAll(".sub")) {
      one.hidden = one !== list;
      one.previousElementSibling.setAttribute("aria-expanded", String(one === list));
    }
  }

  #press(button) {
    if (button.url) {
      window.open(button.url, "_blank", "noopener");
      return this.#do("click", { url: button.url });
    }
    return this.#do("click", { key: button.key });
  }

  #tap(content, id) {
    return this.#do("text", { content, menu_id: id });
  }

  #compose(keyboard) {
    this.#find(".compose").hidden = !keyboard;
    this.#find(".menu").hidden = keyboard;
    if (!keyboard) this.#panel(false);
  }

  #panel(open) {
    this.#find(".panel").hidden = !open;
    this.#find(".plus").setAttribute("aria-expanded", String(open));
    this.#toEnd();
  }

  #wire() {
    const text = this.#find("textarea");
    this.#find(".compose").addEventListener("submit", (event) => {
      event.preventDefault();
      const content = text.value;
      text.value = "";
      this.#grow();
      this.#find(".banner").replaceChildren();
      if (content) this.#do("text", { content });
    });
    text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#find(".compose").requestSubmit();
    });
    text.addEventListener("input", () => this.#grow());
    this.#find(".compose .switch").addEventListener("click", () => this.#compose(false));
    this.#find(".plus").addEventListener("click", () => this.#panel(this.#find(".panel").hidden));
    this.#find(".more").addEventListener("click", () => this.#find(".about").showModal());
    this.#find(".follow").addEventListener("click", () => this.#do("follow"));
    this.#find(".unfollow").addEventListener("click", () => this.#leave());
    for (const form of this.#root.querySelectorAll(".scan")) form.addEventListener("submit", (event) => this.#scan(event));
    this.#root.addEventListener("click", (event) => event.target.closest(".fold") ?? this.#unfold(null));
    this.#root.addEventListener("keydown", (event) => event.key === "Escape" && (this.#unfold(null), this.#panel(false)));
    this.#attachments();
  }

  #attachments() {
    const file = this.#find("input[type=file]");
    for (const button of this.#root.querySelectorAll("[data-type]")) {
      button.addEventListener("click", () => {
        if (button.dataset.type === "file-image") return file.click();
        this.#panel(false);
        return this.#do("message", { type: button.dataset.type });
      });
    }
    file.addEventListener("change", () => {
      const reader = new FileReader();
      reader.addEventListener("load", () => this.#do("message", { type: "image", data: reader.result }));
      if (file.files.length) reader.readAsDataURL(file.files[0]);
      file.value = "";
      this.#panel(false);
    });
  }

  // Puts a scene into the field, ready to be scanned.
  offer(scene) {
    for (const field of this.#root.querySelectorAll("[name=code]")) field.value = scene;
    if (this.#root.classList.contains("following")) this.#find(".about").showModal();
    else this.#find(".profile [name=code]").focus();
  }

  #scan(event) {
    event.preventDefault();
    const code = new FormData(event.target).get("code").trim();
    this.#find(".about").close();
    event.target.reset();
    return this.#do("follow", { scene: /^\d{12}$/.test(code) ? `community:${code}` : code });
  }

  #leave() {
    this.#find(".about").close();
    return this.#do("unfollow");
  }

  async #do(act, body = {}) {
    try {
      await post(`/sandbox/phones/${this.#id}/${act}`, body);
    } catch (error) {
      this.page.toast(error.message);
    }
  }

  #grow() {
    const text = this.#find("textarea");
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight}px`;
    this.#find(".compose").classList.toggle("full", text.value !== "");
  }

  #toEnd() {
    const chat = this.#find(".chat");
    chat.scrollTop = chat.scrollHeight;
  }

  #find(selector) {
    return this.#root.querySelector(selector);
  }
}
