// @ts-check
// Where the page is, as its address has it: which agent, which conversation, which tray. And what the address asked
// to watch, which is done once, so that a reload does not watch again by itself.

import { agents } from "../frame/board.js";
import { sorted } from "../team/status.js";
import { signal } from "../vendor/signals.mjs";
import { leaveAgent } from "./supervision.js";
import { TRAYS } from "./trays.js";

/** @import { Tray } from "./trays.js" */

const address = new URLSearchParams(location.search);

/** The agent's node; empty: none is chosen. */
export const selected = signal(address.get("agent") ?? "");
/** The conversation that is open; empty: the first of the list. */
export const chosen = signal(address.get("conversation") ?? "");
export const tray = signal(trayOf(address));

const wanted = {
  agent: address.get("agent") ?? "",
  displays: (address.get("glance") ?? "").split(",").map(Number).filter((number) => number > 0),
  reason: address.get("reason") ?? "",
};

/**
 * The displays of this agent that the address asked for; none from then on.
 * @param {string} node
 * @returns {readonly number[]}
 */
export function takeWanted(node) {
  if (node !== wanted.agent) return [];
  const displays = wanted.displays;
  if (displays.length) {
    wanted.displays = [];
    writeAddress("replaceState");
  }
  return displays;
}

/** Why the screen is to be watched, if the address said so; empty from then on. */
export function takeReason() {
  const reason = wanted.reason;
  wanted.reason = "";
  return reason;
}

/** @param {string} node */
export function select(node) {
  tray.value = "";
  if (node !== selected.peek()) {
    leaveAgent();
    selected.value = node;
    chosen.value = "";
  }
  writeAddress("pushState");
}

/**
 * The agent so many further in the list, round and round.
 * @param {number} by
 */
export function step(by) {
  const order = sorted(agents.peek().values(), "agent", false).map((row) => row.node);
  const at = order.indexOf(selected.peek());
  const next = order[(at + by + order.length) % order.length];
  if (next) select(next);
}

/** @param {string} conversation */
export function open(conversation) {
  chosen.value = conversation;
  writeAddress("replaceState");
}

/** @param {Tray | ""} name */
export function openTray(name) {
  tray.value = name;
  writeAddress("replaceState");
}

/**
 * @param {URLSearchParams} query
 * @returns {Tray | ""}
 */
function trayOf(query) {
  const name = query.get("tray") ?? "";
  return name in TRAYS ? /** @type {Tray} */ (name) : "";
}

/** @param {"pushState" | "replaceState"} how */
function writeAddress(how) {
  const query = new URLSearchParams();
  if (selected.peek()) query.set("agent", selected.peek());
  if (chosen.peek()) query.set("conversation", chosen.peek());
  if (tray.peek()) query.set("tray", tray.peek());
  history[how](null, "", `${location.pathname}?${query}`);
}

window.addEventListener("popstate", () => {
  const query = new URLSearchParams(location.search);
  if ((query.get("agent") ?? "") !== selected.peek()) leaveAgent();
  selected.value = query.get("agent") ?? "";
  chosen.value = query.get("conversation") ?? "";
  tray.value = trayOf(query);
});
