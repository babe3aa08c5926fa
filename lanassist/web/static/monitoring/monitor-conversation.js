// @ts-check
// One conversation of a monitored agent: the log with the draft, the menu, and under control the reply.

import { own, valueAt } from "../frame/board.js";
import { AssignDialog, BlockDialog, CategoryDialog } from "./client-acts.js";
import { Wait } from "../conversation/client-list.js";
import { ConversationLog } from "../conversation/conversation-log.js";
import { useDeskLog } from "./desk-log.js";
import { html } from "../frame/html.js";
import { joined } from "./mirrored.js";
import { logs, toldOf } from "./monitor-board.js";
import { MoreMenu } from "./more-menu.js";
import { ReplyBox } from "./reply-box.js";
import { useMemo, useState } from "../vendor/preact-hooks.mjs";
import { computed } from "../vendor/signals.mjs";

/** @import { Control } from "./control.js" */
/** @import { Entry } from "../conversation/conversation-types.js" */
/** @import { Local } from "../conversation/conversation.js" */
/** @import { DraftRow, MirrorRow } from "./monitor-types.js" */
/** @import { AgentRow } from "../frame/types.js" */

const NOT_TOLD = "Its desk has not told of this conversation yet.";
const NONE = /** @type {readonly Entry[]} */ (Object.freeze([]));

/** @typedef {{entries: readonly Entry[], failure: string, whole: boolean, readAll: () => void}} ShownLog */

/**
 * The log to show: what the agent mirrors, and before that (or instead) what the desk has.
 * @param {MirrorRow} row
 * @returns {ShownLog}
 */
export function useLog(row) {
  const key = `${row.agent}/${row.conversation}`;
  const [all, setAll] = useState(false);
  const mirrored = useMemo(() => computed(() => logs.value.get(key) ?? NONE), [key]).value;
  const past = row.state === "done" || row.state === "moved";
  const desk = useDeskLog(row.conversation, { wanted: all || (past && !mirrored.length) });
  const entries = useMemo(() => joined(desk.entries, mirrored), [desk.entries, mirrored]);
  return { entries, failure: desk.failure, whole: (entries[0]?.seq ?? 1) === 1, readAll: () => setAll(true) };
}

/**
 * @typedef {object} PaneProps
 * @property {MirrorRow} row
 * @property {ShownLog} log
 * @property {AgentRow} agent
 * @property {Control} control
 * @property {() => void} back  to the list of clients, where one column is shown at a time
 * @property {() => void} about  to what is known of the client, likewise
 */

/** Give it a key of the conversation. @param {PaneProps} props */
export function ConversationPane({ row, log, agent, control, back, about }) {
  const [local, act] = useLocal(row, control);
  const draft = /** @type {DraftRow | null} */ (valueAt("conversations.drafts", `${row.agent}/${row.conversation}`).value);
  const voice = useMemo(() => ({ node: agent.node, name: agent.name, as: agent.name }), [agent.node, agent.name]);
  const acting = control.agent.value === agent.node;
  const open = row.state === "held" || row.state === "completing";
  return html`
    <section class="talk ${acting ? "acting" : ""}" aria-label=${`Conversation with ${row.client.name}`}>
      <${Head} row=${row} control=${control} back=${back} about=${about} />
      ${log.failure && html`<p class="refusal" role="alert">${log.failure}</p>`}
      ${!log.whole && html`<button type="button" class="from-start" onClick=${log.readAll}>Read from the beginning</button>`}
      <${ConversationLog} entries=${log.entries} voice=${voice} client=${row.client.name} me=${own.value?.node ?? ""}
        typing=${open && row.typing} draft=${open ? draft?.text ?? "" : ""} local=${local} live=${open}
        retry=${act.retry} dismiss=${act.dismiss} />
      ${row.unsent > 0 && html`<p class="unsent-note">${row.unsent === 1 ? "1 entry waits" : `${row.unsent} entries wait`} for the desk.</p>`}
      ${acting && open && html`
        <${ReplyBox} key=${row.conversation} conversation=${row.conversation} name=${agent.name} client=${row.client.name}
          refusal=${row.act?.text ?? ""} act=${act.send} />
      `}
      ${!open && html`<p class="closed">${row.state === "done" ? "Completed." : `Not in the hands of ${agent.name} any more.`}
        ${row.state === "done" ? " Assign it to an agent to open it again." : ""}</p>`}
    </section>
  `;
}

