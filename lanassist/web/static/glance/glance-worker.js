// @ts-check
// The page's viewers on a thread of their own: pictures reach the screen whatever the page is busy with.

import { Viewer } from "./picture/viewer.js";

/** @import { Addressed, Told } from "./viewer-host.js" */

const viewers = /** @type {Map<number, Viewer>} */ (new Map());

self.onmessage = (/** @type {MessageEvent<Addressed>} */ { data: { viewer: id, order } }) => {
  if (order.kind === "start") {
    viewers.set(id, new Viewer((report) => postMessage(/** @type {Told} */ ({ viewer: id, report }))));
    return;
  }
  const viewer = viewers.get(id);
  switch (order.kind) {
    case "show":
      return viewer?.show(order.display, order.canvas);
    case "hide":
      return viewer?.hide(order.display);
    case "allow":
      return viewer?.allow(order.displays);
    case "open":
      return void viewer?.open(order.path).catch(() => undefined); // what failed is reported
    case "renew":
      return viewer?.renew();
    case "close":
      viewers.delete(id);
      return viewer?.close();
  }
};
