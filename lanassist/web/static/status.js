// @ts-check
// An agent's status in words, and agents in order. Pure: the page's texts about presence are all here.

import { ago, roughly, timeOfDay } from "./time.js";

/** @import { AgentRow, Display } from "./types.js" */

export const WORDS = Object.freeze({
  available: "Available",
  connected: "Connected",
  acw: "After call work",
  absent: "Absent",
});

/** Seconds for which a peer that fell silent is shown as such, before it counts as simply offline. */
const FELL_SILENT = 120;

/**
 * Why an agent is absent, in a few words; empty otherwise.
 * @param {AgentRow} row
 * @param {number} now
 */
export function reason(row, now) {
  if (row.why === "break") return row.reason ? `on break: ${row.reason}` : "on break";
  if (row.why === "locked") return "screen locked";
  if (row.why === "offline") return row.last_heard === null ? "offline" : `offline since ${timeOfDay(now - row.last_heard)}`;
  return row.reason;
}

/**
 * Whether this agent's node fell silent just now, so that what is shown may not hold any more.
 * @param {AgentRow} row
 * @param {number} now
 */
export function silent(row, now) {
  return !row.online && row.last_heard !== null && now - row.last_heard < FELL_SILENT;
}

/**
 * The presence column: how long online, or when last heard.
 * @param {AgentRow} row
 * @param {number} now
 */
export function presence(row, now) {
  if (row.online && row.online_since !== null) {
    const span = now - row.online_since;
    return { main: roughly(span), detail: `online since ${timeOfDay(span)}` };
  }
  if (row.last_heard === null) return { main: "—", detail: "not heard from yet" };
  return { main: "Offline", detail: `last heard ${ago(now - row.last_heard)}` };
}

/**
 * "2 displays", and whether the desktop is locked.
 * @param {AgentRow} row
 */
export function screen(row) {
  if (!row.online) return { main: "—", detail: "" };
  const count = row.displays.length;
  const main = count === 1 ? "1 display" : count ? `${count} displays` : "No display";
  return { main, detail: row.locked ? "locked" : row.screen_error ? "cannot be shown" : count === 1 ? size(row.displays[0]) : "" };
}

/** @param {Display} display */
export function size(display) {
  return `${display.width} × ${display.height}`;
}

/** @typedef {"agent" | "status" | "since" | "presence" | "activity"} SortKey */

/**
 * What a column sorts by. Text compares as people expect, numbers by size.
 * @param {AgentRow} row
 * @param {SortKey} key
 */
function sortValue(row, key) {
  if (key === "status") return Object.keys(WORDS).indexOf(row.status);
  if (key === "since") return -row.since;
  if (key === "presence") return row.online ? row.online_since ?? 0 : 1e12 - (row.last_heard ?? 0);
  if (key === "activity") return -(row.last_activity ?? -1e12);
  return 0;
}

/**
 * Agents in the order of a column; equal ones by name.
 * @param {Iterable<AgentRow>} rows
 * @param {SortKey} key
 * @param {boolean} descending
 */
export function sorted(rows, key, descending) {
  const sign = descending ? -1 : 1;
  const byName = (/** @type {AgentRow} */ a, /** @type {AgentRow} */ b) =>
    a.name.localeCompare(b.name) || a.email.localeCompare(b.email) || a.node.localeCompare(b.node);
  const byKey = (/** @type {AgentRow} */ a, /** @type {AgentRow} */ b) => sortValue(a, key) - sortValue(b, key);
  return [...rows].sort((a, b) => (key === "agent" ? sign * byName(a, b) : sign * byKey(a, b) || byName(a, b)));
}

/**
 * Rows as they stood, while the pointer or the focus is among them: those that are still there keep their
 * place, new ones come last.
 * @param {AgentRow[]} rows  in the order wanted
 * @param {readonly string[]} held  node ids in the order shown
 */
export function inHeldOrder(rows, held) {
  const place = new Map(held.map((node, i) => [node, i]));
  const at = (/** @type {AgentRow} */ row) => place.get(row.node) ?? held.length;
  return [...rows].sort((a, b) => at(a) - at(b));
}

/**
 * Whether every word of the search is in the agent's name, e-mail, teams, or status.
 * @param {AgentRow} row
 * @param {string} search
 */
export function fits(row, search) {
  const text = [row.name, row.email, ...row.teams, WORDS[row.status], row.why, row.reason].join(" ").toLowerCase();
  return search.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}
