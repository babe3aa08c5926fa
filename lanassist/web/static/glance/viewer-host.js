// @ts-check
// The page's handle on a session's viewer, wherever that runs.

import { Viewer } from "./picture/viewer.js";

/** @import { Report } from "./picture/viewer.js" */

/**
 * What the page tells a viewer in a worker.
 * @typedef {{kind: "show", display: number, canvas: OffscreenCanvas}
 *   | {kind: "hide", display: number}
 *   | {kind: "allow", displays: readonly number[]}
 *   | {kind: "open", path: string}
 *   | {kind: "renew"}
 *   | {kind: "close"}} Order
 */

/**
 * @typedef {object} ViewerHost
 * @property {(display: number, canvas: HTMLCanvasElement) => void} show  a canvas can be given only once
 * @property {(display: number) => void} hide
 * @property {(displays: readonly number[]) => void} allow
 * @property {(path: string) => void} open
 * @property {() => void} renew
 * @property {() => void} close  clears every picture; nothing is reported afterwards
 */

/**
 * Start a viewer; in a worker if the browser can draw there.
 * @param {(report: Report) => void} report
 * @returns {ViewerHost}
 */
export function startViewer(report) {
  const inWorker = typeof HTMLCanvasElement.prototype.transferControlToOffscreen === "function";
  return inWorker ? workerViewer(report) : ownThreadViewer(report);
}

/**
 * @param {(report: Report) => void} report
 * @returns {ViewerHost}
 */
function workerViewer(report) {
  const worker = new Worker(new URL("./glance-worker.js", import.meta.url), { type: "module" });
  const tell = (/** @type {Order} */ order, /** @type {Transferable[]} */ given = []) => worker.postMessage(order, given);
  worker.onmessage = (/** @type {MessageEvent<Report>} */ event) => report(event.data);
  worker.onerror = (event) => report({ kind: "failed", text: event.message || "the viewer could not be loaded" });
  return {
    show(display, canvas) {
      const offscreen = canvas.transferControlToOffscreen();
      tell({ kind: "show", display, canvas: offscreen }, [offscreen]);
    },
    hide: (display) => tell({ kind: "hide", display }),
    allow: (displays) => tell({ kind: "allow", displays }),
    open: (path) => tell({ kind: "open", path }),
    renew: () => tell({ kind: "renew" }),
    close() {
      worker.onmessage = null;
      tell({ kind: "close" });
    },
  };
}

/**
 * @param {(report: Report) => void} report
 * @returns {ViewerHost}
 */
function ownThreadViewer(report) {
  let silent = false;
  const viewer = new Viewer((news) => silent || report(news));
  return {
    show: (display, canvas) => viewer.show(display, canvas),
    hide: (display) => viewer.hide(display),
    allow: (displays) => viewer.allow(displays),
    open: (path) => void viewer.open(path),
    renew: () => viewer.renew(),
    close() {
      silent = true;
      viewer.close();
    },
  };
}
