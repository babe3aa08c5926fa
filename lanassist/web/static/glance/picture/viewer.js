// @ts-check
// A session's viewer: owns the media WebSocket and the canvases. Runs in a worker (glance-worker.js), or on
// the page's own thread where a browser has no OffscreenCanvas (viewer-host.js).

import { UPDATES_IN_FLIGHT } from "../../frame/limits.js";
import { socketAddress } from "../../frame/socket-address.js";
import { Pieces, RENEW, drawn } from "./pieces.js";
import { Surface } from "./surface.js";
import { MalformedUpdate, parseUpdate } from "./update.js";
import { loadZstd } from "./zstd.js";

/** @import { Canvas } from "./canvas.js" */
/** @import { Update } from "./update.js" */
/** @import { Zstd } from "./zstd.js" */

/**
 * How a display fares, over the last second.
 * @typedef {object} Rate
 * @property {number} display
 * @property {number} updates  drawn a second
 * @property {number} milliseconds  from an update's last byte until it was drawn, on average; 0 without updates
 * @property {boolean} exact  nothing shown is lossy
 */

/**
 * What a viewer tells: its socket is open; a display has its first picture or another size; rates, each
 * second; the node closed the socket; it could not draw.
 * @typedef {{kind: "open"}
 *   | {kind: "sized", display: number, width: number, height: number}
 *   | {kind: "rates", rates: Rate[]}
 *   | {kind: "closed"}
 *   | {kind: "failed", text: string}} Report
 */

/** One display's canvas with what is counted about it. */
class Shown {
  updates = 0;
  spent = 0;
  exact = false;
  size = "";

  /** @param {Canvas} canvas */
  constructor(canvas) {
    this.surface = new Surface(canvas);
  }
}

export class Viewer {
  #report;
  #loading = loadZstd();
  #zstd = /** @type {Zstd | null} */ (null);
  #shown = /** @type {Map<number, Shown>} */ (new Map());
  #allowed = /** @type {Set<number>} */ (new Set());
  /** Of displays that were chosen elsewhere and have no canvas here yet: updates that wait for it, unconfirmed. */
  #held = /** @type {Map<number, Update[]>} */ (new Map());
  #pieces = new Pieces();
  #socket = /** @type {WebSocket | null} */ (null);
  #timer = /** @type {ReturnType<typeof setInterval> | undefined} */ (undefined);
  #over = false;

  /** @param {(report: Report) => void} report */
  constructor(report) {
    this.#report = report;
    this.#loading.catch((error) => this.#fail(error));
  }

  /**
   * Show a display on this canvas.
   * @param {number} display
   * @param {Canvas} canvas
   */
  show(display, canvas) {
    this.#shown.set(display, new Shown(canvas));
    const held = this.#held.get(display) ?? [];
    this.#held.delete(display);
    try {
      // Without a picture to begin with, they are the rest of what was shown earlier.
      const whole = held[0]?.reset;
      for (const update of held) {
        if (whole) this.#draw(update, performance.now());
        else this.#confirm(update);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @param {number} display */
  hide(display) {
    this.#shown.get(display)?.surface.clear();
    this.#shown.delete(display);
  }

  /**
   * Displays of which updates may come: all of the agent's, for they may be chosen elsewhere too.
   * @param {readonly number[]} displays
   */
  allow(displays) {
    for (const display of displays) this.#allowed.add(display);
  }

  /**
   * Attach to the session's media channel.
   * @param {string} path
   */
  async open(path) {
    this.#zstd = await this.#loading;
    if (this.#over) return;
    const socket = new WebSocket(socketAddress(path));
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.renew();
      this.#report({ kind: "open" });
    };
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = () => this.#over || this.#end({ kind: "closed" });
    this.#socket = socket;
    this.#timer = setInterval(() => this.#tellRates(), 1000);
  }

  /** Tell the node that somebody is still looking. */
  renew() {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(RENEW);
  }

  /** End, and clear every picture. */
  close() {
    this.#over = true;
    clearInterval(this.#timer);
    this.#socket?.close();
    for (const display of [...this.#shown.keys()]) this.hide(display);
  }

  /** @param {Report} report */
  #end(report) {
    if (this.#over) return;
    this.close();
    this.#report(report);
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#end({ kind: "failed", text: error instanceof Error ? error.message : String(error) });
  }

  /** @param {unknown} message */
  #receive(message) {
    if (this.#over) return;
    const arrived = performance.now();
    try {
      if (!(message instanceof ArrayBuffer)) throw new MalformedUpdate("a message of text");
      const bytes = this.#pieces.add(message);
      if (bytes) this.#draw(parseUpdate(bytes), arrived);
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * @param {Update} update
   * @param {number} arrived
   */
  #draw(update, arrived) {
    if (!this.#allowed.has(update.display)) throw new MalformedUpdate(`display ${update.display} was not asked for`);
    const shown = this.#shown.get(update.display);
    if (!shown) return this.#hold(update);
    const later = shown.surface.draw(update, /** @type {Zstd} */ (this.#zstd));
    if (!later) return this.#drawn(update, shown, arrived);
    later.then(() => this.#drawn(update, shown, arrived)).catch((error) => this.#fail(error));
  }

  /** @param {Update} update */
  #hold(update) {
    const before = this.#held.get(update.display) ?? [];
    if (update.reset) for (const outdated of before.splice(0)) this.#confirm(outdated);
    if (before.length >= UPDATES_IN_FLIGHT) throw new MalformedUpdate("more updates than were asked for");
    this.#held.set(update.display, [...before, update]);
  }

  /** @param {Update} update */
  #confirm(update) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(drawn(update.display, update.sequence));
  }

  /**
   * @param {Update} update
   * @param {Shown} shown
   * @param {number} arrived
   */
  #drawn(update, shown, arrived) {
    if (this.#over) return;
    this.#confirm(update);
    shown.updates++;
    shown.spent += performance.now() - arrived;
    shown.exact = update.exact;
    const size = `${update.width}×${update.height}`;
    if (size === shown.size) return;
    shown.size = size;
    this.#report({ kind: "sized", display: update.display, width: update.width, height: update.height });
  }

  #tellRates() {
    const rates = [...this.#shown].map(([display, { updates, spent, exact }]) => {
      return { display, updates, milliseconds: updates ? spent / updates : 0, exact };
    });
    for (const shown of this.#shown.values()) shown.updates = shown.spent = 0;
    this.#report({ kind: "rates", rates });
  }
}
