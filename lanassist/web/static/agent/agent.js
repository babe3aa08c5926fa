// @ts-check
// /agent: the agent's console.

import { choose, chosen, desks, firstOfAll, mine, narrow, openWhispers, rows, show, status, unreadTotal, view, whispers, workOn } from "./agent-board.js";
import { ConsentRequests, waiting } from "./agent-consent.js";
import { Conversation, useLog, you } from "./agent-conversation.js";
import { idleWords } from "./agent-shape.js";
import { Capacity, Figures, StatusPicker, beAvailable, trouble } from "./agent-status.js";
import { ControlBand, Watching, Whispers } from "./agent-watch.js";
import { known, nodeNow, own } from "../frame/board.js";
import { ClientInfo } from "../conversation/client-info.js";
import { ClientList } from "../conversation/client-list.js";
import { neighbour } from "../conversation/clients.js";
import { followEvents } from "../frame/events.js";
import { Help } from "../frame/help-dialog.js";
import { html } from "../frame/html.js";
import { useKeys } from "../frame/keys.js";
import { CallMenu, CallStrip } from "./agent-call.js";
import { HelpButton } from "./agent-help.js";
import { timeOfDay } from "../frame/time.js";
import { Banner, Me, Peers } from "../frame/topbar.js";
import { useEffect, useRef, useState } from "../vendor/preact-hooks.mjs";
import { render } from "../vendor/preact.mjs";
import { effect } from "../vendor/signals.mjs";

/** @import { OwnConversation } from "../conversation/conversation-types.js" */

const KEYS = /** @type {const} */ ([
  ["J", "next client"],
  ["K", "previous client"],
  ["R", "write a reply"],
  ["N", "write a note"],
  ["T", "transfer the client"],
  ["Enter", "send"],
  ["Esc", "leave the text field, close a dialog"],
  ["?", "this help"],
]);

function Console() {
  const step = (/** @type {number} */ by) => {
    const next = neighbour(rows.peek(), chosen.peek(), by);
    if (next) show(next);
  };
  useKeys({ j: () => step(1), k: () => step(-1) });
  return html`
    <${Top} />
    <${Banner} />
    <${ConsentRequests} />
    <${ControlBand} />
    <${CallStrip} />
    <div role="alert">${trouble.value && html`<p class="refusal top-trouble">${trouble.value}</p>`}</div>
    <${Whispers} />
    <main class="console" data-view=${view.value}>
      <${Clients} />
      <${Chosen} />
    </main>
    <${News} />
  `;
}

function Top() {
  return html`
    <header class="topbar">
      <p class="brand"><span class="mark" aria-hidden="true"></span><span class="wide">lanassist</span></p>
      <h1 class="unseen">Clients</h1>
      <${StatusPicker} />
      <${Capacity} />
      <${Figures} />
      <${CallMenu} />
      <${HelpButton} />
      <${Watching} />
      <span class="end">
        ${own.value?.roles.includes("supervisor") && html`<a class="back" href="/supervisor">Dashboard</a>`}
        <${Peers} /><${Me} /><${Help} keys=${KEYS} /></span>
    </header>
  `;
}

function Clients() {
  return html`
    <div class="column list">
      <${ClientList} rows=${rows.value} chosen=${chosen.value} choose=${choose} enter=${workOn} done="Done today">
        <${NoClient} />
      <//>
    </div>
  `;
}

function Chosen() {
  const row = mine.value.get(chosen.value);
  if (row) return html`<${Both} key=${row.conversation} row=${row} />`;
  const someone = rows.value.some((each) => each.part !== "done");
  return html`
    <div class="column middle-column">
      ${someone ? html`<div class="empty"><p>Choose a client.</p><p class="muted"><kbd>J</kbd> and <kbd>K</kbd> go through the list.</p></div>` : html`<${NoClient} />`}
    </div>
  `;
}

/** @param {{row: OwnConversation}} props */
function Both({ row }) {
  const turnTo = (/** @type {typeof view.value} */ column) => void (view.value = column);
  const entries = useLog(row);
  return html`
    <div class="column middle-column">
      <${Conversation} row=${row} entries=${entries} back=${() => turnTo("list")} about=${() => turnTo("info")} />
    </div>
    <div class="column facts-column">
      <button type="button" class="quiet middle back-to" onClick=${() => turnTo("conversation")}><span aria-hidden="true">←</span> Conversation</button>
      <${ClientInfo} conversation=${row.conversation} client=${row.client} category=${row.category} entries=${entries} voice=${you()} of=${row.conversation}>
        <div><dt>With you</dt><dd>since ${timeOfDay(nodeNow() - row.since)}</dd></div>
        <div><dt>Desk</dt><dd><bdi>${desks.value.get(row.desk)?.name ?? (row.desk_online ? "connected" : "offline")}</bdi></dd></div>
        <${Whispered} conversation=${row.conversation} />
      <//>
    </div>
  `;
}

/** What supervisors whispered about this conversation. @param {{conversation: string}} props */
function Whispered({ conversation }) {
  const all = [...whispers.value.values()].filter((each) => each.conversation === conversation).sort((a, b) => a.at - b.at);
  if (!all.length) return null;
  return html`
    <div class="whispered"><dt>Whispers</dt><dd>${all.map((each, i) => html`<p key=${i}><bdi>${each.name}</bdi>: <bdi>${each.text}</bdi></p>`)}</dd></div>
  `;
}

/** Why there is nobody, and what to do about it. */
function NoClient() {
  const { title, detail, onBreak } = idleWords(status.value, desks.value, known.value);
  return html`
    <div class="empty">
      <p>${title}</p>
      ${detail && html`<p class="muted">${detail}</p>`}
      ${onBreak && html`<button type="button" class="primary" onClick=${beAvailable}>Be available</button>`}
    </div>
  `;
}

/** Says aloud who came. */
function News() {
  const before = useRef(/** @type {ReadonlySet<string> | null} */ (null));
  const [words, setWords] = useState("");
  const held = [...mine.value.values()].filter((row) => row.state === "held");
  useEffect(() => {
    const fresh = held.filter((row) => before.current && !before.current.has(row.conversation));
    if (known.value) before.current = new Set(held.map((row) => row.conversation));
    if (fresh.length) setWords(fresh.map((row) => `New client: ${row.client.name}${row.category ? `, ${row.category}` : ""}`).join(". "));
  }, [mine.value]);
  return html`<p class="unseen" role="status">${words}</p>`;
}

effect(() => {
  const count = unreadTotal.value + openWhispers.value.length + waiting.value;
  document.title = `${count ? `(${count}) ` : ""}Clients · lanassist`;
});
effect(() => {
  const free = rows.value.length > 0 && !mine.value.has(chosen.value);
  const first = free && !narrow.value ? firstOfAll() : "";
  if (first) choose(first);
});

followEvents();
render(html`<${Console} />`, /** @type {HTMLElement} */ (document.getElementById("page")));
