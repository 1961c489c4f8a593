// What lies over the screen of a phone: sheets and pages, one above another. What is below rests meanwhile.

import { button, element, icon } from "./dom.js";

export class Layers {
  #root;
  #screen;
  #stack = [];

  constructor(root, screen) {
    this.#root = root;
    this.#screen = screen;
  }

  get any() {
    return this.#stack.length > 0;
  }

  push(node, closed = () => {}) {
    const before = document.activeElement;
    this.#top().inert = true;
    this.#stack.push({ node, closed, before });
    this.#root.append(node);
    (node.querySelector("[data-first]") ?? node.querySelector("button:not([hidden]), input, a[href]"))?.focus();
  }

  // The topmost one goes, and the focus back to where it was.
  pop() {
    const gone = this.#stack.pop();
    if (!gone) return;
    gone.node.remove();
    this.#top().inert = false;
    if (gone.before?.isConnected) gone.before.focus();
    gone.closed();
  }

  clear() {
    while (this.any) this.pop();
  }

  // A half-screen sheet with a title and ✕.
  sheet(title, ...content) {
    const close = button("close", () => this.pop(), icon("cross"));
    close.setAttribute("aria-label", "关闭");
    const panel = element("section", "half", element("header", "", close, element("h2", "", title)), ...content);
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-label", title);
    const mask = element("div", "mask");
    mask.addEventListener("click", () => this.pop());
    this.push(element("div", "layer", mask, panel));
    return panel;
  }

  #top() {
    return this.#stack.at(-1)?.node ?? this.#screen;
  }
}
