// @ts-check
// What one glance shows: its viewer, a canvas for each chosen display, how large and how fast each is.

import { signal } from "../vendor/signals.mjs";
import { Canvases } from "./canvases.js";
import { startViewer } from "./viewer-host.js";

/** @import { Signal } from "../vendor/signals.mjs" */
/** @import { Rate, Report } from "./picture/viewer.js" */
/** @import { ViewerHost } from "./viewer-host.js" */

/** @typedef {Extract<Report, {kind: "failed" | "closed"}>} Broken  nothing comes any more */

export class Pictures {
  /** Numbers of the displays that are shown, in order. */
  chosen = /** @type {Signal<readonly number[]>} */ (signal([]));
  rates = /** @type {Signal<ReadonlyMap<number, Rate>>} */ (signal(new Map()));
  /** Sizes of the pictures drawn so far, by display. */
  sizes = /** @type {Signal<ReadonlyMap<number, {width: number, height: number}>>} */ (signal(new Map()));
  canvases = new Canvases();

  #viewer = /** @type {ViewerHost | null} */ (null);
  #broken;

  /** @param {(how: Broken) => void} broken  called at most once a viewer */
  constructor(broken) {
    this.#broken = broken;
  }

  /** The viewer, by which one showing is told from the next; null while there is none. */
  get viewer() {
    return this.#viewer;
  }

  /** Have a viewer that has nothing to show yet. */
  begin() {
    const viewer = startViewer((report) => viewer === this.#viewer && this.#hear(report));
    return (this.#viewer = viewer);
  }

  /** @param {string} session */
  open(session) {
    this.#viewer?.open(`/api/media/${encodeURIComponent(session)}`);
  }

  /** Somebody still looks. */
  renew() {
    this.#viewer?.renew();
  }

  /**
   * Pictures of these displays may come; of others they are an error.
   * @param {readonly number[]} displays
   */
  allow(displays) {
    this.#viewer?.allow([...displays, ...this.chosen.peek()]);
  }

  /**
   * Whether just these are chosen.
   * @param {readonly number[]} displays
   */
  shows(displays) {
    return ordered(this.chosen.peek()).join() === ordered(displays).join();
  }

  /** @param {readonly number[]} displays */
  choose(displays) {
    if (!this.#viewer) return;
    this.chosen.value = ordered(displays);
    this.canvases.choose(this.chosen.peek(), this.#viewer);
    this.sizes.value = new Map([...this.sizes.peek()].filter(([display]) => displays.includes(display)));
  }

  /** The picture is gone from this moment on. What was chosen is remembered. */
  clear() {
    this.#viewer?.close();
    this.#viewer = null;
    this.canvases.clear();
    this.rates.value = new Map();
    this.sizes.value = new Map();
  }

  /** @param {Report} report */
  #hear(report) {
    switch (report.kind) {
      case "sized":
        return void (this.sizes.value = new Map(this.sizes.peek()).set(report.display, { width: report.width, height: report.height }));
      case "rates":
        return void (this.rates.value = new Map(report.rates.map((rate) => [rate.display, rate])));
      case "failed":
      case "closed":
        return this.#broken(report);
      case "open":
    }
  }
}

/** @param {readonly number[]} numbers */
export function ordered(numbers) {
  return [...new Set(numbers)].sort((a, b) => a - b);
}
