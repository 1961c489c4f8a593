// Runs in the frame of the browser inside a phone: tells the phone what page it shows.

const { address = location.href } = document.currentScript.dataset;
parent.postMessage({ shown: { title: document.title, address } }, "*");
