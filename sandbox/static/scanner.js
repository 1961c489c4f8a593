// 扫一扫: a picture of any chat on this page, a file, or what a code says, typed.

import { button, choose, element, field, icon } from "./dom.js";
import { clock } from "./times.js";

// `by` is the menu button that asked for a scan, if one did.
export function openScanner(phone, by = null) {
  const pictures = phone.page.pictures().map((one) => {
    const thumb = button("thumb", () => scan(phone, { media_id: one.media_id }, by), Object.assign(element("img"), { src: one.url, alt: "" }), element("small", "", one.name));
    thumb.setAttribute("aria-label", `扫${one.name}手机上的图片，${clock(one.at)}`);
    return thumb;
  });
  const none = element("p", "hint", "这里的聊天中还没有图片。");
  const file = button("cell", () => choose((data) => scan(phone, { data }, by)), icon("album"), element("span", "grow", "从文件选择：打印的码、截图、照片"));
  const form = element("form", "fields", field("码的内容", { name: "text", required: true, placeholder: "网址、小区代码或文字" }), element("button", "primary block", "扫这个码"));
  form.querySelector("input").setAttribute("list", "scenes");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    typed(phone, new FormData(form).get("text"), by);
  });
  const thumbs = element("div", "thumbs", ...(pictures.length ? pictures : [none]));
  phone.layers.sheet("扫一扫", element("h3", "", "手机上的图片"), thumbs, element("div", "cells", file), form);
}

// What somebody typed: the name of a code that stands for a community, or else the content of a code.
export function typed(phone, text, by = null) {
  const code = text.trim();
  const known = [...document.getElementById("scenes").options].map((option) => option.value);
  if (by || !(/^\d{12}$/.test(code) || known.includes(code))) return scan(phone, { text: code }, by);
  phone.layers.clear();
  return phone.do("follow", { scene: /^\d{12}$/.test(code) ? `community:${code}` : code });
}

export async function scan(phone, body, by = null) {
  const found = await phone.do("scan", by ? { ...body, button: by.type, key: by.key } : body);
  if (!found) return;
  phone.layers.clear();
  phone.enter("chat");
  const shows = found.found === "page" || found.found === "text" || by?.type === "scancode_push";
  if (!shows) return;
  if (/^https?:\/\//i.test(found.text)) phone.open(found.text);
  else phone.layers.sheet("扫描结果", element("p", "result", found.text));
}
