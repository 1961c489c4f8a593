// The account's menu under the chat.

import { button, element, icon } from "./dom.js";

// Fills `bar`; `press(button)` is called for one that does something, `keyboard()` to write instead.
export function fill(bar, buttons, press, keyboard) {
  const keys = button("switch", keyboard, icon("keys"));
  keys.setAttribute("aria-label", "切换到键盘");
  bar.replaceChildren(...(buttons.length ? [keys] : []), ...buttons.map((one) => top(bar, one, press)));
}

export function fold(bar, open = null) {
  for (const list of bar.querySelectorAll(".sub")) {
    list.hidden = list !== open;
    list.previousElementSibling.setAttribute("aria-expanded", String(list === open));
  }
}

function top(bar, told, press) {
  if (!told.sub_button?.length) return button("", () => press(told), told.name);
  const subs = told.sub_button.map((sub) =>
    button(
      "",
      () => {
        fold(bar);
        press(sub);
      },
      sub.name,
    ),
  );
  const list = element("div", "sub", ...subs);
  list.hidden = true;
  const made = button("", () => fold(bar, list.hidden ? list : null), icon("menu"), told.name);
  made.setAttribute("aria-expanded", "false");
  return element("div", "fold", made, list);
}
