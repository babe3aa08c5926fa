// @ts-check
// A window of its own for a glance: the same session and the same canvases, elsewhere. While they are there,
// what counts is who can see that window. Closing it ends the glance; leaving it by its button does not.

import { render } from "../vendor/preact.mjs";
import { effect, signal } from "../vendor/signals.mjs";
import { READY } from "./ready.js";

/** @import { VNode } from "../vendor/preact.mjs" */
/** @import { Signal } from "../vendor/signals.mjs" */
/** @import { Glance } from "./glance.js" */

const ADDRESS = "/supervisor/popout";
/** Milliseconds that the page may take to be seen again. */
const RETURN = 2500;
const FEATURES = "popup,width=1100,height=760";

export class Popout {
  /** The window, while the glance is in it. */
  home = /** @type {Signal<Window & typeof globalThis | null>} */ (signal(null));

  /** What is rendered in it; over: the glance has ended, and stays ended there. */
  content = /** @type {(home: Window, over: boolean) => VNode | null} */ (() => null);

  #glance;
  #awaited = /** @type {Window | null} */ (null);
  /** The last that was opened; it may be there still, to tell how the glance ended. */
  #opened = /** @type {Window | null} */ (null);

  /** @param {Glance} glance */
  constructor(glance) {
    this.#glance = glance;
    window.addEventListener("message", (event) => this.#hear(event));
    window.addEventListener("pagehide", () => this.#opened?.close());
    effect(() => {
      if (!glance.active.value) this.#end();
    });
  }

  /** Into the window, or back. */
  toggle() {
    if (this.home.peek()) this.back();
    else this.#open();
  }

  #open() {
    this.#awaited = window.open(ADDRESS, "_blank", FEATURES);
    if (!this.#awaited) this.#glance.trouble.value = "The browser did not open a window: allow this page to open pop-ups.";
  }

  /** @param {MessageEvent} event */
  #hear(event) {
    if (event.data !== READY || event.origin !== location.origin || event.source !== this.#awaited) return;
    const home = /** @type {Window & typeof globalThis} */ (event.source);
    this.#awaited = null;
    if (!this.#glance.isActive()) return home.close();
    this.#glance.watch?.follow(home);
    home.addEventListener("pagehide", () => this.home.peek() === home && this.#glance.stop("closed"));
    this.home.value = this.#opened = home;
    rootOf(home).replaceChildren();
    render(this.content(home, false), rootOf(home));
  }

  /** Back to the page; the glance goes on there. */
  back() {
    const home = this.home.peek();
    if (!home) return;
    this.home.value = null;
    render(null, rootOf(home));
    window.focus();
    home.close();
    this.#return(performance.now() + RETURN);
  }

  /**
   * A page that was behind that window, or another tab, is told a moment later that it can be seen again.
   * @param {number} until
   */
  #return(until) {
    this.#glance.renew();
    if (document.hidden && performance.now() < until) setTimeout(() => this.#return(until), 100);
    else this.#glance.watch?.follow(window);
  }

  /** The window tells how it ended, and holds nothing more. */
  #end() {
    const home = this.home.peek();
    if (!home) return;
    render(this.content(home, true), rootOf(home));
    this.home.value = null;
    this.#glance.watch?.follow(window);
  }
}

/** @param {Window} home */
function rootOf(home) {
  return /** @type {HTMLElement} */ (home.document.getElementById("page"));
}
