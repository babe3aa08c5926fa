// @ts-check
// /supervisor/agents?agent=NODE[&conversation=ID][&glance=1,2[&reason=WHY]][&tray=waiting|orphans|blocked]: monitoring one
// agent's conversations, acting in them under control, and the trays of clients who are nobody's.

import { Asking, Supervising } from "../call/supervising.js";
import { agents, known } from "../frame/board.js";
import { followEvents } from "../frame/events.js";
import { Help } from "../frame/help-dialog.js";
import { html } from "../frame/html.js";
import { useKeys } from "../frame/keys.js";
import { Banner, Me, Peers } from "../frame/topbar.js";
import { GLANCE_KEYS } from "../glance/controls.js";
import { Bell } from "../help/bell.js";
import { useMemo } from "../vendor/preact-hooks.mjs";
import { render } from "../vendor/preact.mjs";
import { AgentBar } from "./agent-bar.js";
import { Columns } from "./agent-columns.js";
import { begin } from "./monitor-clients.js";
import { openTray, selected, step, tray } from "./place.js";
import { control, glance } from "./supervision.js";
import { Switcher } from "./switcher.js";
import { OrphanNews, TrayButtons, TrayView } from "./trays.js";
import { UndoBar } from "./undo.js";
import { useWatch } from "./watch.js";

/** @import { AgentRow } from "../frame/types.js" */

const KEYS = /** @type {const} */ ([
  ["J", "next agent"],
  ["K", "previous agent"],
  ["↑ ↓", "from client to client, in the list"],
  ["G", "Assist: screen, or choose other displays"],
  ...GLANCE_KEYS,
  ["Esc", "stop the glance, close a dialog or a tray"],
  ["L", "assist in the call"],
  ["Space", "hold to talk to the agent"],
  ["?", "this help"],
]);

function Page() {
  const escape = () => !glance.active.peek() && tray.peek() && openTray("");
  useKeys({ j: () => step(1), k: () => step(-1), escape });
  return html`
    <header class="topbar">
      <a class="back" href="/supervisor" onClick=${() => glance.stop("navigated")}><span aria-hidden="true">←</span> Dashboard</a>
      <${Switcher} />
      <${TrayButtons} chosen=${tray.value} choose=${openTray} />
      <span class="end"><${Peers} /><${Bell} /><${Me} /><${Help} keys=${KEYS} /></span>
    </header>
    <${Banner} />
    <${Asking} />
    <${UndoBar} />
    <${Main} />
    <${OrphanNews} />
    <${Supervising} />
  `;
}

function Main() {
  const row = agents.value.get(selected.value);
  return html`
    <main class="monitor" data-acting=${row && control.agent.value === row.node ? "true" : undefined}>
      ${row && html`<${Agent} key=${row.node} row=${row} />`}
      ${tray.value && html`<${TrayView} tray=${tray.value} close=${() => openTray("")} />`}
      ${!row && !tray.value && html`<${NoAgent} />`}
    </main>
  `;
}

/** @param {{row: AgentRow}} props */
function Agent({ row }) {
  const watchRefusal = useWatch(row.node);
  useMemo(() => begin(row.node), []);
  return html`
    <${AgentBar} row=${row} />
    ${!tray.value && html`<${Columns} row=${row} watchRefusal=${watchRefusal} />`}
  `;
}

function NoAgent() {
  if (!known.value) return html`<div class="empty"><h1 class="unseen">Agents</h1><p class="muted">Asking your node…</p></div>`;
  return html`
    <div class="empty">
      <h1>${selected.value ? "This agent is not known here." : "Choose an agent."}</h1>
      <p class="muted">The list above has all that your node has heard of.</p>
    </div>
  `;
}

followEvents();
render(html`<${Page} />`, /** @type {HTMLElement} */ (document.getElementById("page")));
