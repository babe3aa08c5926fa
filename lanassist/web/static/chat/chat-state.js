// @ts-check
// The conversation as the page knows it: what it was told, what it wants to say, and how it stands with the desk.
// Others change it: chat-live.js hears, chat-outbox.js says, chat-begin.js begins and goes on.

import { signal } from "../vendor/signals.mjs";

/** @import { Declined } from "./chat-door.js" */
/** @import { Outgoing } from "./chat-memory.js" */
/** @typedef {{seq: number, id: string, kind: "client" | "say" | "complete" | "joined" | "queued" | "left", text: string, name: string, at: number}} Line */
/** @typedef {{state: "waiting" | "open" | "done", position: number, agent: string}} View */
/** @typedef {{text: string, final?: boolean, anew?: boolean}} Notice */
/** @template T @typedef {import("../vendor/signals.mjs").Signal<T>} Signal */

/** @type {Signal<"form" | "starting" | "conversation">} */
export const mode = signal("form");
/** Its id; empty: there is none. */
export const conversation = signal("");
/** @type {Signal<Line[]>} */
export const lines = signal([]);
/** @type {Signal<View>} */
export const view = signal({ state: "waiting", position: 0, agent: "" });
export const agentTypes = signal(false);
/** @type {Signal<"connecting" | "live" | "lost">} */
export const connection = signal("connecting");
/** @type {Signal<Outgoing[]>} */
export const outbox = signal([]);
/**
 * A sentence for the client. `final`: nothing more can be done in this conversation; `anew`: but in another.
 * @type {Signal<Notice>}
 */
export const notice = signal({ text: "" });
/** News while nobody looked. */
export const unseen = signal(0);

export const lastSeq = () => lines.peek().at(-1)?.seq ?? 0;

/**
 * Another conversation, of which nothing is known yet.
 * @param {string} id
 */
export function turnTo(id) {
  conversation.value = id;
  lines.value = [];
  view.value = { state: "waiting", position: 0, agent: "" };
  notice.value = { text: "" };
}

/**
 * The desk declined for good: say so, if it is about the whole conversation.
 * @param {Declined} error
 */
export function end(error) {
  if (!["client-blocked", "unknown-conversation", "bad-input"].includes(error.code)) return;
  notice.value = { text: error.message, final: true, anew: error.code !== "client-blocked" };
}
