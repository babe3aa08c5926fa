// @ts-check
// From agent to agent without going back: the list with each one's status, and a step either way.

import { agents, tickingNow } from "../frame/board.js";
import { html } from "../frame/html.js";
import { duration } from "../frame/time.js";
import { sorted } from "../team/status.js";
import { select, selected, step } from "./place.js";

/** @import { AgentRow } from "../frame/types.js" */

const SHAPES = Object.freeze({ available: "●", connected: "◐", acw: "◉", absent: "○" });

export function Switcher() {
  const rows = sorted(agents.value.values(), "agent", false);
  const choose = (/** @type {Event} */ event) => select(/** @type {HTMLSelectElement} */ (event.target).value);
  const now = tickingNow();
  return html`
    <div class="switcher">
      <button type="button" class="quiet icon" aria-label="Previous agent" title="Previous agent (K)" aria-keyshortcuts="k" onClick=${() => step(-1)}><span aria-hidden="true">‹</span></button>
      <select aria-label="Agent" value=${selected.value} onChange=${choose}>
        ${!rows.some((row) => row.node === selected.value) && html`<option value=${selected.value}>Choose an agent</option>`}
        ${rows.map((row) => html`<option key=${row.node} value=${row.node}>${optionText(row, now)}</option>`)}
      </select>
      <button type="button" class="quiet icon" aria-label="Next agent" title="Next agent (J)" aria-keyshortcuts="j" onClick=${() => step(1)}><span aria-hidden="true">›</span></button>
    </div>
  `;
}

/**
 * @param {AgentRow} row
 * @param {number} now
 */
function optionText(row, now) {
  return `${SHAPES[row.status]} ${row.name} · ${duration(now - row.since)}`;
}
