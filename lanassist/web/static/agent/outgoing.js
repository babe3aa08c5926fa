// @ts-check
// What the agent types and does, on its way to the node: in order, the draft within DRAFT_EVERY, each act once.

import { wordsOf } from "../frame/api.js";
import { signal } from "../vendor/signals.mjs";

/** @import { Act } from "../conversation/conversation-types.js" */
/** @import { Local } from "../conversation/conversation.js" */
/** @import { Signal } from "../vendor/signals.mjs" */
/** @typedef {(name: string, fields: Record<string, unknown>) => Promise<unknown>} Command */

/** Milliseconds between two drafts of one conversation; supervisors who watch see each. */
const DRAFT_EVERY = 80;

/** One conversation's way out. */
class Lane {
  draft = signal("");
  note = signal("");
  local = /** @type {Signal<readonly Local[]>} */ (signal([]));
  touched = false;
  told = "";
  toldAt = -Infinity;
  queue = /** @type {Local[]} */ ([]);
  running = false;
}

/** Nothing overtakes: a draft that was typed before a message reaches the node before it. */
export class Outgoing {
  #lanes = /** @type {Map<string, Lane>} */ (new Map());

  /**
   * @param {Command} command
   * @param {() => string} newId
   * @param {{now: () => number, sleep: (milliseconds: number) => Promise<void>}} time  milliseconds
   */
  constructor(command, newId, time) {
    this.command = command;
    this.newId = newId;
    this.time = time;
  }

  /** @param {string} conversation */
  #lane(conversation) {
    const found = this.#lanes.get(conversation) ?? new Lane();
    this.#lanes.set(conversation, found);
    return found;
  }

  /** @param {string} conversation */
  draft(conversation) {
    return this.#lane(conversation).draft;
  }

  /** @param {string} conversation */
  note(conversation) {
    return this.#lane(conversation).note;
  }

  /**
   * What was done here and is not in the log yet.
   * @param {string} conversation
   */
  local(conversation) {
    return this.#lane(conversation).local;
  }

  /**
   * What the node still has of an earlier page; counts only while nothing was typed here.
   * @param {string} conversation
   * @param {string} text
   */
  restore(conversation, text) {
    const lane = this.#lane(conversation);
    if (lane.touched) return;
    lane.draft.value = lane.told = text;
  }

  /**
   * @param {string} conversation
   * @param {string} text
   */
  type(conversation, text) {
    const lane = this.#lane(conversation);
    lane.touched = true;
    lane.draft.value = text;
    void this.#run(conversation, lane);
  }

  /**
   * Say, note, categorise or complete. Says nothing twice: what is complete already is not completed again.
   * @param {string} conversation
   * @param {Act["kind"]} kind
   * @param {string} [text]
   */
  act(conversation, kind, text = "") {
    const lane = this.#lane(conversation);
    if (kind === "complete" && lane.local.peek().some((each) => each.kind === "complete" && !each.error)) return;
    const local = { id: this.newId(), kind, text, error: "" };
    if (kind === "say") lane.draft.value = "";
    if (kind === "note") lane.note.value = "";
    lane.touched = true;
    lane.local.value = [...lane.local.peek(), local];
    lane.queue.push(local);
    void this.#run(conversation, lane);
  }

  /**
   * The same act again, under the same id.
   * @param {string} conversation
   * @param {string} id
   */
  retry(conversation, id) {
    const lane = this.#lane(conversation);
    const failed = lane.local.peek().find((each) => each.id === id && each.error);
    if (!failed) return;
    this.#mark(lane, id, "");
    lane.queue.push(failed);
    void this.#run(conversation, lane);
  }

  /**
   * Forget what was done here: it did not get through and was seen, or it is in the log now.
   * @param {string} conversation
   * @param {(local: Local) => boolean} over
   */
  forget(conversation, over) {
    const { local } = this.#lane(conversation);
    const left = local.peek().filter((each) => !over(each));
    if (left.length !== local.peek().length) local.value = left;
  }

  /**
   * @param {string} conversation
   * @param {Lane} lane
   */
  async #run(conversation, lane) {
    if (lane.running) return;
    lane.running = true;
    while (lane.queue.length || lane.draft.peek() !== lane.told) {
      const next = lane.queue.shift();
      if (next) await this.#send(conversation, lane, next);
      else await this.#tell(conversation, lane);
    }
    lane.running = false;
  }

  /**
   * @param {string} conversation
   * @param {Lane} lane
   * @param {Local} local
   */
  async #send(conversation, lane, { id, kind, text }) {
    try {
      await this.command("conversations.act", { conversation, kind, text, id });
      if (kind === "say" || kind === "complete") lane.told = ""; // the node clears the draft itself
    } catch (refused) {
      this.#mark(lane, id, wordsOf(refused));
    }
  }

  /**
   * @param {string} conversation
   * @param {Lane} lane
   */
  async #tell(conversation, lane) {
    const pause = lane.toldAt + DRAFT_EVERY - this.time.now();
    if (pause > 0) {
      await this.time.sleep(pause);
      if (lane.queue.length) return;
    }
    const text = lane.draft.peek();
    lane.toldAt = this.time.now();
    lane.told = text;
    // A draft that does not get through is no loss: the next one says everything.
    await this.command("conversations.draft", { conversation, text }).catch(() => undefined);
  }

  /**
   * @param {Lane} lane
   * @param {string} id
   * @param {string} error
   */
  #mark(lane, id, error) {
    lane.local.value = lane.local.peek().map((each) => (each.id === id ? { ...each, error } : each));
  }
}
