/* Opens the guard's app without a network: what it is made of is put aside at once, and renewed with each release. */
"use strict";
const STORE = `yima-gate-${RELEASE}`, PATIENCE = 3_000;

self.addEventListener("install", (event) => event.waitUntil(
  caches.open(STORE).then((store) => store.addAll(FILES)).then(() => self.skipWaiting()),
));
self.addEventListener("activate", (event) => event.waitUntil(tidy()));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method === "GET" && url.origin === self.location.origin && FILES.includes(url.pathname)) {
    event.respondWith(answer(event.request, url));
  }
});

async function tidy() {
  for (const name of await caches.keys()) if (name.startsWith("yima-gate-") && name !== STORE) await caches.delete(name);
  await self.clients.claim();
}

/** The page from the network while that answers; its files from what was put aside, for they belong together. */
async function answer(request, url) {
  const store = await caches.open(STORE), kept = await store.match(url.pathname, { ignoreVary: true });
  if (url.pathname !== "/gate") return kept ?? fetch(request);
  try {
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error("no answer")), PATIENCE));
    const got = await Promise.race([fetch(request), late]);
    if (got.ok) await store.put(url.pathname, got.clone());
    return got.status < 500 ? got : kept ?? got;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}
