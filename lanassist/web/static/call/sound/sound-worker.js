// @ts-check
// A call's sound on a thread of its own: it is heard without a gap whatever the page is busy with.

import { Line } from "./line.js";

/**
 * @typedef {{kind: "open", path: string, ear: MessagePort, mouth: MessagePort}
 *   | {kind: "close"}} SoundOrder
 */

let line = /** @type {Line | null} */ (null);

self.onmessage = (/** @type {MessageEvent<SoundOrder>} */ { data: order }) => {
  switch (order.kind) {
    case "open":
      line = new Line(order.ear, order.mouth, (report) => postMessage(report));
      return void line.open(order.path);
    case "close":
      line?.close();
      return self.close();
  }
};
