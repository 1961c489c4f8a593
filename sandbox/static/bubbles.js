// One line of a chat as nodes. Text of the account is never markup: links are recognised, the rest is shown as it is.

const LINK = /<a\s[^>]*?href\s*=\s*(["'])(.*?)\1[^>]*>(.*?)<\/a>|(https?:\/\/[^\s<>"'，。；、（）]+)/gs;

export function element(name, classes = "", ...children) {
  const made = document.createElement(name);
  if (classes) made.className = classes;
  made.append(...children);
  return made;
}

export function icon(name) {
  const SVG = "http://www.w3.org/2000/svg";
  const made = document.createElementNS(SVG, "svg");
  made.setAttribute("class", "icon");
  made.setAttribute("aria-hidden", "true");
  made.append(document.createElementNS(SVG, "use"));
  made.firstChild.setAttribute("href", `/static/icons.svg#${name}`);
  return made;
}

// `acts` are {tap(content, id), open(src)}: an item of a message menu was tapped; a picture is to be seen large.
export function bubble(line, acts) {
  const makers = { image, voice, video, location, link, news, msgmenu, music: link };
  return (makers[line.type] ?? plain)(line, acts);
}

export function rich(text, acts) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    parts.push(text.slice(end, found.index), linked(found[2] ?? found[4], found[3] ?? found[4], acts));
    end = found.index + found[0].length;
  }
  parts.push(text.slice(end));
  return parts;
}

function linked(href, shown, acts) {
  if (href.startsWith("weixin://bizmsgmenu")) {
    const query = Object.fromEntries(href.split("?")[1].split("&").map((pair) => pair.split(/=(.*)/s)));
    return tappable(shown, () => acts.tap(decoded(query.msgmenucontent ?? shown), query.msgmenuid ?? ""));
  }
  if (!/^https?:\/\//.test(href)) return shown;
  const made = element("a", "", shown);
  Object.assign(made, { href, target: "_blank", rel: "noopener" });
  return made;
}

function tappable(shown, act) {
  const made = element("button", "inline", shown);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function plain(line, acts) {
  return element("div", "bubble", ...rich(line.text ?? `[${line.type}]`, acts));
}

function image(line, acts) {
  const picture = element("img");
  Object.assign(picture, { src: line.url, alt: line.from === "me" ? "我发的图片" : "公众号发来的图片" });
  const made = element("button", "picture", picture);
  made.type = "button";
  made.setAttribute("aria-label", `${picture.alt}，点开看大图`);
  made.addEventListener("click", () => acts.open(line.url));
  return made;
}

function voice() {
  return element("div", "bubble", icon("sound"), " 2″ ", element("span", "visually-hidden", "语音"));
}

function video(line) {
  const made = element("a", "bubble", icon("play"), " 视频");
  Object.assign(made, { href: line.url, target: "_blank", rel: "noopener" });
  return made;
}

function location(line) {
  return element("div", "card", element("strong", "", line.text), element("span", "map", icon("place")));
}

function link(line) {
  return element("div", "card", element("strong", "", line.text ?? line.title ?? "链接"), element("small", "", line.href ?? ""));
}

function news(line) {
  const cards = line.articles.map((article) => {
    const made = element("a", "card", element("strong", "", article.title));
    if (/^https?:/.test(article.url ?? "")) Object.assign(made, { href: article.url, target: "_blank", rel: "noopener" });
    if (/^https?:/.test(article.picurl ?? "")) made.append(Object.assign(element("img"), { src: article.picurl, alt: "" }));
    made.append(element("small", "", article.description ?? ""));
    return made;
  });
  return element("div", "cards", ...cards);
}

function msgmenu(line, acts) {
  const items = line.list.map((item) => element("p", "", tappable(item.content, () => acts.tap(item.content, item.id))));
  return element("div", "bubble", line.head, ...items, line.tail);
}
