// @ts-check
// /supervisor/agents?agent=NODE[&conversation=ID][&glance=1,2[&reason=WHY]][&tray=waiting|orphans|blocked]: monitoring one
// agent's conversations, acting in them under control, and the trays of clients who are nobody's.

import { Assist, displaysOf, reasonRequired, screenRefusal } from "../team/assist.js";
import { Badge } from "../team/badge.js";
import { agents, known, tickingNow } from "../frame/board.js";
import { ClientInfo } from "../conversation/client-info.js";
import { ClientList } from "../conversation/client-list.js";
import { inParts } from "../conversation/clients.js";
import { Band, ControlSwitch } from "./control-switch.js";
import { Control } from "./control.js";
import { followEvents } from "../frame/events.js";
import { ReasonDialog } from "../glance/consent.js";
import { GLANCE_KEYS } from "../glance/controls.js";
import { GlancePane } from "../glance/glance-pane.js";
import { Glance } from "../glance/glance.js";
import { Help } from "../frame/help-dialog.js";
import { html } from "../frame/html.js";
import { onKeys } from "../frame/keys.js";
import { callRefusalOf } from "../call/assist.js";
import { Asking, Supervising, assistIn } from "../call/supervising.js";
import { Bell } from "../help/bell.js";
import { controlOffer, mirror } from "./monitor-board.js";
import { begin, clientsOf, saw } from "./monitor-clients.js";
import { ConversationPane, useLog } from "./monitor-conversation.js";
import { Picker, firstChoice } from "../glance/picker.js";
import { silent, sorted } from "../team/status.js";
import { duration } from "../frame/time.js";
import { Banner, Me, Peers } from "../frame/topbar.js";
import { OrphanNews, TRAYS, TrayButtons, TrayView } from "./trays.js";
import { UndoBar } from "./undo.js";
import { useEffect, useMemo, useState } from "../vendor/preact-hooks.mjs";
import { render } from "../vendor/preact.mjs";
import { computed, signal } from "../vendor/signals.mjs";
import { useWatch } from "./watch.js";
import { WhisperBox } from "./whisper.js";

/** @import { MirrorRow } from "./monitor-types.js" */
/** @import { Tray } from "./trays.js" */
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

const glance = Glance.alone();
const control = new Control();
const address = new URLSearchParams(location.search);
const selected = signal(address.get("agent") ?? "");
/** The conversation that is open; empty: the first of the list. */
const chosen = signal(address.get("conversation") ?? "");
const tray = signal(trayOf(address));
/** Why the screen is to be watched, if the address says so. */
let given = address.get("reason") ?? "";
/** What the address asked to watch; done once, so that a reload does not watch again by itself. */
let asked = (address.get("glance") ?? "").split(",").map(Number).filter((number) => number > 0);

/**
 * @param {URLSearchParams} query
 * @returns {Tray | ""}
 */
function trayOf(query) {
  const name = query.get("tray") ?? "";
  return name in TRAYS ? /** @type {Tray} */ (name) : "";
}

/** @param {"pushState" | "replaceState"} how */
function writeAddress(how) {
  const query = new URLSearchParams();
  if (selected.peek()) query.set("agent", selected.peek());
  if (chosen.peek()) query.set("conversation", chosen.peek());
  if (tray.peek()) query.set("tray", tray.peek());
  history[how](null, "", `${location.pathname}?${query}`);
}

/** Nothing of one agent goes on beside another. */
function leaveAgent() {
  glance.stop("other-agent");
  glance.forget();
  control.release();
}

/** @param {string} node */
function select(node) {
  tray.value = "";
  if (node !== selected.peek()) {
    leaveAgent();
    selected.value = node;
    chosen.value = "";
  }
  writeAddress("pushState");
}

/** @param {string} conversation */
function open(conversation) {
  chosen.value = conversation;
  writeAddress("replaceState");
}

/** @param {Tray | ""} name */
function openTray(name) {
  tray.value = name;
  writeAddress("replaceState");
}

window.addEventListener("popstate", () => {
  const query = new URLSearchParams(location.search);
  if ((query.get("agent") ?? "") !== selected.peek()) leaveAgent();
  selected.value = query.get("agent") ?? "";
  chosen.value = query.get("conversation") ?? "";
  tray.value = trayOf(query);
});

