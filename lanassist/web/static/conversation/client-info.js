// @ts-check
// What is known of a client: contact, category, notes, and earlier conversations to open and read.

import { command } from "../frame/api.js";
import { nodeNow } from "../frame/board.js";
import { ConversationLog } from "./conversation-log.js";
import { Dialog } from "../frame/dialog.js";
import { html } from "../frame/html.js";
import { timeOfDay } from "../frame/time.js";
import { useEffect, useState } from "../vendor/preact-hooks.mjs";

/** @import { Client, Entry, PastConversation } from "./conversation-types.js" */
/** @import { Voice } from "./conversation.js" */

/** Requests for the parts of one long log, at most. */
const PARTS = 50;

/**
 * @param {{conversation: string, client: Client, category: string, entries: readonly Entry[], voice: Voice, of?: string, children?: unknown}} props
 *   of: sent with a reading of an earlier conversation (an agent names the one in hand); children: more facts, as
 *   pairs of dt and dd
 */
export function ClientInfo({ conversation, client, category, entries, voice, of = "", children = null }) {
  const notes = entries.filter((each) => each.kind === "note");
  return html`
    <section class="info" aria-label="About the client">
      <h2><bdi>${client.name}</bdi></h2>
      <dl>
        <div><dt>Contact</dt><dd><bdi>${client.contact || "not given"}</bdi></dd></div>
        <div><dt>Category</dt><dd><bdi>${category || "none"}</bdi></dd></div>
        ${children}
      </dl>
      <section aria-labelledby="info-notes">
        <h3 id="info-notes">Notes</h3>
        ${notes.length === 0 && html`<p class="muted">No note in this conversation.</p>`}
        <ul class="notes">
          ${notes.map((note) => html`
            <li key=${note.seq}><p><bdi>${note.text}</bdi></p><small class="muted"><bdi>${note.actor_name || note.name}</bdi> · ${timeOfDay(nodeNow() - note.at)}</small></li>
          `)}
        </ul>
      </section>
      <${History} key=${conversation} conversation=${conversation} client=${client} voice=${voice} of=${of} />
    </section>
  `;
}

/**
 * @param {{category: string, categories: readonly string[], choose: (category: string) => void, refusal?: string}} props
 *   refusal: why it cannot be changed now
 */
export function CategoryPicker({ category, categories, choose, refusal = "" }) {
  const all = categories.includes(category) ? categories : [category, ...categories];
  const chosen = (/** @type {Event} */ event) => choose(/** @type {HTMLSelectElement} */ (event.target).value);
  return html`
    <select class="category-picker" aria-label="Category" value=${category} disabled=${refusal !== ""} title=${refusal || undefined} onChange=${chosen}>
      ${all.map((each) => html`<option key=${each} value=${each} disabled=${each === ""}>${each || "No category"}</option>`)}
    </select>
  `;
}

/** @typedef {{past: PastConversation[] | null, now: number, failure: string}} Found */

/** @param {{conversation: string, client: Client, voice: Voice, of: string}} props */
function History({ conversation, client, voice, of }) {
  const [found, setFound] = useState(/** @type {Found} */ ({ past: null, now: 0, failure: "" }));
  const [reading, setReading] = useState(/** @type {PastConversation | null} */ (null));
  const ask = () => {
    command("conversations.history", { conversation }).then(
      (answer) => setFound({ past: answer.past, now: answer.now, failure: "" }),
      (refused) => setFound({ past: null, now: 0, failure: refused.message }),
    );
  };
  useEffect(ask, []);
  const { past, now, failure } = found;
  return html`
    <section aria-labelledby="info-history">
      <h3 id="info-history">Earlier conversations</h3>
      ${failure && html`<p class="muted">${failure} <button type="button" class="link" onClick=${ask}>Try again</button></p>`}
      ${!failure && !past && html`<p class="muted">Asking the desk…</p>`}
      ${past?.length === 0 && html`<p class="muted">This is the first.</p>`}
      <ul class="past">
        ${past?.map((each) => html`
          <li key=${each.conversation}>
            <button type="button" onClick=${() => setReading(each)}>
              <span>${timeOfDay(now - each.began)}</span><bdi class="category">${each.category}</bdi>
              <small class="muted"><bdi>${each.agent || "nobody"}</bdi> · ${each.entries === 1 ? "1 entry" : `${each.entries} entries`}${each.state === "done" ? "" : ` · ${each.state}`}</small>
            </button>
          </li>
        `)}
      </ul>
      ${reading && html`
        <${PastDialog} past=${reading} began=${timeOfDay(now - reading.began)} client=${client} voice=${voice} of=${of} close=${() => setReading(null)} />
      `}
    </section>
  `;
}

/** @param {{past: PastConversation, began: string, client: Client, voice: Voice, of: string, close: () => void}} props */
function PastDialog({ past, began, client, voice, of, close }) {
  const [entries, setEntries] = useState(/** @type {Entry[] | null} */ (null));
  const [failure, setFailure] = useState("");
  useEffect(() => {
    let wanted = true;
    readWhole(past.conversation, of).then(
      (whole) => wanted && setEntries(whole),
      (refused) => wanted && setFailure(refused.message),
    );
    return () => void (wanted = false);
  }, []);
  return html`
    <${Dialog} title=${`${client.name}, ${began}`} close=${close} kind="reading">
      ${failure && html`<p class="refusal" role="alert">${failure}</p>`}
      ${!entries && !failure && html`<p class="muted" role="status">Asking the desk…</p>`}
      ${entries && html`<${ConversationLog} entries=${entries} voice=${voice} client=${client.name} live=${false} />`}
    <//>
  `;
}

/**
 * A log from its desk, part after part. Throws Refused.
 * @param {string} conversation
 * @param {string} of
 */
export async function readWhole(conversation, of) {
  const entries = /** @type {Entry[]} */ ([]);
  for (let part = 0; part < PARTS; part++) {
    const answer = await command("conversations.read", { conversation, of, after: entries.at(-1)?.seq ?? 0 });
    entries.push(...answer.entries);
    if (!answer.more || !answer.entries.length) break;
  }
  return entries;
}
