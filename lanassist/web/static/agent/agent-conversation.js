// @ts-check
// The conversation in the middle: its log, what can be done in it, and where to write.

import { categoriesOf, choose, firstOfAll, logs, outgoing, rows, workOn } from "./agent-board.js";
import { categoryNow } from "./agent-shape.js";
import { Refused, command, wordsOf } from "../frame/api.js";
import { nodeNow, own } from "../frame/board.js";
import { CategoryPicker } from "../conversation/client-info.js";
import { Composer } from "./composer.js";
import { ConversationLog, Copy } from "../conversation/conversation-log.js";
import { Dialog } from "../frame/dialog.js";
import { html } from "../frame/html.js";
import { useKeys } from "../frame/keys.js";
import { PeopleDialog } from "../conversation/people-dialog.js";
import { timeOfDay } from "../frame/time.js";
import { useCallback, useEffect, useRef, useState } from "../vendor/preact-hooks.mjs";

/** @import { Colleague, Entry, OwnConversation } from "../conversation/conversation-types.js" */
/** @import { Voice } from "../conversation/conversation.js" */

const NOTHING = Object.freeze(/** @type {Entry[]} */ ([]));
/** Of a request that may have been carried out although no answer came: asked again, it keeps its id. */
const UNSURE = new Set(["no-answer", "node-unreachable"]);

/** @returns {Voice} */
export function you() {
  return { node: own.value?.node ?? "", name: "You", as: "you" };
}

/**
 * The log: from the board while the conversation is in hand, else asked for; meanwhile as it was last.
 * @param {OwnConversation} row
 */
export function useLog(row) {
  const [kept, setKept] = useState(/** @type {readonly Entry[]} */ (NOTHING));
  const live = logs.value.get(row.conversation);
  const last = useRef(live);
  if (live) last.current = live;
  const gone = row.state === "done" || row.state === "moved";
  useEffect(() => {
    if (!gone) return undefined;
    let wanted = true;
    command("conversations.show", { conversation: row.conversation }).then((answer) => wanted && setKept(answer.entries), () => undefined);
    return () => void (wanted = false);
  }, [row.conversation, row.state, row.entries]);
  if (!gone) return live ?? NOTHING;
  return kept.length ? kept : last.current ?? NOTHING;
}

/**
 * @param {{row: OwnConversation, entries: readonly Entry[], back: () => void, about: () => void}} props
 *   back, about: to the list and to the facts, where only one column is shown
 */
export function Conversation({ row, entries, back, about }) {
  const id = row.conversation;
  const local = outgoing.local(id).value;
  const over = row.state === "done" || row.state === "moved";
  useEffect(() => {
    const known = new Set([...entries, ...row.refused].map((each) => each.id));
    outgoing.forget(id, (each) => known.has(each.id) || (over && !each.error));
  }, [entries, row.refused, over]);
  const dismiss = useCallback((/** @type {string} */ act) => {
    const here = outgoing.local(id).peek().some((each) => each.id === act);
    if (here) outgoing.forget(id, (each) => each.id === act);
    else void command("conversations.dismiss", { conversation: id, id: act }).catch(() => undefined);
  }, [id]);
  const retry = useCallback((/** @type {string} */ act) => outgoing.retry(id, act), [id]);
  return html`
    <section class="conversation" aria-label=${`Conversation with ${row.client.name}`}>
      <header>
        <button type="button" class="quiet icon narrow" aria-label="Back to the clients" onClick=${back}><span aria-hidden="true">←</span></button>
        <h2><bdi>${row.client.name}</bdi></h2>
        ${row.state === "held"
          ? html`<${Doings} row=${row} />`
          : html`<span class="muted"><bdi>${row.category}</bdi></span>`}
        <button type="button" class="quiet middle" onClick=${about}>About<span class="unseen"> the client</span></button>
      </header>
      ${!row.desk_online && row.state === "held" && html`
        <p class="trouble" role="status">The desk of this conversation is offline. What you write is kept, and sent when it is back.</p>
      `}
      <${ConversationLog} entries=${entries} pending=${row.pending} refused=${row.refused} local=${local} voice=${you()} client=${row.client.name}
        deskOnline=${row.desk_online} typing=${row.typing && row.state === "held"} dismiss=${dismiss} retry=${retry} />
      ${row.state === "held" ? html`<${Composer} conversation=${id} client=${row.client.name} />` : html`<${Ended} row=${row} />`}
    </section>
  `;
}

