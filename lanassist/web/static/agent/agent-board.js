// @ts-check
// What the agent's node knows about this agent, as signals; and what only this page knows: what was seen, and
// who is chosen.

import { clientRows, sameArrays, secondsToday } from "./agent-shape.js";
import { command } from "../frame/api.js";
import { nodeNow, topic } from "../frame/board.js";
import { inParts } from "../conversation/clients.js";
import { byConversation } from "../conversation/conversation.js";
import { Outgoing } from "./outgoing.js";
import { computed, effect, signal } from "../vendor/signals.mjs";

/** @import { Values } from "../frame/board.js" */
/** @import { Controller, DeskInfo, Entry, OwnConversation, OwnLoad, OwnStatus, Watched, Watcher, Whisper } from "../conversation/conversation-types.js" */
/** @import { Signal } from "../vendor/signals.mjs" */

export const mine = /** @type {Signal<Values<OwnConversation>>} */ (topic("conversations.mine"));
export const desks = /** @type {Signal<Values<DeskInfo>>} */ (topic("conversations.desks"));
export const whispers = /** @type {Signal<Values<Whisper>>} */ (topic("conversations.whispers"));
export const watchers = /** @type {Signal<Values<Watcher>>} */ (topic("glance.watchers"));
export const watched = /** @type {Signal<Values<Watched>>} */ (topic("audit.watched"));
const ownMasks = /** @type {Signal<Values<{masks: readonly string[]}>>} */ (topic("glance.masks"));
const drafts = /** @type {Signal<Values<{text: string}>>} */ (topic("conversations.drafts"));
const entries = /** @type {Signal<Values<Entry>>} */ (topic("conversations.entries"));
const statuses = /** @type {Signal<Values<OwnStatus>>} */ (topic("presence.self"));
const loads = /** @type {Signal<Values<OwnLoad>>} */ (topic("conversations.load"));
const controllers = /** @type {Signal<Values<Controller>>} */ (topic("conversations.controller"));
export const status = computed(() => statuses.value.get("self") ?? null);
export const load = computed(() => loads.value.get("self") ?? null);
/** What nobody sees of this screen; null if there is nothing. */
export const masks = computed(() => ownMasks.value.get("self") ?? null);
export const controller = computed(() => controllers.value.get("self") ?? null);

/** Each conversation's log, of those in hand. @type {Signal<ReadonlyMap<string, Entry[]>>} */
export const logs = signal(new Map());
effect(() => {
  logs.value = sameArrays(logs.peek(), byConversation(entries.value));
});

export const chosen = signal(new URLSearchParams(location.search).get("conversation") ?? "");

const SEEN = "lanassist-seen";
const seen = signal(/** @type {ReadonlyMap<string, number>} */ (new Map(remembered(SEEN))));
const dismissed = signal(/** @type {ReadonlySet<string>} */ (new Set(remembered("lanassist-whispers"))));
const visible = signal(document.visibilityState === "visible");
document.addEventListener("visibilitychange", () => (visible.value = document.visibilityState === "visible"));

/** Whether one column is shown at a time; the same width as in agent.css. */
const oneColumn = matchMedia("(max-width: 900px)");
export const narrow = signal(oneColumn.matches);
oneColumn.addEventListener("change", () => (narrow.value = oneColumn.matches));

/** The column that is shown where there is room for one. */
export const view = signal(/** @type {"list" | "conversation" | "info"} */ (chosen.peek() ? "conversation" : "list"));

effect(() => {
  const last = logs.value.get(chosen.value)?.at(-1)?.seq ?? 0;
  const hidden = !visible.value || (narrow.value && view.value !== "conversation");
  if (hidden || (seen.peek().get(chosen.value) ?? 0) >= last) return;
  seen.value = new Map(seen.peek()).set(chosen.value, last);
  remember(SEEN, [...seen.peek()].slice(-500));
});

export const rows = computed(() => clientRows(mine.value.values(), logs.value, seen.value, nodeNow() - secondsToday()));
export const unreadTotal = computed(() => rows.value.reduce((sum, row) => sum + row.unread, 0));

/** Supervisors' words that were not put away yet, the newest first. */
export const openWhispers = computed(() =>
  [...whispers.value].filter(([id]) => !dismissed.value.has(id)).sort(([, a], [, b]) => b.at - a.at),
);

/** @param {string} id */
export function putAway(id) {
  dismissed.value = new Set(dismissed.peek()).add(id);
  remember("lanassist-whispers", [...dismissed.peek()].slice(-500));
}

/** The categories of each desk; kept while it is away. */
const categories = /** @type {Map<string, string[]>} */ (new Map());

/** @param {string} desk */
export function categoriesOf(desk) {
  const info = desks.value.get(desk);
  if (info) categories.set(desk, info.categories);
  return categories.get(desk) ?? [];
}

export const outgoing = new Outgoing(command, () => crypto.randomUUID(), {
  now: () => performance.now(),
  sleep: (milliseconds) => new Promise((wake) => void setTimeout(wake, milliseconds)),
});

// What an earlier page left in the composer; this page's own words come back on this topic too, and change nothing.
effect(() => {
  for (const [conversation, { text }] of drafts.value) outgoing.restore(conversation, text);
});

/** Whose text field is to have the focus next, and for which kind of text; null once it has it. */
export const writeTo = signal(/** @type {{conversation: string, kind: "reply" | "note" | "either"} | null} */ (null));

/** @param {string} conversation */
export function choose(conversation) {
  chosen.value = conversation;
  history.replaceState(null, "", conversation ? `/agent?conversation=${encodeURIComponent(conversation)}` : "/agent");
}

/**
 * Choose it, and turn to it where one column is shown.
 * @param {string} conversation
 */
export function show(conversation) {
  choose(conversation);
  view.value = "conversation";
}

/**
 * Show it, to write in it: the text field has the focus, except where that would raise a keyboard over the page.
 * @param {string} conversation
 */
export function workOn(conversation) {
  show(conversation);
  if (!narrow.peek()) writeTo.value = { conversation, kind: "either" };
}

/** Whom to begin with. */
export function firstOfAll() {
  return inParts(rows.peek().filter((row) => row.part !== "done")).flatMap((part) => part.rows)[0]?.id ?? "";
}

/** @param {string} key */
function remembered(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "[]");
  } catch {
    return [];
  }
}

/**
 * @param {string} key
 * @param {unknown} value
 */
function remember(key, value) {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing loses only what was read and put away here.
  }
}
