// Text of the account is never markup: links are recognised, the rest is shown as it is.

import { button, element } from "./dom.js";

const LINK = /<a\s[^>]*?href\s*=\s*(["'])(.*?)\1[^>]*>(.*?)<\/a>|(https?:\/\/[^\s<>"'，。；、（）]+)/gs;

// `acts` are {tap(content, id), open(url)}: an item of a message menu was tapped; a page is to be opened.
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

// A link that opens in the phone; with the middle button or from its menu, in a tab.
export function anchor(classes, href, acts, ...children) {
  const made = element("a", classes, ...children);
  if (!/^https?:\/\//i.test(href ?? "")) return made;
  Object.assign(made, { href, target: "_blank", rel: "noopener" });
  made.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    acts.open(href);
  });
  return made;
}

function linked(href, shown, acts) {
  if (href.startsWith("weixin://bizmsgmenu")) {
    const query = Object.fromEntries((href.split("?")[1] ?? "").split("&").map((pair) => pair.split(/=(.*)/s)));
    return button("inline", () => acts.tap(decoded(query.msgmenucontent ?? shown), query.msgmenuid ?? ""), shown);
  }
  return /^https?:\/\//i.test(href) ? anchor("", href, acts, shown) : shown;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
