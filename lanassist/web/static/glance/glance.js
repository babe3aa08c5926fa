// @ts-check
// One glance at one agent, from the question to its end. Holds what the pages show of it; draws nothing.

import { Refused, command } from "../frame/api.js";
import { GLANCES, OFFERS, valueAt } from "../frame/board.js";
import { computed, effect, signal } from "../vendor/signals.mjs";
import { Canvases } from "./canvases.js";
import { ungranted } from "./consent.js";
import { endWords } from "./ending.js";
import { decodableCodecs } from "./picture/video.js";
import { Popout } from "./popout.js";
import { startViewer } from "./viewer-host.js";
import { Watch } from "./watch.js";

/** @import { Signal } from "../vendor/signals.mjs" */
/** @import { Rate, Report } from "./picture/viewer.js" */
/** @import { Display, GlanceSession, Offer, StartedGlance } from "../frame/types.js" */
/** @import { Why } from "./ending.js" */
/** @import { ViewerHost } from "./viewer-host.js" */

/** Milliseconds that the board is given to say why the picture channel closed. */
const GRACE = 1500;

/**
 * @typedef {{phase: "idle"}
 *   | {phase: "asking"}
 *   | {phase: "running", session: string, since: number}
 *   | {phase: "ended", began: boolean, code: string, text: string}} Progress  since: performance.now()
 */

/** @typedef {{reason?: string, scale?: number}} Wish  reason: why one looks; scale: of a tile, of each side */

