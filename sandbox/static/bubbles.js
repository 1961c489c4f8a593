// One line of a chat as nodes.

import { button, element, hidden, icon } from "./dom.js";
import { anchor, rich } from "./rich.js";

// `acts` are {tap(content, id), open(url), large(line)}; large: a picture is to be seen large.
export function bubble(line, acts) {
  const makers = { image, voice, video, shortvideo: video, location, link, news, msgmenu, music, sticker, file, template: notice, notice };
  return (makers[line.type] ?? plain)(line, acts);
}

// Lines that take the whole width, without a face beside them.
export const isWide = (line) => line.from === "account" && ["template", "notice", "news"].includes(line.type);

// What a list of chats says of the newest line.
export function preview(line) {
  const short = { image: "[图片]", voice: "[语音]", video: "[视频]", shortvideo: "[视频]", location: "[位置]", link: "[链接]", music: "[音乐]" };
  const text = short[line.type] ?? line.title ?? line.articles?.[0]?.title ?? line.text ?? line.content ?? `[${line.type}]`;
  return text.replace(/<[^>]*>/g, "").replace(/\s+/g, " ");
}

function plain(line, acts) {
  return element("div", "bubble", ...rich(line.text ?? `[${line.type}]`, acts));
}

function image(line, acts) {
  const picture = element("img");
  Object.assign(picture, { src: line.url, alt: line.from === "me" ? "我发的图片" : "公众号发来的图片" });
  const made = button("picture", () => acts.large(line), picture);
  made.setAttribute("aria-label", `${picture.alt}，点开看大图`);
  return made;
}

function voice() {
  return element("div", "bubble voice", icon("sound"), "2″", hidden("语音"));
}

function video(line) {
  const made = element("a", "video", icon("play"), hidden("视频"));
  return Object.assign(made, { href: line.url, target: "_blank", rel: "noopener" });
}

function location(line) {
  const where = line.latitude === undefined ? "" : `${line.latitude.toFixed(4)}, ${line.longitude.toFixed(4)}`;
  return element("div", "card place", element("strong", "", line.text), element("small", "", where), element("span", "map", icon("pin")));
}

function link(line, acts) {
  const body = element("span", "body", element("small", "", line.description || line.href || ""), element("i", "", icon("link")));
  return anchor("card link", line.href, acts, element("strong", "", line.text ?? "链接"), body);
}

function music(line) {
  return element("div", "card", element("strong", "", line.title ?? line.text ?? "音乐"), element("small", "", line.description ?? ""));
}

function sticker() {
  return element("div", "sticker", icon("face"), hidden("表情"));
}

function file() {
  return element("div", "card link", element("strong", "", "文件"), element("span", "body", element("small", "", "公众号收到的是「不支持的消息」"), element("i", "", icon("file"))));
}

// One article is a large card; of several the first is large and the others are rows.
function news(line, acts) {
  const [first, ...others] = line.articles;
  const rows = others.map((one) => anchor("row", one.url, acts, element("span", "", one.title), ...cover(one)));
  const head = anchor("first", first.url, acts, ...cover(first), element("strong", "", first.title));
  if (!others.length && first.description) head.append(element("small", "", first.description));
  return element("div", "news", head, ...rows);
}

function cover(article) {
  return /^https?:/.test(article.picurl ?? "") ? [Object.assign(element("img"), { src: article.picurl, alt: "" })] : [];
}

function msgmenu(line, acts) {
  const items = line.list.map((item) => element("p", "", button("inline", () => acts.tap(item.content, item.id), item.content)));
  return element("div", "bubble", line.head, ...items, line.tail);
}

// A template message or a subscription notice: a title, rows of label and value, perhaps a page.
function notice(line, acts) {
  const rows = facts(line).map(([label, value]) => element("div", "", element("dt", "", label), element("dd", "", ...rich(value, acts))));
  const parts = [element("h3", "", line.title ?? "通知"), element("dl", "", ...rows)];
  if (!/^https?:\/\//i.test(line.url ?? "")) return element("div", "notice-card", ...parts);
  const more = anchor("more-about", line.url, acts, "查看详情", icon("right"));
  return element("div", "notice-card", ...parts, more);
}

// The rendered text has the labels that a reader knows; without it there are the keys.
function facts(line) {
  const lines = (line.content ?? "").split("\n").filter((one) => one.trim() && one.trim() !== line.title);
  if (lines.length) return lines.map((one) => one.match(/^([^：:]{1,12})[：:]\s*(.*)$/)?.slice(1) ?? ["", one]);
  return Object.entries(line.data ?? {}).map(([key, value]) => [key, String(value?.value ?? value)]);
}
