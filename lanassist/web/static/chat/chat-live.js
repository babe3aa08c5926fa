// @ts-check
// Hearing: the live socket, which comes back by itself, and reading on without it.

import { Declined, read } from "./chat-door.js";
import { agentTypes, connection, conversation, end, lastSeq, lines, notice, unseen, view } from "./chat-state.js";
import { socketAddress } from "../frame/socket-address.js";

/** @import { Line } from "./chat-state.js" */

export const FIRST_WAIT = 0.5;
export const LONGEST_WAIT = 8;
const SILENCE = 25;
const TYPING_SHOWN = 8;

let wait = FIRST_WAIT;
/** @type {WebSocket | null} */
let socket = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let retry;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let typingOver;

/** Whether what is said is heard at once. */
export function live() {
  return connection.peek() === "live" && socket !== null;
}

/** Open the live socket; it comes back by itself. */
export function follow() {
  clearTimeout(retry);
  const before = socket;
  socket = null;
  before?.close();
  if (!conversation.peek() || notice.peek().final) return;
  const query = new URLSearchParams({ conversation: conversation.peek(), after: String(lastSeq()) });
  const mine = new WebSocket(socketAddress(`/chat/live?${query}`));
  socket = mine;
  let silence = setTimeout(() => mine.close(), SILENCE * 1000);
  mine.onmessage = (event) => {
    if (socket !== mine) return;
    clearTimeout(silence);
    silence = setTimeout(() => mine.close(), SILENCE * 1000);
    wait = FIRST_WAIT;
    connection.value = "live";
    hear(JSON.parse(event.data));
  };
  mine.onclose = () => {
    clearTimeout(silence);
    if (socket === mine) void lost();
  };
}

async function lost() {
  socket = null;
  agentTypes.value = false;
  const span = wait * (0.75 + Math.random() / 2);
  wait = Math.min(wait * 2, LONGEST_WAIT);
  await readOn();
  if (socket === null) retry = setTimeout(follow, span * 1000);
}

/** Without the socket: what was missed can still be read, and if not, why. */
async function readOn() {
  const where = conversation.peek();
  try {
    for (let more = true; more; ) {
      const found = await read(where, lastSeq());
      if (where !== conversation.peek()) return;
      take(found.lines);
      view.value = found.view;
      more = found.more;
    }
    connection.value = "live";
  } catch (error) {
    if (error instanceof Declined && !error.wait) end(error);
    connection.value = "lost";
  }
}

/** @param {any} told */
function hear(told) {
  if (told.t === "lines") take(told.lines);
  else if (told.t === "view") view.value = told;
  else if (told.t === "typing") {
    clearTimeout(typingOver);
    agentTypes.value = told.typing;
    if (told.typing) typingOver = setTimeout(() => (agentTypes.value = false), TYPING_SHOWN * 1000);
  }
}

/** @param {(Line & {age: number})[]} told */
function take(told) {
  const last = lastSeq();
  const news = told.filter((each) => each.seq > last).map((each) => ({ ...each, at: Date.now() - each.age * 1000 }));
  if (!news.length) return;
  if (news.some((each) => each.kind === "say")) {
    agentTypes.value = false;
    if (last && document.visibilityState !== "visible") unseen.value += news.filter((each) => each.kind === "say").length;
  }
  lines.value = [...lines.peek(), ...news];
}
