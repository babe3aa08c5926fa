// @ts-check
// One glance at one agent, from the question to its end. Holds what the pages show of it; draws nothing.

import { Refused, command, wordsOf } from "../frame/api.js";
import { GLANCES, OFFERS, valueAt } from "../frame/board.js";
import { computed, effect, signal } from "../vendor/signals.mjs";
import { ungranted } from "./consent.js";
import { endWords } from "./ending.js";
import { decodableCodecs } from "./picture/video.js";
import { Pictures, ordered } from "./pictures.js";
import { Popout } from "./popout.js";
import { Watch } from "./watch.js";

/** @import { Signal } from "../vendor/signals.mjs" */
/** @import { Broken } from "./pictures.js" */
/** @import { Display, GlanceSession, Offer, StartedGlance } from "../frame/types.js" */
/** @import { Why } from "./ending.js" */

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
  /** Why the last change of displays was declined. */
  trouble = signal("");
  active = computed(() => this.isActive(this.progress.value));
  /** While the agent is being asked: the session that waits for the agent's yes. */
  asked = computed(() => {
    const waiting = this.progress.value.phase === "asking" ? ungranted(this.#agent.value) : null;
    return waiting?.state === "asked" ? waiting : null;
  });
  pictures = new Pictures((how) => this.#broken(how));
  chosen = this.pictures.chosen;
  watch = /** @type {Watch | null} */ (null);
  popout = /** @type {Popout | null} */ (null);

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
    const viewer = this.pictures.begin();
    this.trouble.value = "";
    this.displays.value = displays;
    this.progress.value = { phase: "asking" };
    this.#agent.value = agent;
    this.pictures.choose(chosen);
    try {
      const video = await decodableCodecs();
      const started = await command("glance.start", { agent, displays: chosen, video, ...wish });
      if (this.pictures.viewer === viewer) this.#attach(started);
      else void tellStopped(started.session, "stopped");
    } catch (error) {
      if (this.pictures.viewer === viewer) this.#decline(error);
    }
  }

  /** @param {StartedGlance} started */
  #attach(started) {
    this.displays.value = started.displays;
    this.#changing = null;
    this.pictures.choose(started.chosen);
    this.#allow();
    this.pictures.open(started.session);
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
    if (this.progress.peek().phase !== "running" || !chosen.length || this.pictures.shows(chosen)) return;
    const viewer = this.pictures.viewer;
    const told = this.#told.peek();
    const change = (this.#changing = Symbol("change"));
    this.pictures.choose(chosen);
    this.trouble.value = "";
    try {
      await command("glance.switch", { session: this.#session.peek(), displays: ordered(chosen) });
    } catch (error) {
      if (this.pictures.viewer !== viewer) return;
      this.trouble.value = wordsOf(error);
      this.pictures.choose(before);
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
    this.pictures.renew();
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
    if (session.state !== "running" || this.#changing || this.pictures.shows(session.displays)) return;
    this.pictures.choose(session.displays);
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
    this.pictures.allow(this.displays.peek().map((each) => each.number));
  }

  /** @param {Broken} how */
  #broken(how) {
    if (how.kind === "failed") {
      console.error("The picture could not be drawn:", how.text);
      return this.stop("viewer-failed");
    }
    const session = this.#session.peek();
    this.pictures.clear();
    setTimeout(() => session === this.#session.peek() && this.lose("media-lost", "the picture channel was lost"), GRACE);
  }

  /** @param {unknown} error */
  #decline(error) {
    const [code, text] = error instanceof Refused ? [error.code, error.message] : ["error", String(error)];
    this.#clear();
    this.progress.value = { phase: "ended", began: false, code, text };
  }

  #clear() {
    this.pictures.clear();
    this.#session.value = "";
    this.#agent.value = "";
  }
}

/**
 * @param {string} session
 * @param {Why} why
 */
async function tellStopped(session, why) {
  await command("glance.stop", { session, why }, { keepalive: true }).catch(() => undefined);
}
