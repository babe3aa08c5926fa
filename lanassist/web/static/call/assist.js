// @ts-check
// One assist in one agent's call, from the question to its end. Holds what the pages show of it; draws nothing.
// What is shown as heard by whom is the agent's node's word (the board), never this page's wish.

import { Refused, command, wordsOf } from "../frame/api.js";
import { topic } from "../frame/board.js";
import { onConnection } from "../frame/events.js";
import { computed, effect, signal } from "../vendor/signals.mjs";
import { devices } from "./devices.js";
import { endWords } from "./ending.js";
import { offerOf } from "./offers.js";
import { CallSound } from "./sound/sound.js";
import { SILENCE } from "./sound/level.js";

/** @import { ReadonlySignal, Signal } from "../vendor/signals.mjs" */
/** @import { AssistSession } from "./call-types.js" */
/** @import { Levels } from "./sound/line.js" */
/** @import { SoundReport } from "./sound/sound.js" */

/** @typedef {{agent: string, name: string, code: string, text: string, began: boolean}} Ended */
/** @typedef {{levels: Levels, heard: number, spoken: number, gaps: number}} Meters  dBFS; a count */

const SESSIONS = "assist.sessions";
const QUIET = Object.freeze({ levels: { customer: SILENCE, agent: SILENCE, supervisor: SILENCE }, heard: SILENCE, spoken: SILENCE, gaps: 0 });

export class Assist {
  /** Whom the supervisor asked to assist; null while there is nothing. */
  asked = /** @type {Signal<{agent: string, name: string} | null>} */ (signal(null));
  session = signal("");
  ended = /** @type {Signal<Ended | null>} */ (signal(null));
  /** What was declined just now, of a running session. */
  trouble = signal("");
  /** Why there is no microphone; null while that is not known yet. */
  microphone = /** @type {Signal<string | null>} */ (signal(null));
  /** The browser waits for a click before it plays anything. */
  silenced = signal(false);
  meters = /** @type {Signal<Meters>} */ (signal(QUIET));
  /** Whether the key or the button is held. */
  holding = signal(false);
  /** As the node has it. */
  row = /** @type {ReadonlySignal<AssistSession | null>} */ (computed(() => (this.session.value ? (topic(SESSIONS).value.get(this.session.value) ?? null) : null)));
  state = computed(() => this.row.value?.state ?? "ringing");
  active = computed(() => this.asked.value !== null);

  #sound = /** @type {CallSound | null} */ (null);
  /** What was asked of the node last; the next waits for it, so that a release never overtakes its press. */
  #before = /** @type {Promise<void>} */ (Promise.resolve());

