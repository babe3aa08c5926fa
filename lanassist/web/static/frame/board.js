// @ts-check
// The node's board as signals: each topic as one map from key to value, and each value apart.

import { batch, computed, signal } from "../vendor/signals.mjs";

/** @import { ReadonlySignal, Signal } from "../vendor/signals.mjs" */
/** @import { AgentRow, GlanceSession, Offer, Own, PeerRow, ToldConversation } from "./types.js" */

/** @typedef {{topic: string, key: string, value: unknown}} Change */
/** @typedef {{now: number, snapshot: boolean, changes: Change[]}} Batch */

/** @template T @typedef {ReadonlyMap<string, T>} Values */

/**
 * One topic. Whoever reads `values` hears of every change; whoever reads a cell only of that value's. The map
 * is one and the same all along, so that a change costs the same however much there is; `values` hands out a
 * copy of it, made when it is asked for.
 */
class Topic {
  /** @type {Map<string, unknown>} */
  #held = new Map();
  /** @type {Map<string, Signal<unknown>>} */
  #cells = new Map();
  #changes = signal(0);
  /** @type {ReadonlySignal<Values<any>>} */
  values = computed(() => (this.#changes.value, new Map(this.#held)));

  /**
   * The value under a key, null if there is none.
   * @param {string} key
   * @returns {Signal<any>}
   */
  at(key) {
    const found = this.#cells.get(key) ?? signal(this.#held.get(key) ?? null);
    this.#cells.set(key, found);
    return found;
  }

  /** @param {readonly Change[]} changes */
  take(changes) {
    for (const { key, value } of changes) {
      if (value === null) this.#held.delete(key);
      else this.#held.set(key, value);
      const cell = this.#cells.get(key);
      if (cell) cell.value = value;
    }
    this.#changes.value++;
  }

  /**
   * Hold these values and nothing else. What is as it was is no change: a page that comes back draws little.
   * @param {readonly Change[]} changes
   */
  replace(changes) {
    const there = new Set(changes.map((each) => each.key));
    const gone = [...this.#held.keys()].filter((key) => !there.has(key));
    const news = changes.filter(({ key, value }) => JSON.stringify(this.#held.get(key)) !== JSON.stringify(value));
    this.take([...gone.map((key) => ({ topic: "", key, value: null })), ...news]);
  }
}

const topics = /** @type {Map<string, Topic>} */ (new Map());

/** @param {string} name */
function named(name) {
  const found = topics.get(name) ?? new Topic();
  topics.set(name, found);
  return found;
}

/**
 * One topic, known from the first snapshot on.
 * @template T
 * @param {string} name
 * @returns {Signal<Values<T>>}
 */
export function topic(name) {
  return /** @type {Signal<Values<T>>} */ (named(name).values);
}

/**
 * One value of a topic; null while there is none. Changes of other values are not heard.
 * @template T
 * @param {string} name
 * @param {string} key
 * @returns {ReadonlySignal<T | null>}
 */
export function valueAt(name, key) {
  return named(name).at(key);
}

export const AGENTS = "presence.agents";
export const OFFERS = "glance.offers";
export const GLANCES = "glance.sessions";
export const agents = /** @type {Signal<Values<AgentRow>>} */ (topic(AGENTS));
export const offers = /** @type {Signal<Values<Offer>>} */ (topic(OFFERS));
export const glances = /** @type {Signal<Values<GlanceSession>>} */ (topic(GLANCES));
export const peers = /** @type {Signal<Values<PeerRow>>} */ (topic("peers"));
/** Thousands of rows: only what counts them goes through all of them. */
export const told = /** @type {Signal<Values<ToldConversation>>} */ (topic("conversations.all"));
const self = /** @type {ReadonlySignal<Own | null>} */ (valueAt("self", "self"));
export const own = computed(() => self.value);

/** Whether the board has ever been read. */
export const known = signal(false);

let nodeClock = 0;
let readAt = 0;

/** The node's monotonic clock, in seconds, carried on by this machine's own. */
export function nodeNow() {
  return nodeClock + (performance.now() - readAt) / 1000;
}

const second = signal(0);
setInterval(() => second.value++, 1000);

/** The node's clock, for what shows an age: whoever renders with it is rendered again each second. */
export function tickingNow() {
  return second.value >= 0 ? nodeNow() : 0;
}

/**
 * Take in one message of the event socket.
 * @param {Batch} news
 */
export function takeIn(news) {
  nodeClock = news.now;
  readAt = performance.now();
  batch(() => {
    const changed = byTopic(news.changes);
    if (news.snapshot) for (const name of topics.keys()) named(name).replace(changed.get(name) ?? []);
    for (const [name, changes] of changed) if (!news.snapshot || !topics.has(name)) named(name).take(changes);
    known.value = true;
  });
}

/** @param {readonly Change[]} changes */
function byTopic(changes) {
  const found = /** @type {Map<string, Change[]>} */ (new Map());
  for (const change of changes) {
    const held = found.get(change.topic);
    if (held) held.push(change);
    else found.set(change.topic, [change]);
  }
  return found;
}
