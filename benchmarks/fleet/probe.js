// Put into the measured page before anything of its own. Times are the wall clock, in milliseconds.
(() => {
  const wall = () => performance.timeOrigin + performance.now();
  /** After what has changed by now has been painted. */
  const painted = (done) =>
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = done;
      channel.port2.postMessage(0);
    });
  const probe = { seen: {}, updates: [], long: [], bytes: 0 };
  window.fleetProbe = probe;
  new PerformanceObserver((list) => probe.long.push(...list.getEntries().map((each) => each.duration))).observe({ type: "longtask" });
  window.WebSocket = class extends WebSocket {
    constructor(...how) {
      super(...how);
      this.addEventListener("message", ({ data }) => {
        const heard = performance.now();
        probe.bytes += data.length;
        painted(() => probe.updates.push(performance.now() - heard));
      });
    }
  };
  const look = (node) => {
    for (const [mark] of (node.textContent ?? "").matchAll(/mark\d+x/g)) {
      if (mark in probe.seen) continue;
      probe.seen[mark] = 0;
      painted(() => (probe.seen[mark] = wall()));
    }
  };
  new MutationObserver((records) => {
    for (const { type, target, addedNodes } of records) type === "childList" ? addedNodes.forEach(look) : look(target);
  }).observe(document, { subtree: true, childList: true, characterData: true });
})();
