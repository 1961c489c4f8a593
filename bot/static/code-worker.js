/* Opens the code page without a network: from what the page itself put aside. It stores nothing but the page. */
"use strict";
const STORE = "yima-code", PATIENCE = 4_000;
const page = new URL(self.registration.scope);

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== page.origin) return;
  if (event.request.mode === "navigate" && url.pathname === page.pathname) event.respondWith(open(event.request, url));
  else if (url.pathname.startsWith(`${page.pathname}/files/`)) event.respondWith(file(event.request));
});

/** The page from the network; the one put aside when that does not come, or says that it cannot just now. */
async function open(request, url) {
  const store = await caches.open(STORE);
  try {
    const got = await Promise.race([fetch(request), tooLate()]);
    if (got.ok && !url.search) await store.put(page.pathname, got.clone());
    if (got.status < 500) return got;
    return (await store.match(page.pathname)) || got;
  } catch (error) {
    const kept = await store.match(page.pathname);
    if (kept) return kept;
    throw error;
  }
}

async function file(request) {
  return (await (await caches.open(STORE)).match(request)) || fetch(request);
}

function tooLate() {
  return new Promise((_, reject) => setTimeout(() => reject(new Error("no answer")), PATIENCE));
}
