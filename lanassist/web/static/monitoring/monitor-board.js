// @ts-check
// The parts of the board that the monitoring page reads, and what it makes of them.

import { topic, valueAt } from "../frame/board.js";
import { byConversation } from "../conversation/conversation.js";
import { computed } from "../vendor/signals.mjs";

/** @import { DeskInfo, Entry } from "../conversation/conversation-types.js" */
/** @import { BlockedRow, ControlOffer, ControlRow, DraftRow, MirrorRow } from "./monitor-types.js" */
/** @import { ToldConversation } from "../frame/types.js" */
/** @import { Values } from "../frame/board.js" */
/** @import { ReadonlySignal, Signal } from "../vendor/signals.mjs" */

export const mirror = /** @type {Signal<Values<MirrorRow>>} */ (topic("conversations.mirror"));
const entries = /** @type {Signal<Values<Entry>>} */ (topic("conversations.mirror-entries"));
export const drafts = /** @type {Signal<Values<DraftRow>>} */ (topic("conversations.drafts"));
export const controls = /** @type {Signal<Values<ControlRow>>} */ (topic("conversations.control"));
/** What policy says about control, whomever it is of. */
export const controlOffer = /** @type {ReadonlySignal<ControlOffer | null>} */ (valueAt("conversations.control-offer", "self"));
export const desks = /** @type {Signal<Values<DeskInfo>>} */ (topic("conversations.desks"));
export const blocked = /** @type {Signal<Values<BlockedRow>>} */ (topic("conversations.blocked"));

let before = /** @type {ReadonlyMap<string, Entry[]>} */ (new Map());

/** The mirrored logs by `agent/conversation`; one to which nothing was added stays the same array. */
export const logs = computed(() => {
  const now = byConversation(entries.value);
  before = new Map([...now].map(([key, log]) => [key, same(before.get(key), log)]));
  return before;
});

/**
 * @param {Entry[] | undefined} old
 * @param {Entry[]} log
 */
function same(old, log) {
  return old && old.length === log.length && old.every((each, i) => each === log[i]) ? old : log;
}

/**
 * One conversation as its desk told it. There may be thousands: only trays go through all of them.
 * @param {string} conversation
 */
export function toldOf(conversation) {
  return /** @type {ReadonlySignal<ToldConversation | null>} */ (valueAt("conversations.all", conversation));
}
