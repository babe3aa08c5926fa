// @ts-check
// Beginning a conversation, and going on where this browser was.

import { Declined, tell } from "./chat-door.js";
import { follow } from "./chat-live.js";
import { forget, onChangeElsewhere, remember, remembered } from "./chat-memory.js";
import { deliver, untilAnswered } from "./chat-outbox.js";
import { connection, conversation, mode, notice, outbox, turnTo, unseen } from "./chat-state.js";

/** @import { Beginning } from "./chat-memory.js" */

/** Seconds that a beginning which was declined for now waits by itself. */
const LONGEST_PAUSE = 60;

/** Go on where this browser was. Called once. */
export function resume() {
  takeUp();
  onChangeElsewhere(takeUp);
  addEventListener("online", () => follow());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    unseen.value = 0;
    if (connection.peek() === "lost") follow();
  });
}

function takeUp() {
  const kept = remembered();
  outbox.value = kept.outbox;
  if (kept.conversation !== conversation.peek()) {
    turnTo(kept.conversation);
    follow();
  }
  if (kept.conversation) {
    mode.value = "conversation";
    void deliver();
  } else if (kept.beginning && mode.peek() !== "starting") void start(kept.beginning);
  else if (!kept.beginning) mode.value = "form";
}

/**
 * Begin, trying until it is known to have begun or was declined. Under one id it begins once.
 * @param {Beginning} beginning
 */
export async function start(beginning) {
  mode.value = "starting";
  notice.value = { text: "" };
  remember({ beginning, name: beginning.name });
  try {
    const started = await untilAnswered(() => startOnce(beginning), LONGEST_PAUSE);
    remember({ conversation: started.conversation, beginning: null, outbox: [] });
    takeUp();
  } catch (declined) {
    remember({ beginning: null });
    mode.value = "form";
    notice.value = { text: /** @type {Error} */ (declined).message };
  }
}

/** @param {Beginning} beginning */
async function startOnce(beginning) {
  try {
    return await tell("start", { ...beginning });
  } catch (error) {
    if (!(error instanceof Declined) || error.code !== "no-cookie") throw error;
    return await tell("start", { ...beginning }); // the browser has the cookie now, if it keeps any
  }
}

/** Leave this conversation behind, and begin another. */
export function beginAnew() {
  forget();
  takeUp();
}

export const transcriptAddress = () => `/chat/transcript?${new URLSearchParams({ conversation: conversation.peek() })}`;
