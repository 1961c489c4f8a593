// Runs in the frame of the browser inside a phone: tells the phone what page it shows, and that Escape closes it.

const { address = location.href } = document.currentScript.dataset;
parent.postMessage({ shown: { title: document.title, address } }, "*");
addEventListener("keydown", (event) => event.key === "Escape" && parent.postMessage({ close: true }, "*"));
