// @ts-check
// The trays: clients in no living agent's hands (the queue, orphans), and those who are blocked.

import { Action } from "../frame/action.js";
import { told, tickingNow, nodeNow, valueAt } from "../frame/board.js";
import { AssignDialog, BlockDialog, assign, unblock } from "./client-acts.js";
import { Wait } from "../conversation/client-list.js";
import { ConversationLog } from "../conversation/conversation-log.js";
import { useDeskLog } from "./desk-log.js";
import { html } from "../frame/html.js";
import { blocked } from "./monitor-board.js";
import { roughly } from "../frame/time.js";
import { useEffect, useState } from "../vendor/preact-hooks.mjs";
import { computed } from "../vendor/signals.mjs";

/** @import { BlockedRow } from "./monitor-types.js" */
/** @import { ToldConversation } from "../frame/types.js" */

/** @typedef {"waiting" | "orphans" | "blocked"} Tray */

export const TRAYS = /** @type {Readonly<Record<Tray, string>>} */ (Object.freeze({ waiting: "Queue", orphans: "Orphans", blocked: "Blocked" }));

/** Rows drawn at first; more are asked for. */
const DRAWN = 100;

/** @param {ToldConversation} row */
const orphaned = (row) => row.orphaned && row.state === "open";

/** The longest first; the same array as before if nothing in it changed, so that nobody draws for nothing. */
const ids = computed(() => {
  const rows = [...told.value.values()];
  const of = (/** @type {(row: ToldConversation) => boolean} */ fits) =>
    rows.filter(fits).sort((a, b) => a.since - b.since).map((row) => row.conversation).join(" ");
  return { waiting: of((row) => row.state === "waiting"), orphans: of(orphaned) };
});
const list = { waiting: computed(() => ids.value.waiting), orphans: computed(() => ids.value.orphans) };
const split = (/** @type {string} */ joined) => (joined ? joined.split(" ") : []);

/** How many are in each tray. */
export const counts = {
  waiting: computed(() => split(list.waiting.value).length),
  orphans: computed(() => split(list.orphans.value).length),
  blocked: computed(() => blocked.value.size),
};

/**
 * The ways to the trays, each with its number.
 * @param {{chosen: Tray | "", choose: (tray: Tray | "") => void}} props
 */
export function TrayButtons({ chosen, choose }) {
  const names = /** @type {Tray[]} */ (Object.keys(TRAYS));
  return html`
    <div class="tray-buttons" role="group" aria-label="Trays">
      ${names.map((tray) => html`<${TrayButton} key=${tray} tray=${tray} chosen=${chosen === tray} choose=${choose} />`)}
    </div>
  `;
}

/** @param {{tray: Tray, chosen: boolean, choose: (tray: Tray | "") => void}} props */
function TrayButton({ tray, chosen, choose }) {
  const count = counts[tray].value;
  return html`
    <button type="button" class="chip ${tray === "orphans" && count ? "urgent" : ""}" aria-pressed=${chosen ? "true" : "false"}
      onClick=${() => choose(chosen ? "" : tray)}>${TRAYS[tray]} <strong>${count}</strong></button>
  `;
}

const ABOUT = /** @type {Readonly<Record<Tray, string>>} */ (Object.freeze({
  waiting: "No agent has these clients yet. A desk gives each to the first agent who has room; you may be quicker.",
  orphans: "The agents who had these clients are gone. Give each to somebody, or back to the queue, which finds somebody by itself.",
  blocked: "These clients cannot start a conversation, at any desk.",
}));
const EMPTY = /** @type {Readonly<Record<Tray, string>>} */ (Object.freeze({
  waiting: "Nobody waits.", orphans: "No orphans: every client is in living hands.", blocked: "Nobody is blocked.",
}));

/** @param {{tray: Tray, close: () => void}} props */
export function TrayView({ tray, close }) {
  return html`
    <section class="tray" aria-labelledby="tray-title">
      <header class="tray-head">
        <div><h2 id="tray-title">${TRAYS[tray]}</h2><p class="muted">${ABOUT[tray]}</p></div>
        <button type="button" class="quiet" aria-keyshortcuts="Escape" onClick=${close}>Close <kbd aria-hidden="true">Esc</kbd></button>
      </header>
      ${tray === "blocked" ? html`<${BlockedTray} />` : html`<${ClientTray} key=${tray} tray=${tray} />`}
    </section>
  `;
}

/** @param {{tray: "waiting" | "orphans"}} props */
function ClientTray({ tray }) {
  const [drawn, setDrawn] = useState(DRAWN);
  const [reading, setReading] = useState("");
  const all = split(list[tray].value);
  return html`
    <div class="tray-columns ${reading ? "reading" : ""}">
      <div class="tray-list">
        ${all.length === 0 && html`<p class="nothing">${EMPTY[tray]}</p>`}
        <ul aria-label=${TRAYS[tray]}>
          ${all.slice(0, drawn).map((id) => html`
            <${ClientCard} key=${id} id=${id} tray=${tray} open=${reading === id} read=${() => setReading(reading === id ? "" : id)} />
          `)}
        </ul>
        ${all.length > drawn && html`<button type="button" onClick=${() => setDrawn(drawn + DRAWN)}>Show more of ${all.length}</button>`}
      </div>
      ${reading && html`<${Reading} key=${reading} id=${reading} close=${() => setReading("")} />`}
    </div>
  `;
}

