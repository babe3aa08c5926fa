// @ts-check
// /supervisor: the dashboard.

import { AgentsTable, agentPage } from "./agents-table.js";
import { displaysOf } from "./assist.js";
import { agents, known } from "./board.js";
import { connection, followEvents } from "./events.js";
import { Help } from "./help-dialog.js";
import { html } from "./html.js";
import { onKeys } from "./keys.js";
import { Picker, firstChoice } from "./picker.js";
import { fits } from "./status.js";
import { Banner, Me, Peers } from "./topbar.js";
import { Totals } from "./totals.js";
import { useEffect, useRef, useState } from "./vendor/preact-hooks.mjs";
import { render } from "./vendor/preact.mjs";

/** @import { Status } from "./totals.js" */
/** @import { AgentRow } from "./types.js" */

const KEYS = /** @type {const} */ ([
  ["/", "search"],
  ["Tab", "from row to row: Open, Assist"],
  ["Esc", "close a dialog, clear the search"],
  ["?", "this help"],
]);

function Dashboard() {
  const all = [...agents.value.values()];
  const [search, setSearch] = useState("");
  const [statuses, setStatuses] = useState(/** @type {ReadonlySet<Status>} */ (new Set()));
  const [asked, setAsked] = useState(/** @type {AgentRow | null} */ (null));
  const rows = all.filter((row) => (!statuses.size || statuses.has(row.status)) && fits(row, search));
  const clear = () => {
    setSearch("");
    setStatuses(new Set());
  };
  const glance = (/** @type {AgentRow} */ row) => {
    const displays = displaysOf(row);
    if (displays.length > 1) setAsked(row);
    else location.assign(agentPage(row.node, firstChoice(displays)));
  };
  return html`
    <header class="topbar">
      <h1 class="brand"><span class="mark" aria-hidden="true"></span>lanassist<span class="unseen"> · agents</span></h1>
      <${Totals} rows=${all} chosen=${statuses} toggle=${(/** @type {Status} */ each) => setStatuses(toggled(statuses, each))} />
      <${Search} value=${search} change=${setSearch} />
      <span class="end"><${Peers} /><${Me} /><${Help} keys=${KEYS} /></span>
    </header>
    <${Banner} />
    <main>
      ${rows.length
        ? html`<${AgentsTable} rows=${rows} stale=${connection.value.state === "lost"} glance=${glance} />`
        : html`<${Nothing} filtered=${all.length > 0} clear=${clear} />`}
    </main>
    <p class="unseen" role="status">${search || statuses.size ? `${rows.length} of ${all.length} agents shown` : ""}</p>
    ${asked && html`
      <${Picker} agent=${asked.name} displays=${displaysOf(asked)} chosen=${firstChoice(displaysOf(asked))} verb="Watch"
        choose=${(/** @type {number[]} */ chosen) => location.assign(agentPage(asked.node, chosen))} close=${() => setAsked(null)} />
    `}
  `;
}

/** @param {{value: string, change: (value: string) => void}} props */
function Search({ value, change }) {
  const ref = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => onKeys({ "/": () => ref.current?.focus() }), []);
  const typed = (/** @type {InputEvent} */ event) => change(/** @type {HTMLInputElement} */ (event.target).value);
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") change("");
  };
  return html`
    <search class="search">
      <input ref=${ref} type="search" placeholder="Search agents" aria-label="Search agents" aria-keyshortcuts="/" autocomplete="off"
        value=${value} onInput=${typed} onKeyDown=${key} />
      <kbd aria-hidden="true">/</kbd>
    </search>
  `;
}

/** @param {{filtered: boolean, clear: () => void}} props */
function Nothing({ filtered, clear }) {
  if (!known.value) return html`<div class="empty"><p class="muted">Asking your node…</p></div>`;
  if (filtered) {
    return html`<div class="empty"><p>No match.</p><button type="button" onClick=${clear}>Clear filters</button></div>`;
  }
  return html`
    <div class="empty">
      <p>No agents found.</p>
      <p class="muted">Start one with <code>lanassist node run</code>, or add an address with <code>lanassist peers add HOST:PORT</code>.</p>
    </div>
  `;
}

/**
 * @param {ReadonlySet<Status>} statuses
 * @param {Status} status
 */
function toggled(statuses, status) {
  const next = new Set(statuses);
  if (!next.delete(status)) next.add(status);
  return next;
}

followEvents();
render(html`<${Dashboard} />`, /** @type {HTMLElement} */ (document.getElementById("page")));