  constructor() {
    window.addEventListener("pagehide", () => this.close("closed"));
    window.addEventListener("blur", () => this.release());
    document.addEventListener("visibilitychange", () => document.hidden && this.release());
    onConnection((state) => state === "lost" && this.#end("node-lost", "the page lost touch with your node"));
    effect(() => {
      const end = this.row.value?.end;
      if (end) this.#end(end.code, end.text);
    });
    effect(() => {
      // The voice was late, the key is still down: go on talking.
      if (this.row.value?.fell_back && this.holding.peek()) void this.#ask("assist.talk");
    });
    effect(() => {
      // Taken over, the supervisor speaks with the customer: the microphone stays open.
      if (this.state.value === "taken-over") this.#sound?.gate("open");
    });
  }

  /**
   * Ask to listen to an agent's call.
   * @param {string} agent
   * @param {string} name
   * @param {string} [reason]
   */
  async start(agent, name, reason = "") {
    if (this.active.peek()) return;
    const asked = (this.asked.value = { agent, name });
    this.ended.value = null;
    this.trouble.value = "";
    const sound = (this.#sound = new CallSound((report) => sound === this.#sound && this.#hear(report)));
    try {
      const { session } = await command("assist.start", { agent, reason });
      if (this.asked.peek() !== asked) return void tellClosed(session, "stopped");
      this.session.value = session;
      await sound.open(`/api/media/${encodeURIComponent(session)}`, devices.peek());
    } catch (error) {
      if (this.asked.peek() === asked) this.#decline(error);
    }
  }

  /** The key is down: the agent alone hears the supervisor. */
  hold() {
    const able = this.state.peek() === "listening" || this.state.peek() === "talking";
    if (this.holding.peek() || !able || this.microphone.peek() !== "" || this.talkRefusal.peek()) return;
    this.holding.value = true;
    this.#sound?.gate("held");
    void this.#ask("assist.talk");
  }

  /** The key is up, or the page is not in front any more. */
  release() {
    if (!this.holding.peek()) return;
    this.holding.value = false;
    if (this.state.peek() !== "taken-over") this.#sound?.gate("shut");
    void this.#ask("assist.release");
  }

  async takeOver() {
    this.holding.value = false;
    this.#sound?.gate("open");
    await this.#ask("assist.takeover");
    if (this.state.peek() !== "taken-over" && this.trouble.peek()) this.#sound?.gate("shut");
  }

  /** End the call that was taken over. */
  endCall() {
    return this.#ask("assist.end-call");
  }

  /** @param {"stopped" | "closed" | "navigated"} why */
  close(why) {
    if (!this.active.peek()) return;
    if (this.session.peek()) void tellClosed(this.session.peek(), why);
    this.#end(why);
  }

  /** After a click. */
  play() {
    void this.#sound?.play();
  }

  /** Other devices were chosen, or the microphone is allowed now. */
  listenAgain() {
    void this.#sound?.use(devices.peek());
  }

  /** Nothing is told any more of the last one. */
  forget() {
    this.ended.value = null;
  }

  /** Why nothing can be said to the agent; empty if it can. */
  talkRefusal = computed(() => this.#offer.value?.talk?.text ?? "");
  takeOverRefusal = computed(() => this.#offer.value?.takeover?.text ?? "");
  #offer = computed(() => (this.asked.value ? offerOf(this.asked.value.agent) : null));

  /** @param {string} name */
  #ask(name) {
    const session = this.session.peek();
    const done = this.#before.then(async () => {
      if (session !== this.session.peek()) return;
      await command(name, { session });
      this.trouble.value = "";
    });
    this.#before = done.catch((error) => void (session === this.session.peek() && (this.trouble.value = wordsOf(error))));
    return this.#before;
  }

  /** @param {SoundReport} report */
  #hear(report) {
    switch (report.kind) {
      case "levels":
        return void (this.meters.value = { ...this.meters.peek(), levels: report.levels });
      case "heard":
        return void (this.meters.value = { ...this.meters.peek(), heard: report.level, gaps: report.gaps });
      case "spoken":
        return void (this.meters.value = { ...this.meters.peek(), spoken: report.level });
      case "microphone":
        return void (this.microphone.value = report.fault);
      case "silenced":
        return void (this.silenced.value = report.on);
      case "closed":
        return this.#cut();
      case "failed":
        return this.#fail(report.text);
    }
  }

  /** The channel closed: the board knows why, in a moment. */
  #cut() {
    const session = this.session.peek();
    setTimeout(() => session && session === this.session.peek() && this.#end("media-lost", "the sound channel was lost"), 1500);
  }

  /** @param {string} text */
  #fail(text) {
    if (this.session.peek()) void tellClosed(this.session.peek(), "viewer-failed");
    this.#end("viewer-failed", `this page could not play the sound: ${text}`);
  }

  /** @param {unknown} error */
  #decline(error) {
    const code = error instanceof Refused ? error.code : "error";
    if (this.session.peek()) void tellClosed(this.session.peek(), "viewer-failed");
    this.#over(code, wordsOf(error), false);
  }

  /**
   * @param {string} code
   * @param {string} [text]
   */
  #end(code, text) {
    if (this.active.peek()) this.#over(code, endWords(code, text), true);
  }

  /**
   * @param {string} code
   * @param {string} text
   * @param {boolean} began
   */
  #over(code, text, began) {
    const { agent, name } = /** @type {{agent: string, name: string}} */ (this.asked.peek());
    this.#sound?.close();
    this.#sound = null;
    this.holding.value = false;
    this.asked.value = null;
    this.session.value = "";
    this.microphone.value = null;
    this.silenced.value = false;
    this.meters.value = QUIET;
    this.ended.value = { agent, name, code, text, began };
  }
}

/**
 * @param {string} session
 * @param {string} why
 */
async function tellClosed(session, why) {
  await command("assist.close", { session, why }, { keepalive: true }).catch(() => undefined);
}
