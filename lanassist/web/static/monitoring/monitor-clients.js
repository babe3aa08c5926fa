// @ts-check
// The clients of a monitored agent as rows of the list. What is read here is known here alone.

import { nodeNow } from "../frame/board.js";
import { clientRow } from "./mirrored.js";
import { logs, mirror } from "./monitor-board.js";
import { computed, signal } from "../vendor/signals.mjs";

/** @import { MirrorRow } from "./monitor-types.js" */
/** @import { Signal } from "../vendor/signals.mjs" */

/** By `agent/conversation`: the last entry that was shown on this page. */
const seen = /** @type {Signal<ReadonlyMap<string, number>>} */ (signal(new Map()));
/** By agent: when this page began to look on, on the node's clock. What was said before counts as read. */
const began = /** @type {Map<string, number>} */ (new Map());

/** @param {string} agent */
export function begin(agent) {
  if (!began.has(agent)) began.set(agent, nodeNow());
}

/**
 * Up to that entry it has been shown.
 * @param {string} key  agent/conversation
 * @param {number} number
 */
export function saw(key, number) {
  if ((seen.peek().get(key) ?? 0) < number) seen.value = new Map(seen.peek()).set(key, number);
}

/** @param {MirrorRow} row */
export function keyOf(row) {
  return `${row.agent}/${row.conversation}`;
}

/**
 * The clients of one agent, as a signal.
 * @param {string} agent
 */
export function clientsOf(agent) {
  return computed(() => {
    const rows = [...mirror.value.values()].filter((row) => row.agent === agent && row.state !== "moved");
    const from = began.get(agent) ?? 0;
    return rows.map((row) => clientRow(row, logs.value.get(keyOf(row)) ?? [], from, seen.value.get(keyOf(row)) ?? 0));
  });
}
