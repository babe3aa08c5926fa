// @ts-check
// The canvases of one glance. They belong to it and not to what is rendered, because a canvas can be given to
// the viewer only once: a page puts each where it wants it, also in another window.

import { signal } from "../vendor/signals.mjs";

/** @import { Signal } from "../vendor/signals.mjs" */
/** @import { ViewerHost } from "./viewer-host.js" */

export class Canvases {
  all = /** @type {Signal<ReadonlyMap<number, HTMLCanvasElement>>} */ (signal(new Map()));

  /**
   * Have one for each of these displays and no other.
   * @param {readonly number[]} displays
   * @param {ViewerHost} host
   */
  choose(displays, host) {
    const before = this.all.peek();
    for (const [display, canvas] of before) {
      if (displays.includes(display)) continue;
      host.hide(display);
      canvas.remove();
    }
    this.all.value = new Map(displays.map((display) => [display, before.get(display) ?? fresh(display, host)]));
  }

  /** None is on any page any more. */
  clear() {
    for (const canvas of this.all.peek().values()) canvas.remove();
    this.all.value = new Map();
  }
}

/**
 * @param {number} display
 * @param {ViewerHost} host
 */
function fresh(display, host) {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `Live picture of display ${display}`);
  host.show(display, canvas);
  return canvas;
}
