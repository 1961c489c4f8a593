// The pop-up that asks for consent to subscription notices: ?phone=p1&templates=id1,id2&back=address.
// Without `templates` the person looks at all of them, and nothing is decided without a tap.

import { get, post } from "./api.js";
import { element } from "./dom.js";

const query = new URLSearchParams(location.search);
const phone = query.get("phone");
const asked = query.get("templates")?.split(",").filter(Boolean) ?? [];
const KINDS = { "one-time": "一次性订阅：允许一次，收一条", "long-term": "长期订阅：允许后可多次收到" };
const form = document.querySelector("form");
const find = (selector) => document.querySelector(selector);
const kept = (id) => localStorage.getItem(`consent:${phone}:${id}`);

function say(text) {
  find("[role=status]").textContent = text;
  find("[role=status]").hidden = false;
}

function row(template) {
  const box = Object.assign(element("input"), { type: "checkbox", name: template.template_id, checked: kept(template.template_id) !== "reject" });
  const label = element("label", "", box, element("span", "", template.title, element("small", "", KINDS[template.kind])));
  const example = element("details", "", element("summary", "", "通知的样子"), element("pre", "", template.content));
  return element("li", "", label, ...(template.content ? [example] : []));
}

// `accepted(id)` decides each; the account is told one by one.
async function decide(templates, accepted, always) {
  try {
    for (const { template_id } of templates) {
      const accept = accepted(template_id);
      await post(`/sandbox/phones/${phone}/consent`, { template_id, accept, scene: asked.length ? 1 : 0 });
      if (always) localStorage.setItem(`consent:${phone}:${template_id}`, accept ? "accept" : "reject");
      else localStorage.removeItem(`consent:${phone}:${template_id}`);
    }
  } catch (error) {
    return say(`没有记下：${error.message}`);
  }
  const names = templates.filter((one) => accepted(one.template_id)).map((one) => one.title);
  return done(names.length ? `已允许：${names.join("、")}` : "已拒绝，不会收到这些通知。");
}

function done(text) {
  form.hidden = true;
  find("h1").hidden = true;
  find(".on").hidden = false;
  say(text);
}

function wire(templates) {
  form.querySelector("ul").replaceChildren(...templates.map(row));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    decide(templates, (id) => form.elements[id].checked, form.elements.always.checked);
  });
  find(".refuse").addEventListener("click", () => decide(templates, () => false, form.elements.always.checked));
  find(".change").addEventListener("click", () => {
    form.hidden = find("h1").hidden = false;
    find(".on").hidden = find("[role=status]").hidden = true;
  });
  const back = query.get("back") ?? "";
  if (!/^https?:\/\//i.test(back)) return;
  const { protocol, host, pathname, search } = new URL(back);
  find(".back").href = parent === window ? back : `/sandbox/web/${phone}/${protocol.slice(0, -1)}/${host}${pathname}${search}`;
  find(".back").hidden = false;
}

async function begin() {
  if (!phone) throw new Error("网址里要有 phone=手机编号，请在手机里打开");
  const all = (await get("/sandbox/templates")).filter((one) => one.kind in KINDS);
  const templates = asked.length ? all.filter((one) => asked.includes(one.template_id)) : all;
  if (!templates.length) throw new Error(asked.length ? "公众号没有这些订阅通知" : "公众号还没有可以订阅的通知");
  wire(templates);
  if (asked.length && templates.every((one) => kept(one.template_id))) {
    await decide(templates, (id) => kept(id) === "accept", true);
    find("[role=status]").prepend("按您保存的选择。");
  }
}

begin().catch((error) => {
  form.hidden = find("h1").hidden = true;
  say(/^HTTP/.test(error.message) ? "这个沙盒还没有订阅通知。" : error.message);
});
