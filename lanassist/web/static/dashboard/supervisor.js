// @ts-check
// /supervisor: the dashboard.

import { AgentsTable } from "./agents-table.js";
import { AgentsView } from "./agents-view.js";
import { displaysOf } from "../team/assist.js";
import { Asking, Supervising, assistIn } from "../call/supervising.js";
import { followEvents } from "../frame/events.js";
import { Help } from "../frame/help-dialog.js";
import { Bell } from "../help/bell.js";
import { html } from "../frame/html.js";
import { Picker, firstChoice } from "../glance/picker.js";
import { agentPage } from "./places.js";
import { Search } from "../frame/search.js";
import { Nobody } from "../team/nobody.js";
import { SetStatus } from "../team/set-status.js";
import { Banner, Me, Peers } from "../frame/topbar.js";
import { Totals } from "./totals.js";
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
      <${Search} what="agents" text=${view.search.value} find=${(/** @type {string} */ text) => view.find(text)} />
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

const some = computed(() => view.nodes.value.length > 0);

function Agents() {
  return some.value ? html`<${AgentsTable} view=${view} deeds=${deeds} />` : html`<${Nobody} total=${view.total.value} clear=${() => view.clear()} />`;
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
