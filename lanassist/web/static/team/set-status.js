// @ts-check
// The dialog in which a supervisor sets an agent's status. Stays open, with what was entered, on an error.

import { command } from "../frame/api.js";
import { Dialog } from "../frame/dialog.js";
import { Foot, useSubmit } from "../frame/form.js";
import { html } from "../frame/html.js";
import { REASON_LENGTH } from "../frame/limits.js";
import { useState } from "../vendor/preact-hooks.mjs";

/** @import { AgentRow } from "../frame/types.js" */
/** @typedef {"available" | "break"} Choice */

const CHOICES = /** @type {const} */ ([
  ["available", "available", "Available", "Clients are given to this agent again."],
  ["break", "absent", "On break", "No new clients. Those in hand stay where they are."],
]);

/** @param {{row: AgentRow, done: (words: string) => void, close: () => void}} props */
export function SetStatus({ row, done, close }) {
  const [status, setStatus] = useState(/** @type {Choice} */ (row.why === "break" ? "available" : "break"));
  const [reason, setReason] = useState(row.break_reasons[0] ?? "");
  const run = useSubmit(async () => {
    await command("presence.set-status-of", { agent: row.node, status, reason: status === "break" ? reason.trim() : "" });
    done(`${row.name} is ${status === "break" ? "on break" : "available"}`);
    close();
  });
  return html`
    <${Dialog} title="Status of ${row.name}" close=${close} kind="set-status">
      <form onSubmit=${run.go}>
        <fieldset class="choices">
          <legend class="unseen">Status</legend>
          ${CHOICES.map(([value, shape, word, about]) => html`
            <label key=${value} class="choice">
              <input type="radio" name="status" value=${value} checked=${status === value} data-first=${status === value ? "" : undefined} onChange=${() => setStatus(value)} />
              <span class="who"><span class="name"><span class="shape ${shape}" aria-hidden="true"></span> ${word}</span><small class="muted">${about}</small></span>
            </label>
          `)}
        </fieldset>
        ${status === "break" && html`<label class="field">Reason<${Reason} among=${row.break_reasons} value=${reason} change=${setReason} /></label>`}
        <p class="muted">${row.name} sees that it was you.</p>
        <${Foot} run=${run} verb="Set status" close=${close} />
      </form>
    <//>
  `;
}

/**
 * One of the reasons that the agent's node accepts; any, if it names none.
 * @param {{among: readonly string[], value: string, change: (reason: string) => void}} props
 */
function Reason({ among, value, change }) {
  const take = (/** @type {Event} */ event) => change(/** @type {HTMLInputElement | HTMLSelectElement} */ (event.target).value);
  if (!among.length) {
    return html`<input type="text" name="reason" maxlength=${REASON_LENGTH} value=${value} autocomplete="off" placeholder="lunch, training, …" onInput=${take} />`;
  }
  return html`
    <select name="reason" value=${value} onChange=${take}>
      ${among.map((each) => html`<option key=${each} value=${each}>${each}</option>`)}
    </select>
  `;
}