/**
 * One client who is nobody's; drawn again when that one changes, and for no other.
 * @param {{id: string, tray: "waiting" | "orphans", open: boolean, read: () => void}} props
 */
function ClientCard({ id, tray, open, read }) {
  const row = /** @type {ToldConversation | null} */ (valueAt("conversations.all", id).value);
  const [asking, setAsking] = useState(/** @type {"" | "assign" | "block"} */ (""));
  const [error, setError] = useState("");
  if (!row) return null;
  const back = () => void assign(id, "").then(() => setError(""), (refused) => setError(refused.message));
  const name = row.client.name;
  const assigning = row.assign?.text ?? "";
  const orphan = tray === "orphans";
  return html`
    <li class="card ${orphan ? "orphan" : ""}">
      <button type="button" class="card-who" aria-expanded=${open ? "true" : "false"} onClick=${read}>
        <span class="unseen">Read </span><bdi class="name">${name}</bdi><${Wait} since=${row.since} label=${orphan ? "orphaned for" : "waits"} />
        <span class="about"><bdi>${row.category || "No category"}</bdi>${orphan && html` · was with <bdi>${row.owner_name || "an agent"}</bdi>`}
          ${!orphan && row.client.contact && html` · <bdi>${row.client.contact}</bdi>`}</span>
      </button>
      <div class="row">
        <${Action} label=${orphan ? "Give to…" : "Assign…"} about=${name} kind=${orphan ? "primary" : ""} refusal=${assigning} does=${() => setAsking("assign")} />
        ${orphan && html`<${Action} label="Back to the queue" about=${name} refusal=${assigning} does=${back} />`}
        <${Action} label="Block…" about=${name} refusal=${row.block?.text ?? ""} does=${() => setAsking("block")} />
      </div>
      <div role="alert">${error && html`<p class="refusal">${error}</p>`}</div>
      ${asking === "assign" && html`
        <${AssignDialog} subject=${{ ...row, owner: orphan ? row.owner : "" }} close=${() => setAsking("")} />
      `}
      ${asking === "block" && html`<${BlockDialog} client=${row.client} close=${() => setAsking("")} />`}
    </li>
  `;
}

/** @param {{id: string, close: () => void}} props */
function Reading({ id, close }) {
  const row = /** @type {ToldConversation | null} */ (valueAt("conversations.all", id).value);
  const { entries, failure } = useDeskLog(id, { follow: true });
  const name = row?.client.name ?? "Client";
  return html`
    <section class="tray-reading" aria-label=${`Conversation of ${name}`}>
      <header><h3><bdi>${name}</bdi></h3><button type="button" class="quiet icon" aria-label="Close the conversation" onClick=${close}><span aria-hidden="true">✕</span></button></header>
      ${failure && html`<p class="refusal" role="alert">${failure}</p>`}
      <${ConversationLog} entries=${entries} voice=${{ node: row?.owner ?? "", name: row?.owner_name ?? "", as: row?.owner_name ?? "" }} client=${name} />
    </section>
  `;
}

function BlockedTray() {
  const rows = [...blocked.value.values()].sort((a, b) => (a.name || a.client).localeCompare(b.name || b.client));
  if (!rows.length) return html`<p class="nothing">${EMPTY.blocked}</p>`;
  return html`
    <ul class="blocked" aria-label="Blocked clients">${rows.map((row) => html`<${BlockedCard} key=${row.client} row=${row} />`)}</ul>
  `;
}

/** @param {{row: BlockedRow}} props */
function BlockedCard({ row }) {
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const free = () => {
    setBusy(true);
    unblock(row.client).then(() => setError(""), (refused) => setError(refused.message)).finally(() => setBusy(false));
  };
  const name = row.name || row.client;
  return html`
    <li class="card">
      <div class="blocked-who"><bdi class="name">${name}</bdi><${Remaining} until=${row.until} />
        <span class="about"><bdi>${row.reason || "No reason given"}</bdi>${row.by && html` · by <bdi>${row.by}</bdi>`}</span></div>
      <${Action} label="Unblock" about=${name} refusal=${row.unblock?.text ?? ""} does=${() => busy || free()} />
      <div role="alert">${error && html`<p class="refusal">${error}</p>`}</div>
    </li>
  `;
}

/** @param {{until: number | null}} props */
function Remaining({ until }) {
  const now = tickingNow();
  return html`<span class="figure muted">${until === null ? "until unblocked" : until > now ? `${roughly(until - nodeNow())} left` : "over"}</span>`;
}

/** Says aloud when another orphan is there. */
export function OrphanNews() {
  const count = counts.orphans.value;
  const [before, setBefore] = useState(count);
  const [news, setNews] = useState("");
  useEffect(() => {
    if (count > before) setNews(count === 1 ? "One client is an orphan: the agent is gone" : `${count} clients are orphans: their agents are gone`);
    setBefore(count);
  }, [count]);
  return html`<p class="unseen" role="status">${news}</p>`;
}