export class Glance {
  progress = /** @type {Signal<Progress>} */ (signal({ phase: "idle" }));
  /** All displays of the agent, as they are now. */
  displays = /** @type {Signal<readonly Display[]>} */ (signal([]));
  /** Numbers of those that are shown, in order. */
  chosen = /** @type {Signal<readonly number[]>} */ (signal([]));
  rates = /** @type {Signal<ReadonlyMap<number, Rate>>} */ (signal(new Map()));
  /** Sizes of the pictures drawn so far, by display. */
  sizes = /** @type {Signal<ReadonlyMap<number, {width: number, height: number}>>} */ (signal(new Map()));
  /** Why the last change of displays was declined. */
  trouble = signal("");
  active = computed(() => this.isActive(this.progress.value));
  /** While the agent is being asked: the session that waits for the agent's yes. */
  asked = computed(() => {
    const waiting = this.progress.value.phase === "asking" ? ungranted(this.#agent.value) : null;
    return waiting?.state === "asked" ? waiting : null;
  });
  canvases = new Canvases();
  watch = /** @type {Watch | null} */ (null);
  popout = /** @type {Popout | null} */ (null);

  #host = /** @type {ViewerHost | null} */ (null);
  /** The change of displays that this page is making; meanwhile it does not follow the board. */
  #changing = /** @type {symbol | null} */ (null);
  #agent = signal("");
  #session = signal("");
  /** What the board says of this session. */
  #told = computed(() => /** @type {GlanceSession | null} */ (valueAt(GLANCES, this.#session.value).value));

  constructor() {
    effect(() => this.#heed(this.#told.value));
    effect(() => this.#rearrange(/** @type {Offer | null} */ (valueAt(OFFERS, this.#agent.value).value)));
  }

  /** A glance that is the only one of its page: the page need not watch over it. */
  static alone() {
    const glance = new Glance();
    glance.watch = new Watch(() => [glance]);
    glance.popout = new Popout(glance);
    return glance;
  }

  isActive(progress = this.progress.peek()) {
    return progress.phase === "asking" || progress.phase === "running";
  }

  /**
   * Ask for a glance. Without displays the agent's node chooses.
   * @param {string} agent
   * @param {readonly Display[]} displays  all that the agent is known to have
   * @param {readonly number[]} chosen
   * @param {Wish} [wish]
   */
  async start(agent, displays, chosen, wish = {}) {
    if (this.isActive()) this.stop("stopped");
    if (this.watch?.hidden) return this.#over("hidden");
    const host = startViewer((report) => host === this.#host && this.#hear(report));
    this.#host = host;
    this.trouble.value = "";
    this.displays.value = displays;
    this.progress.value = { phase: "asking" };
    this.#agent.value = agent;
    this.#choose(chosen);
    try {
      const video = await decodableCodecs();
      const started = await command("glance.start", { agent, displays: chosen, video, ...wish });
      if (this.#host === host) this.#attach(host, started);
      else void tellStopped(started.session, "stopped");
    } catch (error) {
      if (this.#host === host) this.#decline(error);
    }
  }

  /**
   * @param {ViewerHost} host
   * @param {StartedGlance} started
   */
  #attach(host, started) {
    this.displays.value = started.displays;
    this.#changing = null;
    this.#choose(started.chosen);
    this.#allow();
    host.open(`/api/media/${encodeURIComponent(started.session)}`);
    this.progress.value = { phase: "running", session: started.session, since: performance.now() };
    this.#session.value = started.session;
  }

  /**
   * Show other displays without ending. Those that are not plugged in are left out.
   * @param {readonly number[]} wanted
   */
  async switchTo(wanted) {
    const before = this.chosen.peek();
    const chosen = wanted.filter((number) => this.plugged(number));
    if (this.progress.peek().phase !== "running" || !chosen.length || this.#shows(chosen)) return;
    const host = this.#host;
    const told = this.#told.peek();
    const change = (this.#changing = Symbol("change"));
    this.#choose(chosen);
    this.trouble.value = "";
    try {
      await command("glance.switch", { session: this.#session.peek(), displays: ordered(chosen) });
    } catch (error) {
      if (this.#host !== host) return;
      this.trouble.value = error instanceof Error ? error.message : String(error);
      this.#choose(before);
    } finally {
      if (this.#changing === change) this.#changing = null;
      // What the agent's node declined meanwhile was not followed.
      const now = this.#told.peek();
      if (now !== told && now?.declined) this.#heed(now);
    }
  }

  /** @param {number} display */
  plugged(display) {
    return this.displays.value.some((each) => each.number === display);
  }

  /** Somebody still looks. */
  renew() {
    this.#host?.renew();
  }

  /** @param {Why} why */
  stop(why) {
    if (!this.isActive()) return;
    const session = this.#session.peek() || (this.progress.peek().phase === "asking" && ungranted(this.#agent.peek())?.session);
    if (session) void tellStopped(session, why);
    this.lose(why);
  }

  /**
   * It is over, for a reason that nobody needs to be told or can be.
   * @param {string} code
   * @param {string} [text]
   */
  lose(code, text) {
    if (this.isActive()) this.#over(code, text);
  }

  /**
   * @param {string} code
   * @param {string} [text]
   */
  #over(code, text) {
    this.#clear();
    this.progress.value = { phase: "ended", began: true, code, text: endWords(code, text) };
  }

  /** Nothing is going on and nothing is told any more. */
  forget() {
    this.progress.value = { phase: "idle" };
  }

  /**
   * What the board says of this session: that it ended, or shows other displays, chosen on the command line.
   * @param {GlanceSession | null} session
   */
  #heed(session) {
    if (!session) return;
    if (session.end) return this.lose(session.end.code, session.end.text);
    if (session.declined) this.trouble.value = session.declined.text;
    if (session.state !== "running" || this.#changing || this.#shows(session.displays)) return;
    this.#choose(session.displays);
  }

  /**
   * The agent's displays as they are now; one that was unplugged stays chosen, for it may return.
   * @param {Offer | null} offer
   */
  #rearrange(offer) {
    if (!offer?.displays.length || !this.isActive()) return;
    this.displays.value = offer.displays;
    this.#allow();
  }

  #allow() {
    this.#host?.allow([...this.displays.peek().map((each) => each.number), ...this.chosen.peek()]);
  }

  /** @param {readonly number[]} chosen */
  #shows(chosen) {
    return ordered(this.chosen.peek()).join() === ordered(chosen).join();
  }

  /** @param {readonly number[]} chosen */
  #choose(chosen) {
    if (!this.#host) return;
    this.chosen.value = ordered(chosen);
    this.canvases.choose(this.chosen.peek(), this.#host);
    this.sizes.value = new Map([...this.sizes.peek()].filter(([display]) => chosen.includes(display)));
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
      const session = this.#session.peek();
      this.#release();
      setTimeout(() => session === this.#session.peek() && this.lose("media-lost", "the picture channel was lost"), GRACE);
    }
  }

  /** @param {unknown} error */
  #decline(error) {
    const [code, text] = error instanceof Refused ? [error.code, error.message] : ["error", String(error)];
    this.#clear();
    this.progress.value = { phase: "ended", began: false, code, text };
  }

  #clear() {
    this.#release();
    this.#session.value = "";
    this.#agent.value = "";
  }

  /** The picture is gone from this moment on. */
  #release() {
    this.#host?.close();
    this.#host = null;
    this.canvases.clear();
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
