// @ts-check
// What stands between the click and a glance where the site's policy says so: a reason, and the agent's own yes.

import { Dialog } from "../frame/dialog.js";
import { glances, tickingNow } from "../frame/board.js";
import { html } from "../frame/html.js";
import { REASON_LENGTH } from "../frame/limits.js";
import { duration } from "../frame/time.js";
import { useState } from "../vendor/preact-hooks.mjs";

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

/**
 * Asks why, before anything is asked of the agent's node.
 * @param {{name: string, close: () => void, go: (reason: string) => void}} props
 */
export function ReasonDialog({ name, close, go }) {
  const [reason, setReason] = useState("");
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (reason.trim()) go(reason.trim());
  };
  return html`
    <${Dialog} title=${`Why do you view the screen of ${name}?`} close=${close} kind="reason">
      <form onSubmit=${submit}>
        <p class="muted">Your site's policy wants a reason. <bdi>${name}</bdi> reads it, and it is recorded.</p>
        <label class="field"><span>Reason</span>
          <input type="text" name="reason" data-first="" required maxlength=${REASON_LENGTH} autocomplete="off" placeholder="coaching, a complaint, …" value=${reason}
            onInput=${(/** @type {Event} */ event) => setReason(/** @type {HTMLInputElement} */ (event.target).value)} />
        </label>
        <div class="foot"><p></p>
          <button type="button" onClick=${close}>Cancel</button>
          <button type="submit" class="primary" aria-disabled=${reason.trim() ? undefined : "true"}>View the screen</button>
        </div>
      </form>
    <//>
  `;
}
