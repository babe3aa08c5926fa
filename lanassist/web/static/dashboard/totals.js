// @ts-check
// The totals in the header: how many agents in which status, each a filter; and the clients who wait.

import { Age } from "../team/age.js";
import { STATUSES, queue } from "./agents-view.js";
import { html } from "../frame/html.js";
import { WORDS } from "../team/status.js";
import { duration } from "../frame/time.js";

/** @import { AgentsView } from "./agents-view.js" */

/** Shown only when there are any. */
const SELDOM = new Set(["acw"]);

/** @param {{view: AgentsView}} props */
export function Totals({ view }) {
  const counts = view.counts.value;
  const chosen = view.statuses.value;
  const shown = STATUSES.filter((status) => counts[status] || !SELDOM.has(status) || chosen.has(status));
  return html`
    <div class="totals" role="group" aria-label="Filter by status">
      ${shown.map((status) => html`
        <button key=${status} type="button" class="chip" aria-pressed=${chosen.has(status) ? "true" : "false"} onClick=${() => view.toggle(status)}>
          <span class="shape ${status}" aria-hidden="true"></span>${WORDS[status]} <strong>${counts[status]}</strong>
        </button>
      `)}
    </div>
    <div class="totals"><${Queue} /></div>
  `;
}

/** The clients without an agent: a way to them, not a filter of agents. */
function Queue() {
  const { waiting, orphaned, oldest } = queue.value;
  return html`
    <a class="chip ${waiting ? "urgent" : ""}" href="/supervisor/agents?tray=waiting" title="Clients in the queue">
      <span>Waiting <strong>${waiting}</strong>${oldest !== null && html`, oldest <strong><${Age} since=${oldest} words=${duration} /></strong>`}</span>
    </a>
    ${orphaned > 0 && html`
      <a class="chip urgent" href="/supervisor/agents?tray=orphans" title="Clients whose agent's machine is gone">
        <span>Orphaned <strong>${orphaned}</strong></span>
      </a>
    `}
  `;
}
