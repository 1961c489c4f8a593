// Small makers of nodes.

const SVG = "http://www.w3.org/2000/svg";

export function element(name, classes = "", ...children) {
  const made = document.createElement(name);
  if (classes) made.className = classes;
  made.append(...children);
  return made;
}

export function button(classes, act, ...children) {
  const made = element("button", classes, ...children);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

export function icon(name) {
  const made = document.createElementNS(SVG, "svg");
  made.setAttribute("class", "icon");
  made.setAttribute("aria-hidden", "true");
  made.append(document.createElementNS(SVG, "use"));
  made.firstChild.setAttribute("href", `/static/icons.svg#${name}`);
  return made;
}

export function hidden(text) {
  return element("span", "visually-hidden", text);
}

// A field with its label; `told` are properties of the input.
export function field(label, told) {
  return element("label", "field", element("span", "", label), Object.assign(element("input"), { autocomplete: "off", ...told }));
}

// A red dot with a number in it. It stays the same node, so that a click on it is not lost.
export function badge(count = 0) {
  const made = element("span", "badge", document.createTextNode(""), hidden(" 条未读"));
  return mark(made, count);
}

export function mark(badge, count) {
  badge.firstChild.data = count > 99 ? "99+" : String(count);
  badge.hidden = !count;
  return badge;
}

// A file that was chosen, as a data: address.
export function read(file) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done(reader.result));
    reader.addEventListener("error", () => failed(new Error("这个文件读不出来")));
    reader.readAsDataURL(file);
  });
}

// Asks for a picture from the disk; `take(data)` gets it.
export function choose(take) {
  const input = Object.assign(element("input"), { type: "file", accept: "image/*", hidden: true });
  input.setAttribute("aria-label", "选择图片");
  input.addEventListener("change", async () => {
    if (input.files.length) await take(await read(input.files[0]));
    input.remove();
  });
  input.addEventListener("cancel", () => input.remove());
  document.body.append(input);
  input.click();
}
