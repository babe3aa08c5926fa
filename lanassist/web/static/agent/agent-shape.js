// @ts-check
// What an agent's page makes of the board: rows, words, and what is unread. Pure.

import { preview, unread } from "../conversation/conversation.js";
import { WORDS } from "../team/status.js";

/** @import { ClientRow } from "../conversation/clients.js" */
/** @import { DeskInfo, Entry, OwnConversation, OwnLoad, OwnStatus, Policy, Watcher } from "../conversation/conversation-types.js" */
/** @import { Local } from "../conversation/conversation.js" */

/**
 * The clients of the list: those in hand, and those who were done since midnight.
 * @param {Iterable<OwnConversation>} mine
 * @param {ReadonlyMap<string, readonly Entry[]>} logs
 * @param {ReadonlyMap<string, number>} seen  the last entry that was seen, by conversation
 * @param {number} midnight  the node's clock
 * @returns {ClientRow[]}
 */
export function clientRows(mine, logs, seen, midnight) {
  const shown = [...mine].filter((row) => row.state === "held" || row.state === "completing" || row.since >= midnight || row.refused.length > 0);
  return shown.map((row) => {
    const log = logs.get(row.conversation) ?? [];
    return {
      id: row.conversation,
      name: row.client.name,
      category: categoryNow(row, []),
      part: row.state !== "held" ? "done" : row.waiting_since === null ? "ongoing" : "waiting",
      since: row.since,
      waitingSince: row.waiting_since,
      unread: row.state === "held" ? unread(log, seen.get(row.conversation) ?? 0) : 0,
      typing: row.typing && row.state === "held",
      mark: mark(row),
      preview: preview(log),
    };
  });
}

/** @param {OwnConversation} row */
function mark(row) {
  if (row.refused.length) return row.refused.length === 1 ? "1 message not sent" : `${row.refused.length} messages not sent`;
  if (row.state === "completing") return row.desk_online ? "completing…" : "completed when the desk is back";
  if (row.state === "moved") return "with somebody else now";
  if (row.state === "held" && !row.desk_online) return "desk offline";
  return "";
}

/**
 * The category as it will be once everything is taken in.
 * @param {OwnConversation} row
 * @param {readonly Local[]} local
 */
export function categoryNow(row, local) {
  const last = [...row.pending, ...local.filter((each) => !each.error)].findLast((each) => each.kind === "categorise");
  return last ? last.text : row.category;
}

/**
 * How many seconds of this day have gone.
 * @param {Date} [now]
 */
export function secondsToday(now = new Date()) {
  return (now.getTime() - new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime()) / 1000;
}

/** @typedef {{shape: "available" | "connected" | "absent", word: string, reason: string}} State */

/**
 * The agent's own status in words. Locked and idle are the machine's, a break is the agent's.
 * @param {OwnStatus} status
 * @param {OwnLoad | null} load
 * @returns {State}
 */
export function ownState(status, load) {
  if (status.status === "break") return { shape: "absent", word: "On break", reason: status.reason };
  if (status.locked) return { shape: "absent", word: WORDS.absent, reason: "screen locked" };
  if (status.idle) return { shape: "absent", word: WORDS.absent, reason: "idle" };
  if (load && load.active >= load.total) return { shape: "connected", word: WORDS.connected, reason: `full ${load.active}/${load.total}` };
  return { shape: "available", word: WORDS.available, reason: "" };
}

/**
 * What to say to an agent with nobody in hand.
 * @param {OwnStatus | null} status
 * @param {ReadonlyMap<string, DeskInfo>} desks
 * @param {boolean} known
 * @returns {{title: string, detail: string, onBreak: boolean}}
 */
export function idleWords(status, desks, known) {
  if (!known) return { title: "Asking your node…", detail: "", onBreak: false };
  if (status?.status === "break")
    return { title: `You are on break${status.reason ? `: ${status.reason}` : ""}.`, detail: "No client is given to you meanwhile.", onBreak: true };
  if (status?.locked || status?.idle)
    return { title: `You are absent: ${status.locked ? "screen locked" : "idle"}.`, detail: "No client is given to you meanwhile.", onBreak: false };
  if (!desks.size)
    return { title: "No desk is connected.", detail: "Clients come through a desk of your site. Your node connects by itself when one is there.", onBreak: false };
  if (status?.capacity === 0) return { title: "Your capacity is 0.", detail: "Raise it above to be given clients.", onBreak: false };
  return { title: "No client yet.", detail: "The next one comes by itself.", onBreak: false };
}

/**
 * "display 2", "displays 1 and 2".
 * @param {readonly number[]} numbers
 */
export function displays(numbers) {
  const [last, ...rest] = [...numbers].reverse();
  if (last === undefined) return "no display";
  return rest.length ? `displays ${rest.reverse().join(", ")} and ${last}` : `display ${last}`;
}

/**
 * Who looks at this screen, in a few words; empty: nobody. Who was let in and was sent nothing yet is about to.
 * @param {readonly Watcher[]} watchers
 */
export function watching(watchers) {
  const large = watchers.filter((each) => !each.wall);
  if (!large.length && watchers.length > 0) return onTheWall(watchers);
  return inFull(large);
}

/**
 * @param {readonly Watcher[]} watchers
 */
function onTheWall(watchers) {
  const names = [...new Set(watchers.map((each) => each.name))];
  return names.length === 1 ? `${names[0]} has you on the wall` : `${names.slice(0, -1).join(", ")} and ${names.at(-1)} have you on their walls`;
}

/** @param {readonly Watcher[]} watchers */
function inFull(watchers) {
  const seen = watchers.filter((each) => each.shown_since !== null);
  if (seen.length > 0) return viewing(seen, "is viewing", "are viewing");
  return watchers.length > 0 ? viewing(watchers, "is about to view", "are about to view") : "";
}

/**
 * @param {readonly Watcher[]} watchers
 * @param {string} one
 * @param {string} several
 */
function viewing(watchers, one, several) {
  const names = [...new Set(watchers.map((each) => each.name))];
  if (names.length === 1) return `${names[0]} ${one} ${displays([...new Set(watchers.flatMap((each) => each.displays))].sort((a, b) => a - b))}`;
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)} ${several} your screen`;
}

/**
 * "5 minutes", "1 minute", "90 seconds".
 * @param {number} span  minutes
 */
export function minutes(span) {
  if (!Number.isInteger(span)) return `${Math.round(span * 60)} seconds`;
  return span === 1 ? "1 minute" : `${span} minutes`;
}

/**
 * What the site's policy means for somebody who may be watched.
 * @param {Policy} policy
 */
export function consentWords(policy) {
  const what = { notify: "You are told when a supervisor views your screen.", ask: "You are asked before a supervisor views your screen.", off: "Supervisors may not view your screen." };
  return `${what[policy.glance]}${policy.reason_required && policy.glance !== "off" ? " They must say why." : ""}`;
}

/**
 * Logs by conversation, where those that did not change are the same arrays as before.
 * @param {ReadonlyMap<string, Entry[]>} before
 * @param {ReadonlyMap<string, Entry[]>} after
 */
export function sameArrays(before, after) {
  const kept = new Map(after);
  for (const [key, log] of after) {
    const old = before.get(key);
    if (old && old.length === log.length && old.every((each, i) => each === log[i])) kept.set(key, old);
  }
  return kept;
}
