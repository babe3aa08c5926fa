// @ts-check
// One glance at one agent, from the question to its end. Holds what the pages show of it; draws nothing.

import { Refused, command } from "../frame/api.js";
import { glances } from "../frame/board.js";
import { onConnection } from "../frame/events.js";
import { LEASE_EVERY } from "../frame/limits.js";
import { computed, effect, signal } from "../vendor/signals.mjs";
import { startViewer } from "./viewer-host.js";

/** @import { Signal } from "../vendor/signals.mjs" */
/** @import { Rate, Report } from "./picture/viewer.js" */
/** @import { Display, StartedGlance } from "../frame/types.js" */
/** @import { ViewerHost } from "./viewer-host.js" */

/** @typedef {"stopped" | "closed" | "hidden" | "navigated" | "other-agent" | "viewer-failed"} Why */

/** Why a glance ended, as its own supervisor reads it. Other codes come with the node's words. */
const WORDS = /** @type {Record<string, string>} */ ({
  stopped: "you stopped it",
  closed: "the page was closed or reloaded",
  hidden: "you switched tab or minimised the window",
  navigated: "you went to another view",
  "other-agent": "you switched to another agent",
  "viewer-failed": "this page could not draw the picture",
  lease: "this page was not heard from for 3 seconds",
});

/** Milliseconds that the board is given to say why the picture channel closed. */
const GRACE = 1500;

/**
 * @typedef {{phase: "idle"}
 *   | {phase: "asking"}
 *   | {phase: "running", session: string, since: number}
 *   | {phase: "ended", began: boolean, code: string, text: string}} Progress  since: performance.now()
 */

/**
 * The end's reason in words.
 * @param {string} code
 * @param {string} [text]  the node's own
 */
export function endWords(code, text) {
  return WORDS[code] ?? text ?? "the session is over";
}

export class Glance {
  progress = /** @type {Signal<Progress>} */ (signal({ phase: "idle" }));
  /** All displays of the agent. */
  displays = /** @type {Signal<readonly Display[]>} */ (signal([]));
  /** Numbers of those that are shown, in order. */
  chosen = /** @type {Signal<readonly number[]>} */ (signal([]));
  rates = /** @type {Signal<ReadonlyMap<number, Rate>>} */ (signal(new Map()));
  /** Sizes of the pictures drawn so far, by display. */
  sizes = /** @type {Signal<ReadonlyMap<number, {width: number, height: number}>>} */ (signal(new Map()));
  /** Why the last change of displays was declined. */
  trouble = signal("");
  active = computed(() => this.progress.value.phase === "asking" || this.progress.value.phase === "running");

  #host = /** @type {ViewerHost | null} */ (null);
  #canvases = /** @type {Map<number, HTMLCanvasElement>} */ (new Map());
  #awaited = /** @type {((there: boolean) => void) | null} */ (null);
  /** The change of displays that this page is making; meanwhile it does not follow the board. */
  #changing = /** @type {symbol | null} */ (null);
  #session = "";
  #timer = /** @type {ReturnType<typeof setInterval> | undefined} */ (undefined);

