// @ts-check
// /supervisor: the dashboard.

import { AgentsTable } from "./agents-table.js";
import { AgentsView } from "./agents-view.js";
import { displaysOf } from "../team/assist.js";
import { known } from "../frame/board.js";
import { Asking, Supervising, assistIn } from "../call/supervising.js";
import { followEvents } from "../frame/events.js";
import { Help } from "../frame/help-dialog.js";
import { Bell } from "../help/bell.js";
import { html } from "../frame/html.js";
import { onKeys } from "../frame/keys.js";
import { Picker, firstChoice } from "../glance/picker.js";
import { agentPage } from "./places.js";
import { SetStatus } from "../team/set-status.js";
import { Banner, Me, Peers } from "../frame/topbar.js";
import { Totals } from "./totals.js";
import { useEffect, useRef } from "../vendor/preact-hooks.mjs";
import { render } from "../vendor/preact.mjs";
import { computed, signal } from "../vendor/signals.mjs";

/** @import { AgentRow } from "../frame/types.js" */

const KEYS = /** @type {const} */ ([
  ["/", "search"],
  ["Tab", "from control to control"],
  ["↑ ↓", "the same control, one row further"],
  ["Esc", "close a dialog, clear the search"],
  ["Space", "hold to talk to the agent"],
  ["?", "this help"],
]);

const view = new AgentsView();
/** Whose displays are asked about, and whose status is being set. */
const asked = signal(/** @type {AgentRow | null} */ (null));
const setting = signal(/** @type {AgentRow | null} */ (null));
/** What was just done, in words, for a while. */
const told = signal("");
const TOLD_FOR = 10_000;
let forget = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);

/** @type {import("./agents-table.js").Deeds} */
const deeds = {
  glance: (row) => {
    const displays = displaysOf(row);
    if (displays.length > 1) asked.value = row;
    else location.assign(agentPage(row.node, firstChoice(displays)));
  },
  call: (row) => assistIn(row.node, row.name),
  setStatus: (row) => void (setting.value = row),
  tell: (words) => {
    clearTimeout(forget);
    told.value = words;
    forget = setTimeout(() => (told.value = ""), TOLD_FOR);
  },
};

function Dashboard() {
  return html`
    <header class="topbar">
      <h1 class="brand"><span class="mark" aria-hidden="true"></span>lanassist<span class="unseen"> · agents</span></h1>
      <${Search} />
      <a class="button wall-link" href="/supervisor/wall" title="Many screens at once">Wall</a>
      <span class="end"><${Peers} /><${Bell} /><${Me} /><${Help} keys=${KEYS} /></span>
    </header>
    <${Banner} />
    <${Asking} />
    <main>
      <div class="toolbar"><${Totals} view=${view} /><${Line} /></div>
      <${Agents} />
    </main>
    <${Supervising} />
    <${Dialogs} />
  `;
}

function Search() {
  const ref = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => onKeys({ "/": () => ref.current?.focus() }), []);
  const typed = (/** @type {InputEvent} */ event) => view.find(/** @type {HTMLInputElement} */ (event.target).value);
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") view.find("");
  };
  return html`
    <search class="search">
      <input ref=${ref} type="search" placeholder="Search agents" aria-label="Search agents" aria-keyshortcuts="/" autocomplete="off"
        value=${view.search.value} onInput=${typed} onKeyDown=${key} />
      <kbd aria-hidden="true">/</kbd>
    </search>
  `;
}

const some = computed(() => view.nodes.value.length > 0);

function Agents() {
  return some.value ? html`<${AgentsTable} view=${view} deeds=${deeds} />` : html`<${Nothing} />`;
}

/** Beside the totals: how many are shown, whether they are held in place, what was just done. */
function Line() {
  const shown = view.nodes.value.length;
  const total = view.total.value;
  return html`
    <div class="line">
      <p class="told" role="status">${told}</p>
      <p class="held">${view.displaced.value && "Order held while you are in the table"}</p>
      <p role="status">
        ${view.filtered.value ? `${shown} of ${total} agents` : total === 1 ? "1 agent" : `${total} agents`}
      </p>
      ${view.filtered.value && html`<button type="button" class="link" onClick=${() => view.clear()}>Show all</button>`}
    </div>
  `;
}

function Nothing() {
  if (!known.value) return html`<div class="empty"><p class="muted">Asking your node…</p></div>`;
  if (view.total.value) {
    return html`<div class="empty"><p>No match.</p><button type="button" onClick=${() => view.clear()}>Clear filters</button></div>`;
  }
  return html`
    <div class="empty">
      <p>No agents found.</p>
      <p class="muted">Start one with <code>lanassist node run</code>, or add an address with <code>lanassist peers add HOST:PORT</code>.</p>
    </div>
  `;
}

function Dialogs() {
  const watched = asked.value;
  const subject = setting.value;
  return html`
    ${watched && html`
      <${Picker} agent=${watched.name} displays=${displaysOf(watched)} chosen=${firstChoice(displaysOf(watched))} verb="Watch"
        choose=${(/** @type {number[]} */ chosen) => location.assign(agentPage(watched.node, chosen))} close=${() => (asked.value = null)} />
    `}
    ${subject && html`<${SetStatus} row=${subject} done=${deeds.tell} close=${() => (setting.value = null)} />`}
  `;
}

followEvents();
render(html`<${Dashboard} />`, /** @type {HTMLElement} */ (document.getElementById("page")));
