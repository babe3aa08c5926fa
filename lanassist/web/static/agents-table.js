// @ts-check
// The dashboard's table: one row an agent, live. A column is one entry of COLUMNS.

import { Assist } from "./assist.js";
import { Badge } from "./badge.js";
import { tickingNow } from "./board.js";
import { html } from "./html.js";
import { inHeldOrder, presence, screen, silent, sorted } from "./status.js";
import { ago, duration } from "./time.js";
import { useRef, useState } from "./vendor/preact-hooks.mjs";

/** @import { SortKey } from "./status.js" */
/** @import { AgentRow } from "./types.js" */

/** @typedef {(row: AgentRow) => void} OnRow */

/**
 * @typedef {object} Column
 * @property {string} name
 * @property {string} kind  its class
 * @property {SortKey} [sort]
 * @property {(row: AgentRow, now: number, glance: OnRow) => unknown} cell
 */

/** @type {readonly Column[]} */
const COLUMNS = [
  { name: "Agent", kind: "agent", sort: "agent", cell: (row) => html`<${Who} row=${row} />` },
  { name: "Status", kind: "status", sort: "status", cell: (row, now) => html`<${Badge} row=${row} now=${now} />` },
  { name: "In state", kind: "since figure", sort: "since", cell: (row, now) => duration(now - row.since) },
  { name: "Presence", kind: "presence", sort: "presence", cell: (row, now) => two(presence(row, now)) },
  {
    name: "Last activity",
    kind: "activity",
    sort: "activity",
    cell: (row, now) => (row.last_activity === null ? html`<span class="muted">—</span>` : ago(now - row.last_activity)),
  },
  { name: "Screen", kind: "screen", cell: (row) => two(screen(row)) },
  {
    name: "Actions",
    kind: "actions",
    cell: (row, _, glance) => html`
      <span class="row">
        <a class="button" href=${agentPage(row.node)} aria-label=${`Open ${row.name}`}>Open</a>
        <${Assist} row=${row} start=${() => glance(row)} />
      </span>
    `,
  },
];

/**
 * The address of an agent's page, with the displays to watch at once.
 * @param {string} node
 * @param {readonly number[]} [displays]
 */
export function agentPage(node, displays = []) {
  const query = `agent=${encodeURIComponent(node)}`;
  return `/supervisor/agents?${displays.length ? `${query}&glance=${displays.join(",")}` : query}`;
}

/** @param {{row: AgentRow}} props */
function Who({ row }) {
  return html`
    <a class="who" href=${agentPage(row.node)} tabindex="-1">
      <bdi class="name">${row.name}</bdi>
      <bdi class="email">${row.email}</bdi>
    </a>
  `;
}

/**
 * A figure with what explains it below.
 * @param {{main: string, detail: string}} texts
 */
export function two({ main, detail }) {
  return html`<span class="pair"><span>${main}</span>${detail && html`<small class="muted">${detail}</small>`}</span>`;
}

/**
 * @param {{rows: readonly AgentRow[], stale: boolean, glance: OnRow}} props
 *   stale: nothing is current, because the node itself does not answer
 */
export function AgentsTable({ rows, stale, glance }) {
  const now = tickingNow();
  const [order, setOrder] = useState({ key: /** @type {SortKey} */ ("agent"), descending: false });
  const steady = useSteadyOrder(sorted(rows, order.key, order.descending));
  const sortBy = (/** @type {SortKey} */ key) => {
    steady.release();
    setOrder({ key, descending: order.key === key && !order.descending });
  };
  return html`
    <table class="agents" role="table" aria-label="Agents">
      <thead role="rowgroup">
        <tr role="row">${COLUMNS.map((each) => html`<${Heading} key=${each.name} column=${each} order=${order} sortBy=${sortBy} />`)}</tr>
      </thead>
      <tbody role="rowgroup" ...${steady.listeners}>
        ${steady.rows.map((row) => html`
          <tr key=${row.node} role="row" data-node=${row.node} class=${stale || silent(row, now) ? "silent" : row.online ? "" : "offline"}>
            ${COLUMNS.map((each) => html`
              <td key=${each.name} role="cell" class=${each.kind} data-label=${each.name}>${each.cell(row, now, glance)}</td>
            `)}
          </tr>
        `)}
      </tbody>
    </table>
  `;
}

/** @param {{column: Column, order: {key: SortKey, descending: boolean}, sortBy: (key: SortKey) => void}} props */
function Heading({ column, order, sortBy }) {
  const { name, kind, sort } = column;
  if (!sort) return html`<th role="columnheader" scope="col" class=${kind}>${name}</th>`;
  const now = order.key !== sort ? "none" : order.descending ? "descending" : "ascending";
  return html`
    <th role="columnheader" scope="col" class=${kind} aria-sort=${now}>
      <button type="button" class="sort" onClick=${() => sortBy(sort)}>${name}<span class="arrow" aria-hidden="true"></span></button>
    </th>
  `;
}

/**
 * The rows in order, except that nothing moves while the pointer or the focus is among them.
 * @param {AgentRow[]} wanted
 */
function useSteadyOrder(wanted) {
  const held = useRef(/** @type {readonly string[] | null} */ (null));
  const shown = useRef(/** @type {readonly string[]} */ ([]));
  const rows = held.current ? inHeldOrder(wanted, held.current) : wanted;
  shown.current = rows.map((row) => row.node);
  const hold = () => void (held.current = shown.current);
  const release = () => void (held.current = null);
  const leave = (/** @type {Event} */ event) => {
    const body = /** @type {Element} */ (event.currentTarget);
    const focused = event.type === "mouseleave" && body.querySelector(":focus-visible");
    const pointed = event.type === "focusout" && body.matches(":hover");
    if (!focused && !pointed) release();
  };
  return { rows, release, listeners: { onMouseEnter: hold, onFocusIn: hold, onMouseLeave: leave, onFocusOut: leave } };
}
