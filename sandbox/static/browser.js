// The browser inside a phone. The sandbox fetches the pages for its frame, by the name of WeChat's browser.

import { button, element, icon } from "./dom.js";
import { scan } from "./scanner.js";

const OWN_CODE = /^\/q\//;

// `phone` is {id, layers, page}. A parametrised code's own address is not a page: it is scanned.
export function openPage(phone, url) {
  if (isOwn(phone, url) && OWN_CODE.test(new URL(url).pathname)) return scan(phone, { text: url });
  return new Browser(phone).go(url);
}

function isOwn(phone, url) {
  return [location.host, new URL(phone.page.base).host].includes(new URL(url).host);
}

class Browser {
  #phone;
  #frame = element("iframe", "web");
  #title = element("h2", "", "…");
  #host = element("small");
  #back;
  #visited = [];

  constructor(phone) {
    this.#phone = phone;
    this.#frame.title = "网页";
    this.#back = named("back", "返回上一页", "left", () => this.#return());
    this.#back.hidden = true;
    const close = named("close", "关闭网页", "cross", () => phone.layers.pop());
    const more = named("more", "网页菜单", "dots", () => this.#menu());
    const bar = element("header", "webbar", element("span", "", close, this.#back), element("div", "", this.#title, this.#host), element("span", "", more));
    const page = element("section", "layer browser", bar, this.#frame);
    page.setAttribute("role", "dialog");
    page.setAttribute("aria-label", "网页");
    const told = (event) => event.source === this.#frame.contentWindow && this.#told(event.data);
    addEventListener("message", told);
    phone.layers.push(page, () => removeEventListener("message", told));
  }

  go(url) {
    const { protocol, host, pathname, search, hash } = new URL(url);
    this.#frame.src = `/sandbox/web/${this.#phone.id}/${protocol.slice(0, -1)}/${host}${pathname}${search}${hash}`;
    this.#show("", url);
  }

  // What the page in the frame says of itself.
  #told(data) {
    if (data?.close) return this.#phone.layers.pop();
    if (!data?.shown) return;
    const { title, address } = data.shown;
    const url = new URL(address, location.href).href;
    if (this.#visited.at(-1) !== url) this.#visited.push(url);
    this.#back.hidden = this.#visited.length < 2;
    this.#show(title, url);
  }

  #show(title, url) {
    this.#title.textContent = title || "网页";
    this.#host.textContent = new URL(url).host;
    this.address = url;
  }

  #return() {
    this.#visited.pop();
    this.go(this.#visited.pop());
  }

  #menu() {
    const { layers, page } = this.#phone;
    const out = element("a", "cell", icon("out"), element("span", "grow", "在浏览器打开"));
    Object.assign(out, { href: this.#outside(), target: "_blank", rel: "noopener" });
    out.addEventListener("click", () => layers.pop());
    const again = button("cell", () => (layers.pop(), this.go(this.address)), icon("again"), element("span", "grow", "刷新"));
    const copy = button(
      "cell",
      () => {
        layers.pop();
        navigator.clipboard.writeText(this.address).then(
          () => page.toast("网址已复制"),
          () => page.toast(this.address),
        );
      },
      icon("link"),
      element("span", "grow", "复制网址"),
    );
    layers.sheet("网页", element("p", "hint", `由 ${new URL(this.address).host} 提供`), element("div", "cells", out, again, copy));
  }

  // Outside, nobody knows whose phone this is, so the sandbox's own pages are told.
  #outside() {
    const url = new URL(this.address);
    if (isOwn(this.#phone, this.address) && !url.searchParams.has("sandbox_phone")) url.searchParams.set("sandbox_phone", this.#phone.id);
    return url.href;
  }
}

function named(classes, label, shape, act) {
  const made = button(classes, act, icon(shape));
  made.setAttribute("aria-label", label);
  return made;
}
