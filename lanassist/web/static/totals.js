// @ts-check
// The totals in the header: how many agents in which status; each a filter.

import { html } from "./html.js";
import { WORDS } from "./status.js";

/** @import { AgentRow } from "./types.js" */
/** @typedef {AgentRow["status"]} Status */

const ALWAYS = new Set(["available", "absent"]);

/** @param {{rows: readonly AgentRow[], chosen: ReadonlySet<Status>, toggle: (status: Status) => void}} props */
export function Totals({ rows, chosen, toggle }) {
  const statuses = /** @type {Status[]} */ (Object.keys(WORDS));
  const counted = statuses.map((status) => ({ status, count: rows.filter((row) => row.status === status).length }));
  const shown = counted.filter(({ status, count }) => count || ALWAYS.has(status) || chosen.has(status));
  return html`
    <div class="totals" role="group" aria-label="Filter by status">
      ${shown.map(({ status, count }) => html`
        <button key=${status} type="button" class="chip" aria-pressed=${chosen.has(status) ? "true" : "false"} onClick=${() => toggle(status)}>
          <span class="shape ${status}" aria-hidden="true"></span>${WORDS[status]} <strong>${count}</strong>
        </button>
      `)}
    </div>
  `;
}
