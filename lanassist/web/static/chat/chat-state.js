// @ts-check
// The conversation as the page knows it: what it was told, what it wants to say, and how it stands with the desk.

import { Declined, Unreachable, read, tell } from "./chat-door.js";
import { forget, freshId, onChangeElsewhere, remember, remembered } from "./chat-memory.js";
import { socketAddress } from "../frame/socket-address.js";
import { signal } from "../vendor/signals.mjs";

/** @import { Beginning, Outgoing } from "./chat-memory.js" */
/** @typedef {{seq: number, id: string, kind: "client" | "say" | "complete" | "joined" | "queued" | "left", text: string, name: string, at: number}} Line */
/** @typedef {{state: "waiting" | "open" | "done", position: number, agent: string}} View */
/** @template T @typedef {import("../vendor/signals.mjs").Signal<T>} Signal */

const FIRST_WAIT = 0.5;
const LONGEST_WAIT = 8;
const SILENCE = 25;
const TYPING_SHOWN = 8;

/** @type {Signal<"form" | "starting" | "conversation">} */
export const mode = signal("form");
/** @type {Signal<Line[]>} */
export const lines = signal([]);
/** @type {Signal<View>} */
export const view = signal({ state: "waiting", position: 0, agent: "" });
export const agentTypes = signal(false);
/** @type {Signal<"connecting" | "live" | "lost">} */
export const connection = signal("connecting");
/** @type {Signal<Outgoing[]>} */
export const outbox = signal([]);
/** @typedef {{text: string, final?: boolean, anew?: boolean}} Notice */
/**
 * A sentence for the client. `final`: nothing more can be done in this conversation; `anew`: but in another.
 * @type {Signal<Notice>}
 */
export const notice = signal({ text: "" });
/** News while nobody looked. */
export const unseen = signal(0);

let conversation = "";
let wait = FIRST_WAIT;
/** @type {WebSocket | null} */
let socket = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let retry;
let delivering = false;

/** @param {number} seconds */
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const lastSeq = () => lines.peek().at(-1)?.seq ?? 0;

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
  if (kept.conversation !== conversation) {
    conversation = kept.conversation;
    lines.value = [];
    view.value = { state: "waiting", position: 0, agent: "" };
    notice.value = { text: "" };
    follow();
  }
  if (conversation) {
    mode.value = "conversation";
    void deliver();
  } else if (kept.beginning && mode.peek() !== "starting") void start(kept.beginning);
  else if (!kept.beginning) mode.value = "form";
}

export const transcriptAddress = () => `/chat/transcript?${new URLSearchParams({ conversation })}`;

// --- beginning -----------------------------------------------------------------------------------------

/**
 * Begin, trying until it is known to have begun or was declined. Under one id it begins once.
 * @param {Beginning} beginning
 */
export async function start(beginning) {
  mode.value = "starting";
  notice.value = { text: "" };
  remember({ beginning, name: beginning.name });
  try {
    const started = await untilAnswered(() => startOnce(beginning), 60);
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

/**
 * Again and again while nobody answers, or until it may be tried again. Throws Declined for good.
 * @template T
 * @param {() => Promise<T>} act
 * @param {number} longest  seconds that it waits by itself when it was declined for now
 */
async function untilAnswered(act, longest) {
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

// --- saying --------------------------------------------------------------------------------------------

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
async function deliver() {
  if (delivering || !conversation) return;
  delivering = true;
  try {
    for (;;) {
      const next = remembered().outbox.find((each) => each.seq === undefined && !each.why);
      if (!next) return;
      const where = conversation;
      try {
        const sent = await untilAnswered(() => tell("say", { conversation: where, id: next.id, text: next.text }), Infinity);
        note(next.id, { seq: sent.seq });
        settle();
        if (connection.peek() !== "live" || !socket) follow();
      } catch (error) {
        if (!(error instanceof Declined)) throw error;
        note(next.id, { why: error.message });
        end(error);
      }
      if (where !== conversation) return;
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

/** @param {Declined} error */
function end(error) {
  if (!["client-blocked", "unknown-conversation", "bad-input"].includes(error.code)) return;
  notice.value = { text: error.message, final: true, anew: error.code !== "client-blocked" };
}

let saidTyping = 0;

/**
 * Tell that the client types, or no more; at most each three seconds.
 * @param {boolean} typing
 */
export function type(typing) {
  const now = Date.now();
  if (typing ? now - saidTyping < 3000 : !saidTyping) return;
  saidTyping = typing ? now : 0;
  tell("typing", { conversation, typing }).catch(() => undefined);
}

/** End the conversation. Throws Declined or Unreachable. */
export async function leave() {
  await tell("leave", { conversation, id: freshId() });
}

/** Leave this conversation behind, and begin another. */
export function beginAnew() {
  forget();
  takeUp();
}

// --- hearing -------------------------------------------------------------------------------------------

/** Open the live socket; it comes back by itself. */
function follow() {
  clearTimeout(retry);
  const before = socket;
  socket = null;
  before?.close();
  if (!conversation || notice.peek().final) return;
  const mine = new WebSocket(socketAddress(`/chat/live?${new URLSearchParams({ conversation, after: String(lastSeq()) })}`));
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
  const where = conversation;
  try {
    for (let more = true; more; ) {
      const found = await read(where, lastSeq());
      if (where !== conversation) return;
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

/** @type {ReturnType<typeof setTimeout> | undefined} */
let typingOver;

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
  settle();
}
