// The line where one writes, and the panel of what else can be sent.

import { attach } from "./attachments.js";

export class Writing {
  #phone;
  #form;
  #text;

  constructor(phone) {
    this.#phone = phone;
    this.#form = phone.find(".compose");
    this.#text = phone.find("textarea");
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#form.requestSubmit();
    });
    this.#text.addEventListener("input", () => this.#grow());
    phone.find(".compose .switch").addEventListener("click", () => this.show(false));
    phone.find(".plus").addEventListener("click", () => this.panel(phone.find(".panel").hidden));
    for (const one of phone.find(".panel").querySelectorAll("[data-type]")) {
      one.addEventListener("click", () => {
        this.panel(false);
        attach(phone, one.dataset.type);
      });
    }
  }

  // The keyboard, or the menu in its place.
  show(keyboard) {
    this.#form.hidden = !keyboard;
    this.#phone.find(".menu").hidden = keyboard;
    if (!keyboard) this.panel(false);
  }

  panel(open) {
    this.#phone.find(".panel").hidden = !open;
    this.#phone.find(".plus").setAttribute("aria-expanded", String(open));
    this.#phone.toEnd();
  }

  // Writes for the person, who can still change it.
  put(text) {
    this.#text.value = text;
    this.#grow();
    this.#text.focus();
  }

  #send() {
    const content = this.#text.value;
    this.#text.value = "";
    this.#grow();
    this.#phone.find(".banner").replaceChildren();
    if (content) this.#phone.do("text", { content });
  }

  #grow() {
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight}px`;
    this.#form.classList.toggle("full", this.#text.value !== "");
  }
}
