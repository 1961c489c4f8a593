// A list of lines: the newest are drawn, older ones when somebody scrolls to them.

import { bubble, isWide } from "./bubbles.js";
import { element, hidden } from "./dom.js";
import { stamp } from "./times.js";

const GAP = 300;
const MOST = 120;
const BATCH = 60;
const NEAR = 120;

export class Chat {
  #list;
  #told;
  #first = Infinity;
  #last = 0;
  #whole = false;
  #loading = false;

  // `told` are {now(), older(before, most), holds(line), faces(line), acts, read()}; holds: whether a line belongs here;
  // read: the end is on the screen.
  constructor(list, told) {
    this.#list = list;
    this.#told = told;
    list.addEventListener("scroll", () => this.#scrolled(), { passive: true });
  }

  get atEnd() {
    const list = this.#list;
    return list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
  }

  add(line, follow) {
    const stay = !follow && !this.atEnd;
    const rows = this.#rows(line, this.#last);
    this.#last = line.at;
    this.#first = Math.min(this.#first, line.n);
    this.#list.append(...rows);
    if (stay) return;
    this.#prune();
    for (const picture of rows.at(-1).querySelectorAll("img")) picture.addEventListener("load", () => this.atEnd && this.toEnd());
    this.toEnd();
  }

  toEnd() {
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  // Draws older lines while there is room for them.
  async fill() {
    const list = this.#list;
    while (!this.#whole && !this.#loading && list.clientHeight && list.scrollHeight <= list.clientHeight + NEAR) await this.#older();
  }

  #scrolled() {
    if (this.atEnd) this.#told.read();
    if (this.#list.scrollTop < NEAR) this.#older();
  }

  async #older() {
    if (this.#whole || this.#loading) return;
    this.#loading = true;
    try {
      const lines = await this.#told.older(Math.min(this.#first, Number.MAX_SAFE_INTEGER), BATCH);
      this.#whole = lines.length < BATCH;
      this.#first = Math.min(this.#first, ...lines.map((line) => line.n));
      this.#prepend(lines.filter((line) => this.#told.holds(line)));
    } catch {
      this.#whole = true;
    } finally {
      this.#loading = false;
    }
  }

  #prepend(lines) {
    const list = this.#list;
    const fromEnd = list.scrollHeight - list.scrollTop;
    let before = 0;
    const rows = lines.flatMap((line) => {
      const made = this.#rows(line, before);
      before = line.at;
      return made;
    });
    list.prepend(...rows);
    list.scrollTop = list.scrollHeight - fromEnd;
  }

  // Nobody looks at the oldest; they are fetched again by whoever scrolls up.
  #prune() {
    while (this.#list.childElementCount > MOST) {
      this.#list.firstElementChild.remove();
      this.#whole = false;
    }
    const kept = [...this.#list.children].find((row) => row.dataset.n);
    if (kept) this.#first = Number(kept.dataset.n);
  }

  #rows(line, before) {
    const rows = line.at - before > GAP ? [element("li", "time", stamp(line.at, this.#told.now()))] : [];
    const row = this.#row(line);
    row.dataset.n = line.n;
    return [...rows, row];
  }

  #row(line) {
    if (line.from === "system") return element("li", `notice ${line.type}`, line.text);
    const { name, face } = this.#told.faces(line);
    const side = line.from === "me" ? "me" : "account";
    if (isWide(line)) return element("li", `${side} wide`, hidden(`${name}：`), bubble(line, this.#told.acts));
    const avatar = element("span", "avatar", face);
    avatar.setAttribute("aria-hidden", "true");
    return element("li", side, avatar, hidden(`${line.from === "me" ? "我" : name}：`), bubble(line, this.#told.acts));
  }
}
