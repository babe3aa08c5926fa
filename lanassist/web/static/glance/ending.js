// @ts-check
// Why a glance ended, in words for the supervisor who had it.

/**
 * What this page can say of why; the agent's node has its own words for each.
 * @typedef {"stopped" | "closed" | "hidden" | "covered" | "unattended" | "navigated" | "other-agent" | "out-of-sight"
 *   | "paused" | "node-silent" | "viewer-failed"} Why
 */

/** Other codes come with the node's words. */
const WORDS = /** @type {Record<string, string>} */ ({
  stopped: "you stopped it",
  closed: "its window was closed or reloaded",
  hidden: "the page was hidden: another tab, minimised, or covered by another window",
  covered: "the page was covered by another window",
  unattended: "nobody has been at this page for 5 minutes",
  navigated: "you went to another view",
  "other-agent": "you switched to another agent",
  "out-of-sight": "it went out of sight",
  paused: "you paused the wall",
  "node-silent": "your own node did not answer for 3 seconds",
  "viewer-failed": "this page could not draw the picture",
  lease: "this page was not heard from for 3 seconds",
});

/**
 * The end's reason in words.
 * @param {string} code
 * @param {string} [text]  the node's own
 */
export function endWords(code, text) {
  return WORDS[code] ?? text ?? "the session is over";
}
