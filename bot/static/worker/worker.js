// Printing, and a button for what is ticked that waits for the first tick.
for (const each of document.querySelectorAll("[data-print]")) each.addEventListener("click", () => print());

const ticked = document.querySelector("[data-ticked]");
if (ticked && !ticked.disabled) {
  const count = () => (ticked.disabled = !document.querySelector("input[name=who]:checked"));
  addEventListener("change", count);
  addEventListener("pageshow", () => setTimeout(count));
  count();
}
