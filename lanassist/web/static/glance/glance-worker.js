// @ts-check
// The viewer on a thread of its own: pictures reach the screen whatever the page is busy with.

import { Viewer } from "./picture/viewer.js";

/** @import { Order } from "./viewer-host.js" */

const viewer = new Viewer((report) => postMessage(report));

self.onmessage = (/** @type {MessageEvent<Order>} */ { data: order }) => {
  switch (order.kind) {
    case "show":
      return viewer.show(order.display, order.canvas);
    case "hide":
      return viewer.hide(order.display);
    case "allow":
      return viewer.allow(order.displays);
    case "open":
      return void viewer.open(order.path);
    case "renew":
      return viewer.renew();
    case "close":
      viewer.close();
      return self.close();
  }
};
