// The menu is open beside a wide page, and closed above a narrow one.
const menu = document.querySelector("details.menu");
const wide = matchMedia("(min-width: 60rem)");
function unfold() {
  if (menu) menu.open = wide.matches;
}
wide.addEventListener("change", unfold);
unfold();

// What cannot be taken back is asked once more.
document.addEventListener("submit", (event) => {
  const sure = event.submitter?.dataset.sure;
  if (sure && !confirm(sure)) event.preventDefault();
});

// A pressed button is pressed once.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button && !event.defaultPrevented) setTimeout(() => (button.disabled = true));
});
addEventListener("pageshow", () => {
  for (const each of document.querySelectorAll("button:disabled")) each.disabled = false;
});
