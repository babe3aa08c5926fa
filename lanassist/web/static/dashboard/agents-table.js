// @ts-check
// The dashboard's table: one row an agent, live. A column is one entry of COLUMNS; a row hears of its own
// agent alone.

import { Age } from "../team/age.js";
import { RowActions } from "../team/agent-actions.js";
import { Badge } from "../team/badge.js";
import { AGENTS, nodeNow, tickingNow, valueAt } from "../frame/board.js";
import { connection } from "../frame/events.js";
import { html } from "../frame/html.js";
import { asking } from "../help/requests.js";
import { agentPage } from "./places.js";
import { silent } from "../team/status.js";
import { ago, duration, roughly, timeOfDay } from "../frame/time.js";
import { useEffect, useId, useMemo, useRef, useState } from "../vendor/preact-hooks.mjs";
import { computed } from "../vendor/signals.mjs";

/** @import { AgentsView } from "./agents-view.js" */
/** @import { SortKey } from "../team/status.js" */
/** @import { AgentRow } from "../frame/types.js" */
/** @import { ReadonlySignal } from "../vendor/signals.mjs" */

export { agentPage } from "./places.js";

/** @typedef {{glance: (row: AgentRow) => void, call: (row: AgentRow) => void, setStatus: (row: AgentRow) => void, tell: (words: string) => void}} Deeds */

/**
 * @typedef {object} Column
 * @property {string} name
 * @property {string} kind  its class
 * @property {SortKey} [sort]
 * @property {string} [about]  what it is, in the header's tooltip
 * @property {(row: AgentRow, deeds: Deeds) => unknown} cell
 */

const AHT = "Average handling time: (chat handling + talk + hold + after call work) ÷ interventions completed today. — with none completed.";
const NONE = html`<span class="muted">—</span>`;

/** @type {readonly Column[]} */
const COLUMNS = [
  { name: "Agent", kind: "agent", sort: "agent", cell: (row) => html`<${Who} row=${row} />` },
  { name: "Status", kind: "status", sort: "status", cell: (row) => html`<${Badge} row=${row} now=${row.status === "acw" ? tickingNow() : nodeNow()} />` },
  { name: "In state", kind: "since figure", sort: "since", cell: (row) => html`<${Age} since=${row.since} words=${duration} />` },
  { name: "Presence", kind: "presence", sort: "presence", cell: presenceCell },
  {
    name: "Last activity",
    kind: "activity",
    sort: "activity",
    about: "The agent's last message, call or change of status.",
    cell: (row) => (row.last_activity === null ? NONE : html`<${Age} since=${row.last_activity} words=${ago} />`),
  },
  { name: "Capacity", kind: "capacity", sort: "capacity", about: "Places taken / places in all. A supervisor may give more than there are.", cell: capacityCell },
  { name: "Ongoing", kind: "count figure", sort: "ongoing", cell: (row) => count(row.ongoing) },
  { name: "Completed", kind: "count figure", sort: "completed", about: "Interventions completed today.", cell: (row) => count(row.completed) },
  { name: "Waiting", kind: "count figure wait", sort: "waiting", about: "Clients of this agent who wrote last, and how long the longest of them has waited.", cell: waitingCell },
  { name: "AHT", kind: "count figure aht", sort: "aht", about: AHT, cell: (row) => (row.aht === null ? NONE : duration(row.aht)) },
  { name: "Actions", kind: "actions", cell: (row, deeds) => html`<${RowActions} row=${row} deeds=${deeds} />` },
];

/** @param {{row: AgentRow}} props */
function Who({ row }) {
  return html`
    <a class="who" href=${agentPage(row.node)} title=${`${row.name} · ${row.email}`} tabindex="-1">
      <bdi class="name">${row.name}</bdi>
      <bdi class="email">${row.email}</bdi>
      ${asking.value.has(row.node) && html`<span class="asks">Asks for help</span>`}
    </a>
  `;
}

/**
 * A figure with what explains it below.
 * @param {{main: unknown, detail: unknown}} texts
 */
export function two({ main, detail }) {
  return html`<span class="pair"><span>${main}</span>${detail && html`<small class="muted">${detail}</small>`}</span>`;
}

/** @param {AgentRow} row */
function presenceCell(row) {
  if (row.online && row.online_since !== null) {
    const since = row.online_since;
    return two({ main: html`<${Age} since=${since} words=${roughly} />`, detail: `since ${timeOfDay(nodeNow() - since)}` });
  }
  if (row.last_heard === null) return two({ main: "—", detail: "not heard from yet" });
  return two({ main: "Last heard", detail: html`<${Age} since=${row.last_heard} words=${ago} />` });
}

/** @param {AgentRow} row */
function capacityCell({ active, total, online }) {
  if (!total && !active) return online ? html`<span class="muted figure">0/0</span>` : NONE;
  const kind = active > total ? "beyond" : active === total ? "full" : "";
  const bar = { "--places": String(Math.min(total || 1, 12)), "--taken": String(total ? Math.min(1, active / total) : 1) };
  return html`
    <span class="load ${kind}">
      <span class="bar" style=${bar} aria-hidden="true"></span>
      <span class="figure">${active}/${total}</span>
    </span>
  `;
}

