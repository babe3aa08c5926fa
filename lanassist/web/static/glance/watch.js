// @ts-check
// Whether glances may go on: somebody can see the page, and the node answers. Renews their leases meanwhile.

import { askNode, connection, onConnection, silence } from "../frame/events.js";
import { LEASE, LEASE_EVERY } from "../frame/limits.js";

/** @import { Why } from "./ending.js" */

/**
 * One of those that are watched over.
 * @typedef {object} Watched
 * @property {() => boolean} isActive
 * @property {() => void} renew
 * @property {(why: Why) => void} stop  the page ends it
 * @property {(code: string, text: string) => void} lose  it is over, and nobody can be told
 */

/** Seconds for which a page that says it is visible may be given no frame to draw. */
const FRAMELESS = 5;
/** Seconds for which a window without the focus may go without any sign of a person. */
const UNATTENDED = 300;
/** Seconds that what has arrived already is given to be read, before the node counts as silent. */
const SECOND_LOOK = 0.3;
const SIGNS = ["focus", "pointermove", "pointerdown", "keydown", "wheel"];

const seconds = () => performance.now() / 1000;

export class Watch {
  #all;
  #unattended;
  #home = window;
  #letGo = () => {};
  #seenAt = seconds();
  #drawnAt = seconds();
  #ticksSince = 0;

  /**
   * @param {() => Iterable<Watched>} all  whatever goes on or not, in this page
   * @param {{unattended?: boolean}} [rules]  unattended: they may go on while nobody is at the page
   */
  constructor(all, { unattended = false } = {}) {
    this.#all = all;
    this.#unattended = unattended;
    window.addEventListener("pagehide", () => this.#stop("closed"));
    onConnection((state) => state === "lost" && this.#lose("node-lost", "the page lost touch with your node"));
    this.follow(window);
  }

  /**
   * The pictures are in this window from now on: only who can see it matters.
   * @param {Window & typeof globalThis} home
   */
  follow(home) {
    this.#letGo();
    this.#home = home;
    this.#seenAt = this.#drawnAt = seconds();
    const hidden = () => home.document.hidden && this.#stop("hidden");
    const seen = () => void (this.#seenAt = seconds());
    home.document.addEventListener("visibilitychange", hidden);
    for (const sign of SIGNS) home.addEventListener(sign, seen, { passive: true });
    // The timer is of that window, too: timers of a hidden page are slowed down to nothing.
    const timer = home.setInterval(() => this.#tick(), LEASE_EVERY * 1000);
    this.#letGo = () => {
      home.clearInterval(timer);
      home.document.removeEventListener("visibilitychange", hidden);
      for (const sign of SIGNS) home.removeEventListener(sign, seen);
    };
    hidden();
  }

  /** Whether nobody can see the window that the pictures are in. */
  get hidden() {
    return this.#home.document.hidden;
  }

  get #active() {
    return [...this.#all()].filter((each) => each.isActive());
  }

  #tick() {
    const active = this.#active;
    if (!active.length) {
      this.#seenAt = this.#drawnAt = seconds();
      return;
    }
    if (!this.hidden) for (const each of active) each.renew();
    askNode();
    if (silence() > LEASE && connection.peek().state === "live") this.#home.setTimeout(() => this.#checkSilence(), SECOND_LOOK * 1000);
    this.#checkFrames();
    if (this.#unattended || this.#home.document.hasFocus()) this.#seenAt = seconds();
    if (seconds() - this.#seenAt > UNATTENDED) this.#stop("unattended");
  }

  #checkSilence() {
    if (silence() > LEASE) this.#stop("node-silent");
  }

  /** Some systems do not tell a page that it is covered, but give it no frames to draw. */
  #checkFrames() {
    if (this.#ticksSince === 0) {
      this.#home.requestAnimationFrame(() => {
        this.#drawnAt = seconds();
        this.#ticksSince = 0;
      });
    }
    this.#ticksSince++;
    if (!this.hidden && this.#ticksSince > FRAMELESS && seconds() - this.#drawnAt > FRAMELESS) this.#stop("covered");
  }

  /** @param {Why} why */
  #stop(why) {
    for (const each of this.#active) each.stop(why);
  }

  /**
   * @param {string} code
   * @param {string} text
   */
  #lose(code, text) {
    for (const each of this.#active) each.lose(code, text);
  }
}
