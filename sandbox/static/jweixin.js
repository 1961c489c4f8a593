// A stand-in for the script that a page inside WeChat includes (JS-SDK 1.6.0): wx.config with the signature checked,
// and the tag <wx-open-subscribe>. Whose phone it is, is told by the frame's address or by ?sandbox_phone=p1.

(() => {
  const base = new URL(document.currentScript.src).origin;
  const framed = /^\/sandbox\/web\/([^/]+)\/(https?)\/(.*)$/.exec(location.pathname);
  const phone = framed ? framed[1] : new URLSearchParams(location.search).get("sandbox_phone");
  const page = framed ? `${framed[2]}://${framed[3]}${location.search}` : location.href.split("#")[0];
  const waiting = { ready: [], error: [] };
  let outcome = null;

  function end(name, detail) {
    outcome = { name, detail };
    waiting[name].forEach((callback) => callback(detail));
  }

  function on(name, callback) {
    waiting[name].push(callback);
    if (outcome?.name === name) callback(outcome.detail);
  }

  async function check(config) {
    const asked = new URLSearchParams({ signature: config.signature, noncestr: config.nonceStr, timestamp: config.timestamp, url: page });
    const answer = await fetch(`${base}/open/sdk/check?appid=${encodeURIComponent(config.appId)}&${asked}`);
    return (await answer.json()).errMsg;
  }

  const wx = {
    config(config) {
      check(config).then(
        (errMsg) => {
          if (errMsg !== "config:ok") return end("error", { errMsg });
          (config.openTagList ?? []).forEach((tag) => TAGS[tag] && !customElements.get(tag) && customElements.define(tag, TAGS[tag]));
          return end("ready", { errMsg });
        },
        () => end("error", { errMsg: "config:fail" }),
      );
    },
    ready: (callback) => on("ready", callback),
    error: (callback) => on("error", callback),
    checkJsApi: ({ jsApiList = [], success }) => success?.({ checkResult: Object.fromEntries(jsApiList.map((name) => [name, name in wx])), errMsg: "checkJsApi:ok" }),
    closeWindow: () => parent.postMessage({ close: true }, "*"),
  };

  // What stands in its templates becomes a button of its own; a tap asks for consent on the sandbox's page.
  class Subscribe extends HTMLElement {
    connectedCallback() {
      const [style, shown] = ["[slot=style]", "script:not([slot]), template:not([slot])"].map((part) => this.querySelector(part));
      const root = this.attachShadow({ mode: "open" });
      root.innerHTML = [style, shown].map((part) => part?.textContent || part?.innerHTML || "").join("");
      root.addEventListener("click", () => this.#ask());
    }

    #ask() {
      if (!phone) return this.dispatchEvent(new CustomEvent("error", { detail: { errMsg: "subscribe:fail not in a phone" } }));
      const query = new URLSearchParams({ phone, templates: this.getAttribute("template"), back: page });
      location.href = `${base}/sandbox/subscribe?${query}`;
    }
  }

  const TAGS = { "wx-open-subscribe": Subscribe };
  window.wx = window.jWeixin = wx;
})();