/** @param {AgentRow} row */
function waitingCell(row) {
  if (!row.waiting) return count(0);
  const longest = row.waiting_since === null ? "" : html`<${Age} since=${row.waiting_since} words=${duration} />`;
  return html`<span class="pair"><strong>${row.waiting}</strong><small>${longest}</small></span>`;
}

/** @param {number} number */
function count(number) {
  return number ? String(number) : html`<span class="muted">0</span>`;
}

/** @param {{view: AgentsView, deeds: Deeds}} props */
export function AgentsTable({ view, deeds }) {
  return html`
    <table class="agents ${connection.value.state === "lost" ? "lost" : ""}" role="table" aria-label="Agents">
      <thead role="rowgroup">
        <tr role="row">${COLUMNS.map((each) => html`<${Heading} key=${each.name} column=${each} view=${view} />`)}</tr>
      </thead>
      <tbody role="rowgroup" onKeyDown=${walk} ...${holding(view)}>
        ${useGradually(view.nodes.value).map((node) => html`<${Row} key=${node} node=${node} deeds=${deeds} />`)}
      </tbody>
    </table>
  `;
}

/** New rows that are drawn at one go: what takes longest is to draw a row for the first time. */
const AT_ONCE = 40;

/**
 * Of many rows that come at once, the first now, and more whenever the browser has shown those.
 * @param {readonly string[]} nodes
 */
function useGradually(nodes) {
  const drawn = useRef(/** @type {ReadonlySet<string>} */ (new Set()));
  const [, again] = useState(0);
  let fresh = 0;
  const end = nodes.findIndex((node) => !drawn.current.has(node) && ++fresh > AT_ONCE);
  const now = end < 0 ? nodes : nodes.slice(0, end);
  useEffect(() => {
    drawn.current = new Set(now);
    const timer = end < 0 ? undefined : setTimeout(() => again((turn) => turn + 1));
    return () => clearTimeout(timer);
  });
  return now;
}

/** @param {{node: string, deeds: Deeds}} props */
function Row({ node, deeds }) {
  const found = /** @type {ReadonlySignal<AgentRow | null>} */ (valueAt(AGENTS, node));
  const hushed = useMemo(() => computed(() => found.value !== null && silent(found.value, tickingNow())), [found]);
  const asks = useMemo(() => computed(() => asking.value.has(node)), [node]);
  const row = found.value;
  if (!row) return null;
  return html`
    <tr role="row" data-node=${node} class=${[asks.value && "asking", hushed.value ? "silent" : !row.online && "offline"].filter(Boolean).join(" ")}>
      ${COLUMNS.map((each) => html`
        <td key=${each.name} role="cell" class=${each.kind} data-label=${each.name}>${each.cell(row, deeds)}</td>
      `)}
    </tr>
  `;
}

/** @param {{column: Column, view: AgentsView}} props */
function Heading({ column, view }) {
  const { name, kind, sort, about } = column;
  const id = useId();
  if (!sort) return html`<th role="columnheader" scope="col" class=${kind}>${name}</th>`;
  const { key, descending } = view.order.value;
  const now = key !== sort ? "none" : descending ? "descending" : "ascending";
  return html`
    <th role="columnheader" scope="col" class=${kind} aria-sort=${now}>
      <span class="action">
        <button type="button" class="sort" aria-describedby=${about ? id : undefined} onClick=${() => view.sortBy(sort)}>
          ${name}<span class="arrow" aria-hidden="true"></span>
        </button>
        ${about && html`<span class="why" role="tooltip" id=${id}>${about}</span>`}
      </span>
    </th>
  `;
}

/**
 * Nothing moves while the pointer or the keyboard's focus is among the rows.
 * @param {AgentsView} view
 */
function holding(view) {
  const focused = (/** @type {FocusEvent} */ { target }) => target instanceof Element && target.matches(":focus-visible");
  const leaves = (/** @type {FocusEvent} */ { currentTarget, relatedTarget }) =>
    !(currentTarget instanceof Element && relatedTarget instanceof Node && currentTarget.contains(relatedTarget));
  return {
    onMouseEnter: () => view.hold("pointer"),
    onMouseLeave: () => view.release("pointer"),
    onFocusIn: (/** @type {FocusEvent} */ event) => focused(event) && view.hold("focus"),
    onFocusOut: (/** @type {FocusEvent} */ event) => leaves(event) && view.release("focus"),
  };
}

/**
 * Arrow up and down: the same control, one row further.
 * @param {KeyboardEvent} event
 */
function walk(event) {
  const row = event.target instanceof Element ? event.target.closest("tr") : null;
  const next = event.key === "ArrowDown" ? row?.nextElementSibling : event.key === "ArrowUp" ? row?.previousElementSibling : null;
  const at = row ? controls(row).findIndex((each) => each === event.target) : -1;
  const target = next && at >= 0 ? controls(next)[at] : undefined;
  if (!(target instanceof HTMLElement)) return;
  event.preventDefault();
  target.focus();
}

/** @param {Element} row */
function controls(row) {
  return [...row.querySelectorAll(".actions :is(a, button):not(.sheet *)")];
}
