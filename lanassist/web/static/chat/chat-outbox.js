// @ts-check
// Saying: what the client wrote is kept in the browser until it stands in the conversation, and is told until then.

import { Declined, Unreachable, tell } from "./chat-door.js";
import { FIRST_WAIT, LONGEST_WAIT, follow, live } from "./chat-live.js";
import { freshId, remember, remembered } from "./chat-memory.js";
import { conversation, end, lines, mode, notice, outbox } from "./chat-state.js";
import { effect } from "../vendor/signals.mjs";

/** @import { Outgoing } from "./chat-memory.js" */

const TYPING_AGAIN = 3000;

let delivering = false;
let saidTyping = 0;

/** @param {number} seconds */
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** @param {string} text */
export function say(text) {
  put([...remembered().outbox, { id: freshId(), text, at: Date.now() }]);
  void deliver();
}

/**
 * Once more, under the same id.
 * @param {string} id
 */
export function tryAgain(id) {
  put(remembered().outbox.map((each) => (each.id === id ? { id, text: each.text, at: each.at } : each)));
  void deliver();
}

/** @param {string} id */
export const takeBack = (id) => put(remembered().outbox.filter((each) => each.id !== id));

/** @param {Outgoing[]} next */
function put(next) {
  remember({ outbox: next });
  outbox.value = next;
}

/** @param {string} id @param {Partial<Outgoing>} news */
const note = (id, news) => put(remembered().outbox.map((each) => (each.id === id ? { ...each, ...news } : each)));

/** One after the other, in the order in which they were written. */
export async function deliver() {
  if (delivering || !conversation.peek()) return;
  delivering = true;
  try {
    for (;;) {
      const next = remembered().outbox.find((each) => each.seq === undefined && !each.why);
      if (!next) return;
      const where = conversation.peek();
      try {
        const sent = await untilAnswered(() => tell("say", { conversation: where, id: next.id, text: next.text }), Infinity);
        note(next.id, { seq: sent.seq });
        settle();
        if (!live()) follow();
      } catch (error) {
        if (!(error instanceof Declined)) throw error;
        note(next.id, { why: error.message });
        end(error);
      }
      if (where !== conversation.peek()) return;
    }
  } finally {
    delivering = false;
  }
}

/** What has come back as a line is on its way no more. */
function settle() {
  const there = new Set(lines.peek().filter((line) => line.kind === "client").map((line) => line.id));
  const left = remembered().outbox.filter((each) => !there.has(each.id));
  if (left.length !== remembered().outbox.length) put(left);
}

effect(() => {
  if (lines.value.length) settle();
});

/**
 * Again and again while nobody answers, or until it may be tried again. Throws Declined for good.
 * @template T
 * @param {() => Promise<T>} act
 * @param {number} longest  seconds that it waits by itself when it was declined for now
 */
export async function untilAnswered(act, longest) {
  for (let span = FIRST_WAIT; ; span = Math.min(span * 2, LONGEST_WAIT)) {
    try {
      const answer = await act();
      if (notice.peek().text) notice.value = { text: "" };
      return answer;
    } catch (error) {
      if (error instanceof Declined && (!error.wait || error.wait > longest)) throw error;
      if (error instanceof Declined) notice.value = { text: error.message };
      else if (!(error instanceof Unreachable)) throw error;
      else if (mode.peek() === "starting") notice.value = { text: "Connection lost, trying again…" };
      else follow();
      await pause(error instanceof Declined ? error.wait : span);
    }
  }
}

/**
 * Tell that the client types, or no more; at most each three seconds.
 * @param {boolean} typing
 */
export function type(typing) {
  const now = Date.now();
  if (typing ? now - saidTyping < TYPING_AGAIN : !saidTyping) return;
  saidTyping = typing ? now : 0;
  tell("typing", { conversation: conversation.peek(), typing }).catch(() => undefined);
}

/** End the conversation. Throws Declined or Unreachable. */
export async function leave() {
  await tell("leave", { conversation: conversation.peek(), id: freshId() });
}