/** @param {{row: OwnConversation}} props */
function Doings({ row }) {
  const [asked, setAsked] = useState(/** @type {"" | "transfer" | "complete"} */ (""));
  const id = row.conversation;
  const local = outgoing.local(id).value;
  const categories = categoriesOf(row.desk);
  const complete = () => outgoing.act(id, "complete");
  const close = () => setAsked("");
  useKeys({ t: () => setAsked("transfer") });
  return html`
    <div class="doings">
      <${CategoryPicker} category=${categoryNow(row, local)} categories=${categories} refusal=${categories.length ? "" : "The desk names no categories"}
        choose=${(/** @type {string} */ category) => outgoing.act(id, "categorise", category)} />
      <button type="button" aria-keyshortcuts="t" title="Transfer (T)" onClick=${() => setAsked("transfer")}>Transfer…</button>
      <button type="button" class="primary" onClick=${() => (outgoing.draft(id).peek().trim() ? setAsked("complete") : complete())}>Complete</button>
    </div>
    ${asked === "transfer" && html`<${TransferDialog} row=${row} close=${close} />`}
    ${asked === "complete" && html`
      <${Dialog} title="Complete without sending?" close=${close}>
        <p>What you wrote to <bdi>${row.client.name}</bdi> has not been sent.</p>
        <div class="foot"><p></p>
          <button type="button" data-first onClick=${close}>Keep writing</button>
          <button type="button" class="primary" onClick=${complete}>Complete</button>
        </div>
      <//>
    `}
  `;
}

/** @param {{row: OwnConversation, close: () => void}} props */
function TransferDialog({ row, close }) {
  const [people, setPeople] = useState(/** @type {Colleague[] | null} */ (null));
  const [failure, setFailure] = useState("");
  const ids = useRef(/** @type {Map<string, string>} */ (new Map()));
  const conversation = row.conversation;
  useEffect(() => {
    command("conversations.colleagues", { conversation }).then((answer) => setPeople(answer.colleagues), (refused) => setFailure(refused.message));
  }, []);
  const submit = async (/** @type {string} */ to) => {
    const id = ids.current.get(to) ?? crypto.randomUUID();
    ids.current.set(to, id);
    try {
      await command("conversations.transfer", { conversation, to, id });
    } catch (refused) {
      if (!(refused instanceof Refused && UNSURE.has(refused.code))) ids.current.delete(to);
      throw refused;
    }
  };
  return html`<${PeopleDialog} title=${`Transfer ${row.client.name}`} verb="Transfer" people=${people} failure=${failure} queue="" submit=${submit} close=${close} />`;
}

/** In the composer's place, when there is nobody to write to. @param {{row: OwnConversation}} props */
function Ended({ row }) {
  const left = outgoing.draft(row.conversation).value;
  const words = {
    done: `Completed at ${timeOfDay(nodeNow() - row.since)}.`,
    moved: "This client is with somebody else now.",
    completing: row.desk_online ? "Completing…" : "Completed here. The desk is offline and hears of it when it is back.",
    held: "",
  };
  return html`
    <footer class="ended">
      ${left && html`
        <p class="left"><span><strong>Not sent:</strong> <bdi>${left}</bdi></span>
          <${Copy} text=${left} /><button type="button" onClick=${() => outgoing.type(row.conversation, "")}>Discard</button></p>
      `}
      <p class="muted">${words[row.state]}</p>
      <${Next} />
      ${row.state === "done" && html`<${Reopen} key=${row.epoch} conversation=${row.conversation} />`}
    </footer>
  `;
}

/** Who waits longest, if anybody does. */
function Next() {
  const next = rows.value.some((each) => each.part === "waiting") ? rows.value.find((each) => each.id === firstOfAll()) : undefined;
  if (!next) return null;
  return html`<button type="button" class="primary" onClick=${() => workOn(next.id)}>Next: <bdi>${next.name}</bdi></button>`;
}

/** @param {{conversation: string}} props */
function Reopen({ conversation }) {
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const id = useRef(crypto.randomUUID());
  const reopen = async () => {
    if (busy) return;
    setBusy(true);
    setError("");
    try {
      await command("conversations.reopen", { conversation, id: id.current });
      choose(conversation);
    } catch (refused) {
      if (!(refused instanceof Refused && UNSURE.has(refused.code))) id.current = crypto.randomUUID();
      setError(wordsOf(refused));
    } finally {
      setBusy(false);
    }
  };
  return html`
    <button type="button" aria-disabled=${busy ? "true" : undefined} onClick=${reopen}>Reopen</button>
    <div role="alert">${error && html`<p class="refusal">${error}</p>`}</div>
  `;
}
