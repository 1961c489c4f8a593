// Consent to subscription notices: ?phone=p1&templates=id1,id2&back=address is the pop-up that asks for them.
// Without `templates` the person looks through all of them, as in the settings, where saying yes is the pop-up's yes.

import { get, post } from "./api.js";
import { element } from "./dom.js";

const MOST = 3;
const query = new URLSearchParams(location.search);
const phone = query.get("phone");
const asked = query.get("templates")?.split(",").filter(Boolean).slice(0, MOST) ?? [];
const KINDS = { "one-time": "一次性订阅：允许一次，收一条", "long-term": "长期订阅：允许后可多次收到" };
const form = document.querySelector("form");
const find = (selector) => document.querySelector(selector);
const key = (id) => `consent:${phone}:${id}`;
const checked = (one) => form.elements[one.template_id].checked;

function show(text) {
  find("[role=status]").textContent = text;
  find("[role=status]").hidden = !text;
  form.hidden = find("h1").hidden = Boolean(text);
}

// `held` are the consents that are left, by template: the settings begin with them, the pop-up with a yes or what was kept.
function row(template, held) {
  const yes = asked.length ? localStorage.getItem(key(template.template_id)) !== "reject" : held.has(template.template_id);
  const box = Object.assign(element("input"), { type: "checkbox", name: template.template_id, checked: yes });
  const left = held.get(template.template_id);
  const now = left === undefined ? "" : left === null ? "。现在：已允许" : `。现在：还可收 ${left} 条`;
  const label = element("label", "", box, element("span", "", template.title, element("small", "", KINDS[template.kind] + now)));
  const example = element("details", "", element("summary", "", "通知的样子"), element("pre", "", template.content));
  return element("li", "", label, ...(template.content ? [example] : []));
}

// `answers` are [[id, yes], …]; more than the pop-up takes are told in turn.
async function tell(answers, scene = {}) {
  for (let at = 0; at < answers.length; at += MOST) {
    await post(`/sandbox/phones/${phone}/consent`, { templates: Object.fromEntries(answers.slice(at, at + MOST)), ...scene });
  }
}

async function answer(templates, yes, begin = "") {
  await tell(templates.map((one) => [one.template_id, yes(one)]));
  for (const one of templates) {
    if (form.elements.always.checked) localStorage.setItem(key(one.template_id), yes(one) ? "accept" : "reject");
    else localStorage.removeItem(key(one.template_id));
  }
  const names = templates.filter(yes).map((one) => one.title);
  show(begin + (names.length ? `已允许：${names.join("、")}` : "已拒绝，不会收到这些通知。"));
  find(".on").hidden = false;
}

async function save(templates, held) {
  const changed = templates.filter((one) => checked(one) !== held.has(one.template_id));
  await tell(changed.filter(checked).map((one) => [one.template_id, true]));
  await tell(
    changed.filter((one) => !checked(one)).map((one) => [one.template_id, false]),
    { scene: "settings" },
  );
  show(changed.length ? "已保存。" : "没有改动。");
  find(".on").hidden = false;
}

function attempt(act) {
  return act().catch((error) => {
    show(`没有记下：${error.message}`);
    find(".on").hidden = false;
  });
}

function wire(templates, held) {
  form.querySelector("ul").replaceChildren(...templates.map((one) => row(one, held)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(() => (asked.length ? answer(templates, checked) : save(templates, held)));
  });
  find(".refuse").addEventListener("click", () => attempt(() => answer(templates, () => false)));
  find(".change").addEventListener("click", () => (asked.length ? ((find(".on").hidden = true), show("")) : location.reload()));
  // A tap before somebody listens would be the form's own, and lose the question.
  form.inert = false;
  if (asked.length) return;
  find("h1").textContent = "通知订阅";
  find(".refuse").hidden = find(".always").hidden = true;
  form.querySelector(".primary").textContent = "保存";
}

function wireBack() {
  const back = query.get("back") ?? "";
  if (!/^https?:\/\//i.test(back)) return;
  const { protocol, host, pathname, search } = new URL(back);
  find(".back").href = parent === window ? back : `/sandbox/web/${phone}/${protocol.slice(0, -1)}/${host}${pathname}${search}`;
  find(".back").hidden = false;
}

async function begin() {
  wireBack();
  if (!phone) throw new Error("网址里要有 phone=手机编号，请在手机里打开。");
  const all = (await get("/sandbox/templates")).filter((one) => one.kind in KINDS);
  const templates = asked.length ? all.filter((one) => asked.includes(one.template_id)) : all;
  if (!templates.length) throw new Error(asked.length ? "公众号没有这些订阅通知。" : "公众号还没有可以订阅的通知。");
  const told = (await get("/sandbox/phones")).find((one) => one.id === phone);
  wire(templates, new Map((told?.consents ?? []).filter((one) => one.credits !== 0).map((one) => [one.template_id, one.credits])));
  if (!asked.length || !templates.every((one) => localStorage.getItem(key(one.template_id)))) return;
  form.elements.always.checked = true;
  await attempt(() => answer(templates, checked, "按您保存的选择，"));
}

begin().catch((error) => show(/^HTTP/.test(error.message) ? "这个沙盒还没有订阅通知。" : error.message));