  constructor() {
    document.addEventListener("visibilitychange", () => document.hidden && this.stop("hidden"));
    window.addEventListener("pagehide", () => this.stop("closed"));
    onConnection((state) => state === "lost" && this.#end("node-lost", "the page lost touch with your node"));
    effect(() => {
      const session = glances.value.get(this.#session);
      this.#heed(session?.end ?? null);
      if (session?.state === "running") void this.#follow(session.displays);
    });
  }

  /**
   * Ask for a glance. Without displays the agent's node chooses.
   * @param {string} agent
   * @param {readonly Display[]} displays  all that the agent is known to have
   * @param {readonly number[]} chosen
   */
  async start(agent, displays, chosen) {
    if (this.active.peek()) this.stop("stopped");
    if (document.hidden) return this.#end("hidden");
    const host = startViewer((report) => host === this.#host && this.#hear(report));
    this.#host = host;
    this.displays.value = displays;
    this.#choose(chosen);
    this.progress.value = { phase: "asking" };
    try {
      const started = await command("glance.start", { agent, displays: chosen });
      if (this.#host === host) await this.#attach(host, started);
      else void tellStopped(started.session, "stopped");
    } catch (error) {
      if (this.#host === host) this.#decline(error);
    }
  }

  /**
   * @param {ViewerHost} host
   * @param {StartedGlance} started
   */
  async #attach(host, started) {
    this.#session = started.session;
    this.displays.value = started.displays;
    this.#choose(started.chosen);
    this.#changing = null;
    host.allow([...started.displays.map((each) => each.number), ...started.chosen]);
    await this.#canvasesFor(started.chosen);
    if (this.#host !== host) return;
    host.open(`/api/media/${encodeURIComponent(started.session)}`);
    this.progress.value = { phase: "running", session: started.session, since: performance.now() };
    this.#timer = setInterval(() => document.hidden || host.renew(), LEASE_EVERY * 1000);
    this.#heed(glances.peek().get(started.session)?.end ?? null);
  }

  /**
   * Show other displays without ending.
   * @param {readonly number[]} chosen
   */
  async switchTo(chosen) {
    const before = this.chosen.peek();
    if (this.progress.peek().phase !== "running" || !chosen.length || this.#shows(chosen)) return;
    const host = this.#host;
    const change = (this.#changing = Symbol("change"));
    this.#choose(chosen);
    if (!(await this.#canvasesFor(chosen))) return;
    try {
      await command("glance.switch", { session: this.#session, displays: ordered(chosen) });
      this.trouble.value = "";
    } catch (error) {
      if (this.#host !== host) return;
      this.trouble.value = error instanceof Error ? error.message : String(error);
      this.#choose(before);
    } finally {
      if (this.#changing === change) this.#changing = null;
    }
  }

  /**
   * The displays were chosen elsewhere: on the command line, or by a program.
   * @param {readonly number[]} chosen
   */
  async #follow(chosen) {
    if (this.#changing || this.progress.peek().phase !== "running" || this.#shows(chosen)) return;
    this.#choose(chosen);
    await this.#canvasesFor(chosen);
  }

  /** @param {readonly number[]} chosen */
  #shows(chosen) {
    return ordered(this.chosen.peek()).join() === ordered(chosen).join();
  }

  /** @param {Why} why */
  stop(why) {
    if (!this.active.peek()) return;
    if (this.#session) void tellStopped(this.#session, why);
    this.#end(why);
  }

  /** Nothing is going on and nothing is told any more. */
  forget() {
    this.progress.value = { phase: "idle" };
  }

  /**
   * A canvas is on the page for a display; null when it is gone.
   * @param {number} display
   * @param {HTMLCanvasElement | null} canvas
   */
  canvas(display, canvas) {
    if (canvas) {
      this.#canvases.set(display, canvas);
      this.#host?.show(display, canvas);
    } else if (this.#canvases.delete(display)) {
      this.#host?.hide(display);
    }
    this.#awaited?.(true);
  }

  /** @param {readonly number[]} chosen */
  #choose(chosen) {
    this.chosen.value = ordered(chosen);
    const kept = [...this.sizes.peek()].filter(([display]) => chosen.includes(display));
    this.sizes.value = new Map(kept);
  }

  /**
   * When every one of these displays has its canvas: a picture must not come before. False if other
   * displays were chosen before that.
   * @param {readonly number[]} displays
   * @returns {Promise<boolean>}
   */
  #canvasesFor(displays) {
    this.#awaited?.(false);
    return new Promise((resolve) => {
      this.#awaited = (wanted) => {
        if (!wanted || displays.every((display) => this.#canvases.has(display))) resolve(wanted);
      };
      this.#awaited(true);
    });
  }

  /** @param {Report} report */
  #hear(report) {
    if (report.kind === "sized") {
      this.sizes.value = new Map(this.sizes.peek()).set(report.display, { width: report.width, height: report.height });
    } else if (report.kind === "rates") {
      this.rates.value = new Map(report.rates.map((rate) => [rate.display, rate]));
    } else if (report.kind === "failed") {
      console.error("The picture could not be drawn:", report.text);
      this.stop("viewer-failed");
    } else if (report.kind === "closed") {
      this.#closed();
    }
  }

  #closed() {
    const session = this.#session;
    this.#clear();
    setTimeout(() => session === this.#session && this.#end("media-lost", "the picture channel was lost"), GRACE);
  }

  /** @param {unknown} error */
  #decline(error) {
    const [code, text] = error instanceof Refused ? [error.code, error.message] : ["error", String(error)];
    this.#clear();
    this.progress.value = { phase: "ended", began: false, code, text };
  }

  /** @param {{code: string, text: string} | null} end */
  #heed(end) {
    if (end && this.#session) this.#end(end.code, end.text);
  }

  /**
   * @param {string} code
   * @param {string} [text]
   */
  #end(code, text) {
    if (!this.active.peek() && code !== "hidden") return;
    this.#clear();
    this.#session = "";
    this.progress.value = { phase: "ended", began: true, code, text: endWords(code, text) };
  }

  /** The picture is gone from this moment on. */
  #clear() {
    clearInterval(this.#timer);
    this.#host?.close();
    this.#host = null;
    this.#canvases.clear();
    this.#awaited?.(false);
    this.#awaited = null;
    this.rates.value = new Map();
    this.sizes.value = new Map();
  }
}

/**
 * @param {string} session
 * @param {Why} why
 */
async function tellStopped(session, why) {
  await command("glance.stop", { session, why }, { keepalive: true }).catch(() => undefined);
}

/** @param {readonly number[]} numbers */
function ordered(numbers) {
  return [...new Set(numbers)].sort((a, b) => a - b);
}
