/* A page that waits for the other side: it is loaded again when the sheet has become something else. */
const { sheet, state } = document.body.dataset;

setInterval(async () => {
  try {
    const now = await (await fetch(`/gate/here/${sheet}/state`, { cache: "no-store" })).text();
    if (now !== state) location.reload();
  } catch { /* no network for a moment: the next time */ }
}, 1500);
