// @ts-check
// An agent's status in words, and agents in order. Pure: the page's texts about presence are all here.

import { ago, duration, roughly, timeOfDay } from "../frame/time.js";

/** @import { AgentRow, Display } from "../frame/types.js" */

export const WORDS = Object.freeze({
  available: "Available",
  connected: "Connected",
  acw: "After call work",
  absent: "Absent",
});

/** Seconds for which a peer that fell silent is shown as such, before it counts as simply offline. */
const FELL_SILENT = 120;

/**
 * What there is to add to the status, in a few words: why an agent is absent, that one is full, how long one
 * has been at it after a call. Empty for an agent who is simply available.
 * @param {AgentRow} row
 * @param {number} now
 */
export function reason(row, now) {
  if (row.status === "connected") return `full ${row.active}/${row.total}`;
  if (row.status === "acw") return duration(now - row.since);
  if (row.why === "idle") return "idle";
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

/**
 * A column to sort by, or the usual order: who has a client waiting longest, then by name.
 * @typedef {"usual" | "agent" | "status" | "since" | "presence" | "activity" | "capacity" | "ongoing" | "completed" | "waiting" | "aht"} SortKey
 */

/**
 * What a column sorts by, smallest first; null comes last whichever way it is sorted.
 * @type {Readonly<Record<Exclude<SortKey, "agent">, (row: AgentRow) => number | null>>}
 */
const SORT_VALUES = Object.freeze({
  usual: (row) => row.waiting_since,
  status: (row) => Object.keys(WORDS).indexOf(row.status),
  since: (row) => -row.since,
  presence: (row) => (row.online ? row.online_since ?? 0 : 1e12 - (row.last_heard ?? 0)),
  activity: (row) => (row.last_activity === null ? null : -row.last_activity),
  capacity: (row) => (row.total ? row.active / row.total : null),
  ongoing: (row) => row.ongoing,
  completed: (row) => row.completed,
  waiting: (row) => row.waiting,
  aht: (row) => row.aht,
});

const words = new Intl.Collator();

/**
 * @param {AgentRow} a
 * @param {AgentRow} b
 */
function byName(a, b) {
  return words.compare(a.name, b.name) || words.compare(a.email, b.email) || (a.node < b.node ? -1 : 1);
}

/**
 * Agents in the order of a column; equal ones by name.
 * @param {Iterable<AgentRow>} rows
 * @param {SortKey} key
 * @param {boolean} descending
 */
export function sorted(rows, key, descending) {
  const sign = descending ? -1 : 1;
  if (key === "agent") return [...rows].sort((a, b) => sign * byName(a, b));
  const value = SORT_VALUES[key];
  return [...rows].sort((a, b) => inOrder(value(a), value(b), sign) || byName(a, b));
}

/**
 * @param {number | null} a
 * @param {number | null} b
 * @param {number} sign
 */
function inOrder(a, b, sign) {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return sign * (a - b);
}

/**
 * Nodes as they stood, while the pointer or the focus is among their rows: whatever is still there keeps its
 * place, new ones come last.
 * @param {readonly string[]} wanted  in the order wanted
 * @param {readonly string[]} held  in the order shown
 * @param {(node: string) => boolean} there  whether there still is such an agent, wanted or not
 */
export function inHeldOrder(wanted, held, there) {
  const shown = new Set(held);
  return [...held.filter(there), ...wanted.filter((node) => !shown.has(node))];
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
