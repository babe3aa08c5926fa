// @ts-check
// Control of one agent's conversations from this page, from the question to its end. Draws nothing.

import { Refused, command } from "../frame/api.js";
import { endWords } from "./control-words.js";
import { onConnection } from "../frame/events.js";
import { controls } from "./monitor-board.js";
import { computed, effect, signal } from "../vendor/signals.mjs";

/** @import { Signal } from "../vendor/signals.mjs" */

/**
 * @typedef {{phase: "none"}
 *   | {phase: "asking", agent: string}
 *   | {phase: "held", agent: string, session: string}
 *   | {phase: "ended", agent: string, text: string}} Progress
 */

/** Milliseconds that the board is given to say why a renewal was refused. */
const GRACE = 700;

export class Control {
  progress = /** @type {Signal<Progress>} */ (signal({ phase: "none" }));
  /** The agent as whom this page acts; empty: nobody. */
  agent = computed(() => (this.progress.value.phase === "held" ? this.progress.value.agent : ""));

  #name = "";
  #worker = /** @type {Worker | null} */ (null);

  constructor() {
    window.addEventListener("pagehide", () => this.release());
    onConnection((state) => state === "lost" && this.#end("node-lost", ""));
    effect(() => {
      const progress = this.progress.value;
      const end = progress.phase === "held" ? controls.value.get(progress.session)?.end : null;
      if (end) this.#end(end.code, end.text);
    });
  }

  /**
   * Ask for control. Throws Refused; nothing is held then.
   * @param {string} agent
   * @param {string} name
   * @param {string} reason
   */
  async take(agent, name, reason) {
    this.release();
    const asking = /** @type {Progress} */ ({ phase: "asking", agent });
    this.progress.value = asking;
    try {
      const { session } = await command("control.take", { agent, reason });
      if (this.progress.peek() !== asking) return void tellReleased(session);
      this.#name = name;
      this.#renew(session);
      this.progress.value = { phase: "held", agent, session };
    } catch (error) {
      if (this.progress.peek() === asking) this.progress.value = { phase: "none" };
      throw error;
    }
  }

  /** Hand back, at once. */
  release() {
    const progress = this.progress.peek();
    if (progress.phase === "held") tellReleased(progress.session);
    if (progress.phase === "asking") tellReleased(waiting(progress.agent));
    this.#clear();
    this.progress.value = { phase: "none" };
  }

  /**
   * Act as the agent. Throws Refused.
   * @param {string} conversation
   * @param {"say" | "note" | "categorise" | "complete"} kind
   * @param {string} text
   * @param {string} [id]
   */
  async act(conversation, kind, text, id = crypto.randomUUID()) {
    const progress = this.progress.peek();
    if (progress.phase !== "held") throw new Refused("not-in-control", "You are not in control any more.");
    await command("control.act", { session: progress.session, conversation, kind, text, id });
  }

  /** @param {string} session */
  #renew(session) {
    const worker = new Worker(new URL("./control-worker.js", import.meta.url), { type: "module" });
    worker.onmessage = (/** @type {MessageEvent<{code: string, text: string}>} */ { data }) => {
      setTimeout(() => worker === this.#worker && this.#end(data.code, data.text), GRACE);
    };
    worker.postMessage({ session });
    this.#worker = worker;
  }

  /**
   * @param {string} code
   * @param {string} text
   */
  #end(code, text) {
    const progress = this.progress.peek();
    if (progress.phase !== "held") return;
    if (code === "node-lost") tellReleased(progress.session);
    this.#clear();
    this.progress.value = { phase: "ended", agent: progress.agent, text: endWords(code, text, this.#name) };
  }

  #clear() {
    this.#worker?.terminate();
    this.#worker = null;
  }
}

/**
 * The session in which this agent is still being asked; empty: none.
 * @param {string} agent
 */
function waiting(agent) {
  const found = [...controls.peek().values()].filter((each) => each.agent === agent && each.state === "asked");
  return found.sort((a, b) => b.since - a.since)[0]?.session ?? "";
}

/** @param {string} session */
function tellReleased(session) {
  if (!session) return;
  command("control.release", { session }, { keepalive: true }).catch(() => undefined);
}
