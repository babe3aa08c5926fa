// @ts-check
// The page's handle on a session's viewer, wherever that runs.

import { Viewer } from "./picture/viewer.js";

/** @import { Report } from "./picture/viewer.js" */

/**
 * What the page tells the worker of one viewer.
 * @typedef {{kind: "start"}
 *   | {kind: "show", display: number, canvas: OffscreenCanvas}
 *   | {kind: "hide", display: number}
 *   | {kind: "allow", displays: readonly number[]}
 *   | {kind: "open", path: string}
 *   | {kind: "renew"}
 *   | {kind: "close"}} Order
 */

/** @typedef {{viewer: number, order: Order}} Addressed */
/** @typedef {{viewer: number, report: Report}} Told */

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
 * Start a viewer; in the page's worker if the browser can draw there.
 * @param {(report: Report) => void} report
 * @returns {ViewerHost}
 */
export function startViewer(report) {
  const inWorker = typeof HTMLCanvasElement.prototype.transferControlToOffscreen === "function";
  return inWorker ? workerViewer(report) : ownThreadViewer(report);
}

/** One worker for all viewers of the page, started with the first of them. */
let worker = /** @type {Worker | null} */ (null);
let last = 0;
const reports = /** @type {Map<number, (report: Report) => void>} */ (new Map());

function theWorker() {
  if (worker) return worker;
  const started = new Worker(new URL("./glance-worker.js", import.meta.url), { type: "module" });
  started.onmessage = (/** @type {MessageEvent<Told>} */ { data }) => reports.get(data.viewer)?.(data.report);
  started.onerror = (event) => {
    started.terminate();
    if (worker === started) worker = null;
    for (const report of [...reports.values()]) report({ kind: "failed", text: event.message || "the viewer could not be loaded" });
  };
  return (worker = started);
}

/**
 * @param {(report: Report) => void} report
 * @returns {ViewerHost}
 */
function workerViewer(report) {
  const mine = theWorker();
  const viewer = ++last;
  const tell = (/** @type {Order} */ order, /** @type {Transferable[]} */ given = []) =>
    mine.postMessage(/** @type {Addressed} */ ({ viewer, order }), given);
  reports.set(viewer, report);
  tell({ kind: "start" });
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
      reports.delete(viewer);
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
    open: (path) => void viewer.open(path).catch(() => undefined), // what failed is reported
    renew: () => viewer.renew(),
    close() {
      silent = true;
      viewer.close();
    },
  };
}
