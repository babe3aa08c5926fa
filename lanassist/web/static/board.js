// @ts-check
// The node's board as signals: one map a topic, from key to value.

import { batch, computed, signal } from "./vendor/signals.mjs";

/** @import { Signal } from "./vendor/signals.mjs" */
/** @import { AgentRow, GlanceSession, Offer, Own, PeerRow } from "./types.js" */

/** @typedef {{topic: string, key: string, value: unknown}} Change */
/** @typedef {{now: number, snapshot: boolean, changes: Change[]}} Batch */

/** @template T @typedef {ReadonlyMap<string, T>} Values */

const topics = /** @type {Map<string, Signal<Values<any>>>} */ (new Map());

/**
 * One topic, known from the first snapshot on.
 * @template T
 * @param {string} name
 * @returns {Signal<Values<T>>}
 */
export function topic(name) {
  const found = topics.get(name) ?? signal(new Map());
  topics.set(name, found);
  return found;
}

export const agents = /** @type {Signal<Values<AgentRow>>} */ (topic("presence.agents"));
export const offers = /** @type {Signal<Values<Offer>>} */ (topic("glance.offers"));
export const glances = /** @type {Signal<Values<GlanceSession>>} */ (topic("glance.sessions"));
export const peers = /** @type {Signal<Values<PeerRow>>} */ (topic("peers"));
const self = /** @type {Signal<Values<Own>>} */ (topic("self"));
export const own = computed(() => self.value.get("self") ?? null);

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
    if (news.snapshot) for (const each of topics.values()) each.value = new Map();
    for (const [name, changes] of byTopic(news.changes)) {
      const held = topic(name);
      held.value = changed(held.peek(), changes);
    }
    known.value = true;
  });
}

/** @param {Change[]} changes */
function byTopic(changes) {
  const found = /** @type {Map<string, Change[]>} */ (new Map());
  for (const change of changes) found.set(change.topic, [...(found.get(change.topic) ?? []), change]);
  return found;
}

/**
 * @param {Values<unknown>} values
 * @param {Change[]} changes
 */
function changed(values, changes) {
  const next = new Map(values);
  for (const { key, value } of changes) {
    if (value === null) next.delete(key);
    else next.set(key, value);
  }
  return next;
}
