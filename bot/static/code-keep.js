/* What stays on the phone, so that the code page opens without a network: the page itself and the last answer. */
const Keep = (() => {
  "use strict";
  const STORE = "yima-code", NOW = "code/now";
  const guarded = async (act) => { try { return await act(); } catch { return undefined; } };

  return {
    /** The last answer, with what is needed to tell the time by it. */
    put: (told) => guarded(async () => {
      const kept = new Response(JSON.stringify(told), { headers: { "Content-Type": "application/json" } });
      await (await caches.open(STORE)).put(NOW, kept);
    }),

    /** What was put last; undefined before that, and where the browser keeps nothing. */
    last: () => guarded(async () => (await (await caches.open(STORE)).match(NOW))?.json()),

    forget: () => guarded(() => caches.delete(STORE)),

    /** The page, its style and its scripts are put aside, and what is of another release is thrown away. */
    prepare: () => guarded(async () => {
      await navigator.serviceWorker.register("code/worker.js", { scope: "code" });
      const parts = [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((one) => one.href || one.src);
      const store = await caches.open(STORE), wanted = ["code", ...parts];
      const kept = [NOW, ...wanted].map((one) => new URL(one, location.href).href);
      for (const old of await store.keys()) if (!kept.includes(old.url)) await store.delete(old);
      for (const one of wanted) {
        const got = await fetch(one);
        if (got.ok) await store.put(one, got);
      }
    }),
  };
})();
