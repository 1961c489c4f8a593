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
  #stuck = true;
  #top = 0;

  // `told` are {now(), older(before, most), holds(line), faces(line), acts, read()}; holds: whether a line belongs here;
  // read: the end is on the screen.
  constructor(list, told) {
    this.#list = list;
    this.#told = told;
    list.addEventListener("scroll", () => this.#scrolled(), { passive: true });
  }

  // Whether the newest lines are on the screen, or will be once pictures have their size.
  get atEnd() {
    return this.#stuck;
  }

  // Appends a line; `follow` brings the end on the screen. What is drawn is settled once after many.
  add(line, follow) {
    if (follow) this.#stuck = true;
    const rows = this.#rows(line, this.#last);
    this.#last = line.at;
    this.#first = Math.min(this.#first, line.n);
    this.#list.append(...rows);
    for (const picture of rows.at(-1).querySelectorAll("img")) picture.addEventListener("load", () => this.settle());
  }

  settle() {
    if (!this.#stuck) return;
    this.#prune();
    this.toEnd();
  }

  toEnd() {
    this.#stuck = true;
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  // Draws older lines while there is room for them.
  async fill() {
    const list = this.#list;
    this.settle();
    while (this.#more && list.clientHeight && list.scrollHeight <= list.clientHeight + NEAR) await this.#older();
  }

  // Whether older lines can be asked for: the first that are drawn come with the feed.
  get #more() {
    return !this.#whole && !this.#loading && this.#first < Infinity;
  }

  #scrolled() {
    const list = this.#list;
    if (!list.clientHeight) return;
    const up = list.scrollTop < this.#top;
    this.#top = list.scrollTop;
    if (list.scrollHeight - list.scrollTop - list.clientHeight < NEAR) this.#stuck = true;
    else if (up) this.#stuck = false;
    if (this.#stuck) this.#told.read();
    if (list.scrollTop < NEAR) this.#older();
  }

  async #older() {
    if (!this.#more) return;
    this.#loading = true;
    try {
      const lines = await this.#told.older(this.#first, BATCH);
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
    if (!this.#stuck) list.scrollTop = list.scrollHeight - fromEnd;
    this.settle();
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
