// @ts-check
// How a request for help gets through: a chime, the window's title, and this browser's own notification where
// the node could not have the desktop show one.

import { effect, signal } from "../vendor/signals.mjs";
import { onRequest, onUntold, wanted } from "./requests.js";

/** @import { HelpRow } from "../call/call-types.js" */

const KEY = "lanassist.alerts";

/** @returns {{sound: boolean}} */
function remembered() {
  try {
    return { sound: JSON.parse(localStorage.getItem(KEY) ?? "{}").sound !== false };
  } catch {
    return { sound: true };
  }
}

/** Whether requests chime on this browser. */
export const sound = signal(remembered().sound);
/** The browser lets no page chime before it was clicked. */
export const hushed = signal(false);
/** Whether this browser shows notifications of the page: "default" means it was not asked yet. */
export const desktop = signal(typeof Notification === "undefined" ? "denied" : Notification.permission);

let context = /** @type {AudioContext | null} */ (null);

/** Two soft notes. */
export async function chime() {
  context ??= new AudioContext();
  await Promise.race([context.resume(), new Promise((later) => void setTimeout(later, 300))]);
  hushed.value = context.state !== "running";
  if (hushed.peek()) return;
  note(context, 784, 0);
  note(context, 1046.5, 0.18);
}

/**
 * @param {AudioContext} to
 * @param {number} hertz
 * @param {number} after  seconds
 */
function note(to, hertz, after) {
  const start = to.currentTime + after;
  const tone = new OscillatorNode(to, { frequency: hertz, type: "triangle" });
  const volume = new GainNode(to, { gain: 0 });
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(0.25, start + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, start + 0.6);
  tone.connect(volume).connect(to.destination);
  tone.start(start);
  tone.stop(start + 0.65);
}

/** Ask the browser to let requests be seen while another window is in front. */
export async function askForNotifications() {
  desktop.value = await Notification.requestPermission();
}

/** @param {HelpRow} row */
function notify(row) {
  if (desktop.peek() !== "granted" || !document.hidden) return;
  const notification = new Notification(`${row.agent_name} asks for help`, { body: row.reason, tag: row.id });
  notification.onclick = () => {
    window.focus();
    notification.close();
  };
}

/** Begin to alert; once a page. */
export function alertOfRequests() {
  const title = document.title;
  effect(() => {
    const [first, ...others] = wanted.value;
    document.title = first ? `(${others.length + 1}) ${first.agent_name} asks for help` : title;
  });
  effect(() => {
    try {
      localStorage.setItem(KEY, JSON.stringify({ sound: sound.value }));
    } catch {
      return; // a browser that keeps nothing begins with sound again
    }
  });
  document.addEventListener("pointerdown", () => void (hushed.peek() && chime()), { once: true });
  onRequest(() => {
    if (sound.peek()) void chime();
  });
  onUntold(notify);
}