/**
 * What is said under control, until the log shows it.
 * @param {MirrorRow} row
 * @param {Control} control
 * @returns {[readonly Local[], {send: (kind: "say" | "note" | "complete", text: string) => void, retry: (id: string) => void, dismiss: (id: string) => void}]}
 */
function useLocal(row, control) {
  const [local, setLocal] = useState(/** @type {readonly Local[]} */ ([]));
  const marked = (/** @type {string} */ id, /** @type {string} */ error) =>
    setLocal((before) => before.map((each) => (each.id === id ? { ...each, error } : each)));
  const run = (/** @type {Local} */ each) =>
    void control.act(row.conversation, each.kind, each.text, each.id).catch((refused) => marked(each.id, refused.message));
  const acts = useMemo(() => ({
    send(/** @type {"say" | "note" | "complete"} */ kind, /** @type {string} */ text) {
      const said = { id: crypto.randomUUID(), kind, text, error: "" };
      setLocal((before) => [...before, said]);
      run(said);
    },
    retry(/** @type {string} */ id) {
      marked(id, "");
      setLocal((before) => {
        const again = before.find((each) => each.id === id);
        if (again) queueMicrotask(() => run(again));
        return before;
      });
    },
    dismiss: (/** @type {string} */ id) => setLocal((before) => before.filter((each) => each.id !== id)),
  }), [row.conversation]);
  return [local, acts];
}

/** @param {{row: MirrorRow, control: Control, back: () => void, about: () => void}} props */
function Head({ row, control, back, about }) {
  return html`
    <header class="talk-head">
      <button type="button" class="quiet narrow-only" onClick=${back}><span aria-hidden="true">←</span> Clients</button>
      <div class="who">
        <h2><bdi>${row.client.name}</bdi></h2>
        <span class="muted"><bdi>${row.category || "No category"}</bdi>
          ${row.waiting_since !== null && row.state === "held" && html` · waits <${Wait} since=${row.waiting_since} label="" />`}</span>
      </div>
      <span class="end">
        <button type="button" class="narrow-only" onClick=${about}>About</button>
        <${ClientMenu} row=${row} control=${control} />
      </span>
    </header>
  `;
}

/** @param {{row: MirrorRow, control: Control}} props */
function ClientMenu({ row, control }) {
  const told = toldOf(row.conversation).value;
  const [asking, setAsking] = useState(/** @type {"" | "category" | "assign" | "block"} */ (""));
  const close = () => setAsking("");
  const over = row.state === "done" || row.state === "moved" ? "It is not in the agent's hands any more." : "";
  const subject = {
    conversation: row.conversation, client: row.client, category: row.category, desk: row.desk, owner: told?.state === "open" ? told.owner : "",
  };
  const items = [
    { label: "Recategorize…", refusal: row.act?.text ?? over, does: () => setAsking("category") },
    { label: "Assign to…", refusal: told ? told.assign?.text ?? "" : NOT_TOLD, does: () => setAsking("assign") },
    { label: "Block…", refusal: told ? told.block?.text ?? "" : NOT_TOLD, does: () => setAsking("block") },
  ];
  return html`
    <${MoreMenu} label=${`More for ${row.client.name}`} items=${items} />
    ${asking === "category" && html`
      <${CategoryDialog} subject=${subject} close=${close} submit=${(/** @type {string} */ name) => control.act(row.conversation, "categorise", name)} />
    `}
    ${asking === "assign" && html`<${AssignDialog} subject=${subject} close=${close} />`}
    ${asking === "block" && html`<${BlockDialog} client=${row.client} close=${close} />`}
  `;
}
