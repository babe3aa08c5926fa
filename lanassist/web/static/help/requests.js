// @ts-check
// Who asks for help, as this supervisor's pages show it. Draws nothing.

import { command, wordsOf } from "../frame/api.js";
import { topic } from "../frame/board.js";
import { computed, effect, signal } from "../vendor/signals.mjs";

/** @import { HelpRow } from "../call/call-types.js" */

const rows = /** @type {import("../vendor/signals.mjs").ReadonlySignal<ReadonlyMap<string, HelpRow>>} */ (topic("help.requests"));

/** All that nobody has taken up yet, the oldest first. */
export const open = computed(() => [...rows.value.values()].filter((row) => row.state === "asked").sort((a, b) => a.since - b.since));
/** Those that this supervisor wants to be told of. */
export const wanted = computed(() => open.value.filter((row) => !row.dismissed));
/** Taken up by this supervisor, and not done. */
export const mine = computed(() => [...rows.value.values()].filter((row) => row.state === "accepted" && row.mine));
/** The agents who ask, for the rows that are to stand out. */
export const asking = computed(() => new Set(open.value.map((row) => row.agent)));

/** Requests whose pop-up was put away; the strip still has them. */
const putAway = signal(/** @type {ReadonlySet<string>} */ (new Set()));
/** The request to pop up: the latest that was not put away. */
export const popUp = computed(() => wanted.value.filter((row) => !putAway.value.has(row.id)).at(-1) ?? null);
/** What was declined of the last deed. */
export const trouble = signal("");

/** Leave it to the strip. */
export function later() {
  putAway.value = new Set([...putAway.peek(), ...open.peek().map((row) => row.id)]);
}

/** @param {string} agent */
export const dismiss = (agent) => ask("help.dismiss", agent);
/** @param {string} agent */
export const accept = (agent) => ask("help.accept", agent);
/** @param {string} agent */
export const finish = (agent) => ask("help.finish", agent);

/**
 * @param {string} name
 * @param {string} agent
 */
async function ask(name, agent) {
  try {
    await command(name, { agent });
    trouble.value = "";
  } catch (error) {
    trouble.value = wordsOf(error);
  }
}

/**
 * Hear of each request once, as long as this page is open.
 * @param {(row: HelpRow) => void} tell
 */
export const onRequest = (tell) => onEach(() => wanted.value, tell);

/**
 * Hear once of each request that this machine's desktop could not show.
 * @param {(row: HelpRow) => void} tell
 */
export const onUntold = (tell) => onEach(() => wanted.value.filter((row) => row.untold), tell);

/**
 * @param {() => HelpRow[]} rows
 * @param {(row: HelpRow) => void} tell
 */
function onEach(rows, tell) {
  const known = /** @type {Set<string>} */ (new Set());
  return effect(() => {
    for (const row of rows()) {
      if (known.has(row.id)) continue;
      known.add(row.id);
      tell(row);
    }
  });
}
