// @ts-check
// What stands between the click and a glance where the site's policy says so: the agent's own yes.

import { glances, tickingNow } from "../frame/board.js";
import { html } from "../frame/html.js";
import { duration } from "../frame/time.js";

/** @import { Glance } from "./glance.js" */
/** @import { GlanceSession } from "../frame/types.js" */

/**
 * The newest glance at this agent that is not granted yet, as the board tells it; null if there is none.
 * @param {string} agent
 * @returns {GlanceSession | null}
 */
export function ungranted(agent) {
  const found = [...glances.value.values()].filter((each) => each.agent === agent && (each.state === "asking" || each.state === "asked"));
  return found.sort((a, b) => b.since - a.since)[0] ?? null;
}

/**
 * While the agent is being asked: for how long already, and the way out.
 * @param {{glance: Glance, name: string}} props
 */
export function AgentAsked({ glance, name }) {
  const waiting = glance.asked.value;
  if (!waiting) return null;
  return html`
    <div class="agent-asked">
      <p role="status">Asking <bdi>${name}</bdi>…</p>
      <p class="muted"><span class="figure" aria-live="off">${duration(tickingNow() - waiting.since)}</span> · Your site's policy wants the agent's own yes. No answer in 30 seconds is a no.</p>
      <button type="button" onClick=${() => glance.stop("stopped")}>Cancel</button>
    </div>
  `;
}
