// @ts-check
// The event socket: keeps the board current, and comes back by itself when the node was away.

import { takeIn } from "./board.js";
import { socketAddress } from "./socket-address.js";
import { signal } from "../vendor/signals.mjs";

const FIRST_WAIT = 0.5;
const LONGEST_WAIT = 8;
const ANSWER_DEADLINE = 5;

/**
 * How the page stands with its own node. `wait`: seconds until the next try.
 * @type {import("../vendor/signals.mjs").Signal<{state: "connecting" | "live" | "lost", wait: number}>}
 */
export const connection = signal({ state: "connecting", wait: 0 });

let wait = FIRST_WAIT;
let open = /** @type {WebSocket | null} */ (null);
let heardAt = 0;

/** Ask the node whether it is there. The answer is a message like any other. */
export function askNode() {
  if (open?.readyState === WebSocket.OPEN) open.send("?");
}

/** Seconds since the node was last heard. */
export function silence() {
  return (performance.now() - heardAt) / 1000;
}

/** Connect, and stay connected. Called once by a page. */
export function followEvents() {
  const socket = new WebSocket(socketAddress("/api/events"));
  open = socket;
  const slow = setTimeout(() => socket.close(), ANSWER_DEADLINE * 1000);
  socket.onmessage = (event) => {
    clearTimeout(slow);
    wait = FIRST_WAIT;
    heardAt = performance.now();
    takeIn(JSON.parse(event.data));
    if (connection.peek().state !== "live") connection.value = { state: "live", wait: 0 };
  };
  socket.onclose = () => {
    clearTimeout(slow);
    void lost();
  };
}

async function lost() {
  const pause = wait * (0.75 + Math.random() / 2);
  wait = Math.min(wait * 2, LONGEST_WAIT);
  connection.value = { state: "lost", wait: pause };
  if (await signedOut()) return location.reload();
  setTimeout(followEvents, pause * 1000);
}

/** Whether the node is there but does not know this browser (any more): then its own page says so. */
async function signedOut() {
  try {
    const response = await fetch(location.pathname, { method: "HEAD", cache: "no-store" });
    return response.status === 401 || response.status === 403;
  } catch {
    return false;
  }
}

/**
 * Call back whenever the node is lost, and when it is back.
 * @param {(state: "connecting" | "live" | "lost") => void} heard
 */
export function onConnection(heard) {
  return connection.subscribe(({ state }) => heard(state));
}
