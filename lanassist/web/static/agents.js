// @ts-check
// /supervisor/agents?agent=NODEID[&glance=1,2]: one agent, and the glance at their displays.

import { agentPage, two } from "./agents-table.js";
import { Assist, displaysOf, screenRefusal } from "./assist.js";
import { Badge } from "./badge.js";
import { agents, known, tickingNow } from "./board.js";
import { followEvents } from "./events.js";
import { GlancePane } from "./glance-pane.js";
import { Glance } from "./glance.js";
import { Help } from "./help-dialog.js";
import { html } from "./html.js";
import { onKeys } from "./keys.js";
import { Picker, firstChoice } from "./picker.js";
import { presence, silent, sorted } from "./status.js";
import { ago, duration } from "./time.js";
import { Banner, Me, Peers } from "./topbar.js";
import { useEffect, useState } from "./vendor/preact-hooks.mjs";
import { render } from "./vendor/preact.mjs";
import { signal } from "./vendor/signals.mjs";

/** @import { AgentRow } from "./types.js" */

const KEYS = /** @type {const} */ ([
  ["J", "next agent"],
  ["K", "previous agent"],
  ["G", "Assist: screen, or choose other displays"],
  ["1–9", "show that display alone"],
  ["Esc", "stop the glance, close a dialog"],
  ["?", "this help"],
]);

const glance = new Glance();
const address = new URLSearchParams(location.search);
const selected = signal(address.get("agent") ?? "");
/** What the address asked to watch; done once, so that a reload does not watch again by itself. */
let asked = (address.get("glance") ?? "").split(",").map(Number).filter((number) => number > 0);

/** @param {string} node */
function select(node) {
  if (node === selected.peek()) return;
  glance.stop("other-agent");
  glance.forget();
  selected.value = node;
  history.pushState(null, "", agentPage(node));
}

window.addEventListener("popstate", () => {
  glance.stop("other-agent");
  glance.forget();
  selected.value = new URLSearchParams(location.search).get("agent") ?? "";
});

/** @param {number} by */
function step(by) {
  const order = sorted(agents.peek().values(), "agent", false).map((row) => row.node);
  const at = order.indexOf(selected.peek());
  const next = order[(at + by + order.length) % order.length];
  if (next) select(next);
}

function Page() {
  const rows = sorted(agents.value.values(), "agent", false);
  const row = agents.value.get(selected.value);
  return html`
    <header class="topbar">
      <a class="back" href="/supervisor" onClick=${() => glance.stop("navigated")}><span aria-hidden="true">←</span> Dashboard</a>
      <${Switcher} rows=${rows} />
      <span class="end"><${Peers} /><${Me} /><${Help} keys=${KEYS} /></span>
    </header>
    <${Banner} />
    <div class="columns">
      <nav class="side" aria-label="Agents"><${AgentList} rows=${rows} /></nav>
      <main>${row ? html`<${Agent} key=${row.node} row=${row} />` : html`<${NoAgent} />`}</main>
    </div>
  `;
}

/** @param {{rows: readonly AgentRow[]}} props */
function Switcher({ rows }) {
  useEffect(() => onKeys({ j: () => step(1), k: () => step(-1) }), []);
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

const SHAPES = Object.freeze({ available: "●", connected: "◐", acw: "◉", absent: "○" });

/**
 * @param {AgentRow} row
 * @param {number} now
 */
function optionText(row, now) {
  return `${SHAPES[row.status]} ${row.name} · ${duration(now - row.since)}`;
}

/** @param {{rows: readonly AgentRow[]}} props */
function AgentList({ rows }) {
  const now = tickingNow();
  const go = (/** @type {MouseEvent} */ event, /** @type {string} */ node) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    select(node);
  };
  return html`
    <ul>
      ${rows.map((row) => html`
        <li key=${row.node}>
          <a href=${agentPage(row.node)} aria-current=${row.node === selected.value ? "page" : undefined}
            class=${silent(row, now) ? "silent" : ""} onClick=${(/** @type {MouseEvent} */ event) => go(event, row.node)}>
            <bdi class="name">${row.name}</bdi>
            <span class="figure muted">${duration(now - row.since)}</span>
            <${Badge} row=${row} now=${now} />
          </a>
        </li>
      `)}
    </ul>
  `;
}

/** @param {{row: AgentRow}} props */
function Agent({ row }) {
  const [picking, setPicking] = useState(false);
  const displays = displaysOf(row);
  const refusal = screenRefusal(row);
  const watch = (/** @type {readonly number[]} */ chosen) => {
    setPicking(false);
    if (glance.active.peek()) void glance.switchTo(chosen);
    else void glance.start(row.node, displays, chosen);
  };
  const assist = () => {
    if (refusal) return;
    if (displays.length > 1) setPicking(true);
    else watch(firstChoice(displays));
  };
  useEffect(() => onKeys({ g: assist }));
  useEffect(() => startAsAsked(row, watch, refusal), [refusal]);
  return html`
    <${Facts} row=${row}>
      <${Assist} row=${row} keys="g" start=${assist} />
    <//>
    <${GlancePane} glance=${glance} name=${row.name} displays=${displays} refusal=${refusal}
      start=${() => watch(glance.chosen.peek().length ? glance.chosen.peek() : firstChoice(displays))} />
    ${picking && html`
      <${Picker} agent=${row.name} displays=${displays} verb="Watch" choose=${watch} close=${() => setPicking(false)}
        chosen=${glance.chosen.peek().length ? glance.chosen.peek() : firstChoice(displays)} />
    `}
  `;
}

/**
 * @param {AgentRow} row
 * @param {(chosen: readonly number[]) => void} watch
 * @param {string} refusal
 */
function startAsAsked(row, watch, refusal) {
  if (!asked.length || row.node !== address.get("agent") || refusal) return;
  const chosen = asked;
  asked = [];
  history.replaceState(null, "", agentPage(row.node));
  watch(chosen);
}

/** @param {{row: AgentRow, children?: unknown}} props */
function Facts({ row, children }) {
  const now = tickingNow();
  const online = presence(row, now);
  return html`
    <section class="facts ${silent(row, now) ? "silent" : ""}" aria-label="Agent">
      <div class="who">
        <h1><bdi>${row.name}</bdi></h1>
        <span class="muted"><bdi>${row.email}</bdi>${row.teams.length > 0 && html` · <bdi>${row.teams.join(", ")}</bdi>`}</span>
      </div>
      <dl>
        <div><dt>Status</dt><dd><${Badge} row=${row} now=${now} /></dd></div>
        <div><dt>In state</dt><dd class="figure">${duration(now - row.since)}</dd></div>
        <div><dt>Presence</dt><dd>${two(online)}</dd></div>
        <div><dt>Last activity</dt><dd>${row.last_activity === null ? "—" : ago(now - row.last_activity)}</dd></div>
      </dl>
      <div class="row">${children}</div>
    </section>
  `;
}

function NoAgent() {
  const text = !known.value ? "Asking your node…" : selected.value ? "This agent is not known here." : "Choose an agent.";
  return html`<div class="empty"><h1 class="unseen">Agents</h1><p class="muted">${text}</p></div>`;
}

followEvents();
render(html`<${Page} />`, /** @type {HTMLElement} */ (document.getElementById("page")));
