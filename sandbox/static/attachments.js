// Everything that can be sent beside text: what is asked before, and what is sent.

import { button, choose, element, field, icon } from "./dom.js";

const PLACES = [
  ["银川市金凤区北京中路", 38.4921, 106.2246],
  ["银川市兴庆区解放西街", 38.4665, 106.2783],
  ["石嘴山市大武口区朝阳西街", 39.0191, 106.3768],
  ["吴忠市利通区朝阳街", 37.9854, 106.1993],
  ["固原市原州区中山南街", 36.0021, 106.2851],
  ["中卫市沙坡头区鼓楼东街", 37.5148, 105.1966],
  ["武汉市江岸区沿江大道", 30.5994, 114.3052],
];

// `phone` is {do(act, body), layers}; `extra` names the menu button by which this was asked for.
export function attach(phone, type, extra = {}) {
  const send = (body = {}) => phone.do("message", { type, ...body, ...extra });
  if (type === "album") return choose((data) => phone.do("message", { type: "image", data, ...extra }));
  if (type === "location") return place(phone, send);
  if (type === "link") return link(phone, send);
  return send();
}

// A button of the menu that lets the person choose a picture: the camera has its sample, the album the disk.
export function picture(phone, told) {
  const extra = { button: told.type, key: told.key };
  if (told.type === "pic_sysphoto") return attach(phone, "image", extra);
  if (told.type === "pic_weixin") return attach(phone, "album", extra);
  const pick = (type) => () => {
    phone.layers.pop();
    attach(phone, type, extra);
  };
  return phone.layers.sheet("发送图片", element("div", "cells", button("cell", pick("image"), "拍摄"), button("cell", pick("album"), "从手机相册选择")));
}

function place(phone, send) {
  const chosen = (latitude, longitude, label) => {
    phone.layers.pop();
    send({ latitude, longitude, label });
  };
  const rows = PLACES.map(([label, latitude, longitude]) =>
    button("cell", () => chosen(latitude, longitude, label), icon("place"), element("span", "grow", label)),
  );
  const form = element(
    "form",
    "fields",
    field("别处的名称", { name: "label", required: true, maxLength: 60, placeholder: "例如：西夏区文昌南街" }),
    element("div", "pair", field("纬度", { name: "latitude", type: "number", step: "any", min: -90, max: 90, value: 38.4921, required: true }), field("经度", { name: "longitude", type: "number", step: "any", min: -180, max: 180, value: 106.2246, required: true })),
    element("button", "primary block", "发送这个位置"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { label, latitude, longitude } = Object.fromEntries(new FormData(form));
    chosen(Number(latitude), Number(longitude), label);
  });
  phone.layers.sheet("位置", element("div", "cells scrolls", ...rows), form);
}

function link(phone, send) {
  const form = element(
    "form",
    "fields",
    field("标题", { name: "title", required: true, maxLength: 60, value: "一篇文章" }),
    field("摘要", { name: "description", maxLength: 120 }),
    field("网址", { name: "url", type: "url", required: true, value: "https://example.invalid/a" }),
    element("button", "primary block", "发送链接"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const told = Object.fromEntries(new FormData(form));
    phone.layers.pop();
    send(told);
  });
  phone.layers.sheet("链接", form);
}
