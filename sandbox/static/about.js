// The account as this phone knows it, and what its holder can decide about it.

import { button, element, icon } from "./dom.js";
import { openScanner } from "./scanner.js";

const WINDOWS = { message: "消息 48 小时", click: "菜单 1 分钟", follow: "关注 1 分钟", scan: "扫码 1 分钟" };

// `phone` is {told, account, layers, do(act), open(url)}; told: as the API tells it.
export function openAbout(phone) {
  const { told, account } = phone;
  const face = element("div", "who", element("span", "avatar", account.slice(-1)), element("div", "", element("strong", "", account), element("small", "", "服务号")));
  const rows = [cell("扫一扫", "scan", () => then(phone, () => openScanner(phone)))];
  if (told.following) {
    rows.push(cell("通知订阅", "bell", () => then(phone, () => phone.open(`${location.origin}/sandbox/subscribe?phone=${told.id}`))));
    rows.push(receiving(phone));
  }
  const leave = button("cell leave", () => then(phone, () => phone.do("unfollow")), "取消关注");
  phone.layers.sheet("账号信息", face, element("div", "cells", ...rows), facts(told), ...(told.following ? [element("div", "cells", leave)] : []));
}

function then(phone, act) {
  phone.layers.pop();
  return act();
}

function cell(name, shape, act) {
  return button("cell", act, icon(shape), element("span", "grow", name), icon("right"));
}

// Whoever takes no messages still follows: that is what the platform calls 「user block」.
function receiving(phone) {
  const made = button("cell", async () => {
    const blocked = made.getAttribute("aria-checked") === "true";
    if (await phone.do(blocked ? "block" : "unblock")) made.setAttribute("aria-checked", String(!blocked));
  });
  made.append(icon("block"), element("span", "grow", "接收消息", element("small", "", "关闭后仍是关注，公众号发来的消息会被拒收")), element("i", "knob"));
  made.setAttribute("role", "switch");
  made.setAttribute("aria-label", "接收消息");
  made.setAttribute("aria-checked", String(!phone.told.blocked));
  return made;
}

function facts(told) {
  const open = told.windows.map((one) => `${WINDOWS[one.trigger]}：还可发 ${one.credits} 条`);
  const rows = { 手机号: told.number, OpenID: told.openid, 来源: told.scene || "—", 客服消息: open.join("；") || "窗口已关" };
  return element("dl", "facts", ...Object.entries(rows).flatMap(([name, value]) => [element("dt", "", name), element("dd", "", value)]));
}
