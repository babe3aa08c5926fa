// @ts-check
// A mirrored conversation as a row of the list and as a log. Pure.

import { preview, unread } from "../conversation/conversation.js";

/** @import { ClientRow } from "../conversation/clients.js" */
/** @import { Entry } from "../conversation/conversation-types.js" */
/** @import { MirrorRow } from "./monitor-types.js" */

/**
 * @param {MirrorRow} row
 * @param {readonly Entry[]} entries
 * @param {number} from  what was said before counts as read
 * @param {number} read  up to that entry it was shown
 * @returns {ClientRow}
 */
export function clientRow(row, entries, from, read) {
  const over = row.state === "done";
  const waits = row.state === "held" && row.waiting_since !== null;
  return {
    id: row.conversation,
    name: row.client.name,
    category: row.category,
    part: over ? "done" : waits ? "waiting" : "ongoing",
    since: row.since,
    waitingSince: row.waiting_since,
    unread: over ? 0 : unread(entries.filter((each) => each.at > from), read),
    typing: !over && row.typing,
    mark: row.unsent ? "not sent" : row.state === "completing" ? "completing" : "",
    preview: preview(entries),
  };
}

/**
 * Earlier entries from the desk, then those of the mirror.
 * @param {readonly Entry[]} desk
 * @param {readonly Entry[]} mirrored
 */
export function joined(desk, mirrored) {
  const first = mirrored[0]?.seq ?? Infinity;
  return desk.length ? [...desk.filter((each) => each.seq < first), ...mirrored] : mirrored;
}