/** @param {number} by */
function step(by) {
  const order = sorted(agents.peek().values(), "agent", false).map((row) => row.node);
  const at = order.indexOf(selected.peek());
  const next = order[(at + by + order.length) % order.length];
  if (next) select(next);
}

function Page() {
  useEffect(() => onKeys({ j: () => step(1), k: () => step(-1) }), []);
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
    <${Supervising} />
    <${OrphanNews} />
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

function Switcher() {
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

const SHAPES = Object.freeze({ available: "●", connected: "◐", acw: "◉", absent: "○" });

/**
 * @param {AgentRow} row
 * @param {number} now
 */
function optionText(row, now) {
  return `${SHAPES[row.status]} ${row.name} · ${duration(now - row.since)}`;
}

/** @param {{row: AgentRow}} props */
function Agent({ row }) {
  const watchRefusal = useWatch(row.node);
  useMemo(() => begin(row.node), []);
  const hidden = tray.value !== "";
  return html`
    <${AgentBar} row=${row} />
    ${!hidden && html`<${Columns} row=${row} watchRefusal=${watchRefusal} />`}
  `;
}

/** @param {{row: AgentRow}} props */
function AgentBar({ row }) {
  const [picking, setPicking] = useState(false);
  const [explaining, setExplaining] = useState(/** @type {readonly number[] | null} */ (null));
  const displays = displaysOf(row);
  const refusal = screenRefusal(row);
  const last = () => {
    const before = glance.chosen.peek().filter((number) => displays.some((each) => each.number === number));
    return before.length ? before : firstChoice(displays);
  };
  const watch = (/** @type {readonly number[]} */ numbers) => {
    setPicking(false);
    if (glance.active.peek()) void glance.switchTo(numbers);
    else if (given) begins(numbers, given);
    else if (reasonRequired(row)) setExplaining(numbers);
    else begins(numbers, "");
  };
  const begins = (/** @type {readonly number[]} */ numbers, /** @type {string} */ reason) => {
    setExplaining(null);
    given = "";
    void glance.start(row.node, displays, numbers, reason ? { reason } : {});
  };
  const assist = () => {
    if (refusal) return;
    if (displays.length > 1) setPicking(true);
    else watch(firstChoice(displays));
  };
  const call = () => callRefusalOf(row.node) || assistIn(row.node, row.name);
  useEffect(() => onKeys({ g: assist, l: call }));
  useEffect(() => startAsAsked(row, watch, refusal), [refusal]);
  return html`
    <${Facts} row=${row}>
      <${ControlSwitch} control=${control} row=${row} refusal=${(row.set_status?.text ?? "") || (controlOffer.value?.refusal?.text ?? "")} />
      <${Assist} row=${row} keys="g" callKeys="l" start=${assist} call=${call} />
    <//>
    <${Band} control=${control} row=${row} />
    <${GlanceDock} row=${row} displays=${displays} refusal=${refusal} start=${() => watch(last())} />
    ${explaining && html`<${ReasonDialog} name=${row.name} close=${() => setExplaining(null)} go=${(/** @type {string} */ reason) => begins(explaining, reason)} />`}
    ${picking && html`
      <${Picker} agent=${row.name} displays=${displays} verb="Watch" choose=${watch} close=${() => setPicking(false)} chosen=${last()} />
    `}
  `;
}

/**
 * The glance pane, above the conversations while there is something to see or to say.
 * @param {{row: AgentRow, displays: AgentRow["displays"], refusal: string, start: () => void}} props
 */
function GlanceDock({ row, displays, refusal, start }) {
  const phase = glance.progress.value.phase;
  return html`
    <div class="glance-dock" hidden=${phase === "idle"}>
      <${GlancePane} glance=${glance} name=${row.name} displays=${displays} refusal=${refusal} start=${start} />
      ${phase === "ended" && html`<button type="button" class="quiet dock-close" onClick=${() => glance.forget()}>Close</button>`}
    </div>
  `;
}

/**
 * @param {AgentRow} row
 * @param {(displays: readonly number[]) => void} watch
 * @param {string} refusal
 */
function startAsAsked(row, watch, refusal) {
  if (!asked.length || row.node !== address.get("agent") || refusal) return;
  const displays = asked;
  asked = [];
  writeAddress("replaceState");
  watch(displays);
}

/** @param {{row: AgentRow, children?: unknown}} props */
function Facts({ row, children }) {
  const now = tickingNow();
  return html`
    <section class="agent-bar ${silent(row, now) ? "silent" : ""}" aria-label="Agent">
      <div class="who">
        <h1><bdi>${row.name}</bdi></h1>
        <span class="muted"><bdi>${row.email}</bdi>${row.teams.length > 0 && html` · <bdi>${row.teams.join(", ")}</bdi>`}</span>
      </div>
      <dl>
        <div><dt>Status</dt><dd><${Badge} row=${row} now=${now} /></dd></div>
        <div><dt>In state</dt><dd class="figure">${duration(now - row.since)}</dd></div>
        <div><dt>Capacity</dt><dd class="figure">${row.active}/${row.total}</dd></div>
      </dl>
      <div class="row">${children}</div>
    </section>
  `;
}

/** @param {{row: AgentRow, watchRefusal: string}} props */
function Columns({ row, watchRefusal }) {
  const [view, setView] = useState(/** @type {"clients" | "talk" | "about"} */ (chosen.peek() ? "talk" : "clients"));
  const clients = useMemo(() => clientsOf(row.node), [row.node]).value;
  const first = inParts(clients).flatMap((part) => part.rows)[0];
  const at = clients.some((each) => each.id === chosen.value) ? chosen.value : first?.id ?? "";
  const current = useMemo(() => computed(() => mirror.value.get(`${row.node}/${at}`)), [row.node, at]).value;
  const choose = (/** @type {string} */ id) => {
    open(id);
    setView("talk");
  };
  // The one that is shown stays, also when another comes to stand above it in the list. What is completed
  // gives way: it is told before what is in hand.
  useEffect(() => {
    if (at && at !== chosen.peek() && first?.part !== "done") open(at);
  }, [at]);
  return html`
    <div class="monitor-columns" data-view=${view}>
      <div class="column-clients">
        ${watchRefusal && html`<p class="refusal" role="alert">${watchRefusal}</p>`}
        <${ClientList} rows=${clients} chosen=${at} choose=${choose}>
          <p class="nothing">${row.online ? "No client at the moment." : "Nothing was told before the agent went offline."}</p>
        <//>
      </div>
      ${current
        ? html`<${Opened} key=${current.conversation} row=${current} agent=${row} setView=${setView} />`
        : html`<div class="talk empty"><p class="muted">${clients.length ? "Choose a client." : "No conversation to show."}</p></div>`}
      <${WhisperBox} key=${row.node} agent=${row.node} name=${row.name} conversation=${at}
        refusal=${watchRefusal || (row.online ? "" : `${row.name} is offline.`)} />
    </div>
  `;
}

/** @param {{row: MirrorRow, agent: AgentRow, setView: (view: "clients" | "talk" | "about") => void}} props */
function Opened({ row, agent, setView }) {
  const log = useLog(row);
  const last = log.entries.at(-1)?.seq ?? 0;
  useEffect(() => {
    const look = () => document.hidden || saw(`${row.agent}/${row.conversation}`, last);
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [last]);
  const voice = useMemo(() => ({ node: agent.node, name: agent.name, as: agent.name }), [agent.node, agent.name]);
  return html`
    <${ConversationPane} row=${row} log=${log} agent=${agent} control=${control} back=${() => setView("clients")} about=${() => setView("about")} />
    <div class="column-about">
      <button type="button" class="quiet narrow-only" onClick=${() => setView("talk")}><span aria-hidden="true">←</span> Conversation</button>
      <${ClientInfo} conversation=${row.conversation} client=${row.client} category=${row.category} entries=${log.entries} voice=${voice} />
    </div>
  `;
}

function NoAgent() {
  const text = !known.value ? "Asking your node…" : selected.value ? "This agent is not known here." : "Choose an agent.";
  return html`<div class="empty"><h1 class="unseen">Agents</h1><p class="muted">${text}</p></div>`;
}

function trayKeys() {
  onKeys({ escape: () => !glance.active.peek() && tray.peek() && openTray("") });
}

followEvents();
trayKeys();
render(html`<${Page} />`, /** @type {HTMLElement} */ (document.getElementById("page")));
