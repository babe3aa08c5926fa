// @ts-check
// What the chat page says, apart from how it looks.

/** @import { Line, View } from "./chat-state.js" */

/**
 * A line that nobody said: what happened.
 * @param {Pick<Line, "kind" | "name">} line
 * @param {string} me  the client's own name
 */
export function happened({ kind, name }, me) {
  switch (kind) {
    case "joined":
      return `${name || "Somebody"} joined`;
    case "queued":
      return "You are in line again";
    case "complete":
      return "The conversation was completed";
    case "left":
      return name === me ? "You left the conversation" : `${name} left the conversation`;
    default:
      return "";
  }
}

/**
 * How things stand, in one line.
 * @param {View} view
 */
export function standing({ state, position, agent }) {
  if (state === "open") return agent ? `Talking with ${agent}` : "Somebody is here for you";
  if (state === "done") return "Completed";
  return position ? `You are number ${position} in line` : "You are in line";
}

/**
 * Under the queue position.
 * @param {number} position
 */
export function patience(position) {
  return position === 1 ? "You are next. Keep this page open." : "Keep this page open; you can add to your message meanwhile.";
}

/**
 * The time of day; with the day if that was not today.
 * @param {number} at  milliseconds since 1970
 * @param {Date} [now]
 */
export function clock(at, now = new Date()) {
  const then = new Date(at);
  const time = then.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  if (then.toDateString() === now.toDateString()) return time;
  return `${then.toLocaleDateString([], { day: "numeric", month: "short" })}, ${time}`;
}

const TOGETHER = 5 * 60 * 1000;

/**
 * Whether a line goes on where the one before it ended: the same person, soon after.
 * @param {Pick<Line, "kind" | "name" | "at">} line
 * @param {Pick<Line, "kind" | "name" | "at"> | undefined} before
 */
export function goesOn(line, before) {
  return before !== undefined && before.kind === line.kind && before.name === line.name && line.at - before.at < TOGETHER;
}

/**
 * What is wrong with an e-mail address or telephone number; empty if nothing that can be seen.
 * @param {string} contact
 */
export function whyNotContact(contact) {
  const text = contact.trim();
  if (!text || /^[^\s@]+@[^\s@]+$/.test(text) || /^[+(]?[\d\s()./-]{4,}$/.test(text)) return "";
  return "This does not look like an e-mail address or a telephone number.";
}
