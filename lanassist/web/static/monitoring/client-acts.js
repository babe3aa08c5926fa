// @ts-check
// What a supervisor does with a client: recategorise, assign, block. Each dialog stays open on an error.

import { command } from "../frame/api.js";
import { agents } from "../frame/board.js";
import { Dialog } from "../frame/dialog.js";
import { Foot, useSubmit } from "../frame/form.js";
import { html } from "../frame/html.js";
import { ReasonField } from "../frame/reason-dialog.js";
import { desks } from "./monitor-board.js";
import { PeopleDialog } from "../conversation/people-dialog.js";
import { sorted } from "../team/status.js";
import { offerUndo } from "./undo.js";
import { useState } from "../vendor/preact-hooks.mjs";

/** @import { Client, Colleague } from "../conversation/conversation-types.js" */
/** @import { AgentRow } from "../frame/types.js" */

/**
 * @typedef {object} Subject  the conversation that it is about
 * @property {string} conversation
 * @property {Client} client
 * @property {string} category
 * @property {string} desk
 * @property {string} owner  the agent's node; empty: it is in the queue
 */

/** @param {{subject: Subject, close: () => void}} props */
export function AssignDialog({ subject, close }) {
  const people = sorted(agents.value.values(), "agent", false).map((row) => asColleague(row, subject.owner));
  const submit = (/** @type {string} */ to) => assign(subject.conversation, to);
  return html`
    <${PeopleDialog} title=${`Assign ${subject.client.name} to…`} verb="Assign" people=${people}
      queue=${subject.owner ? "" : "Waits in the queue already"} submit=${submit} close=${close} />
  `;
}

/**
 * Give a conversation to an agent, or (to nobody) back to the queue. Throws Refused.
 * @param {string} conversation
 * @param {string} to
 */
export async function assign(conversation, to) {
  await command("conversations.assign", { conversation, to, id: crypto.randomUUID() });
}

/**
 * @param {AgentRow} row
 * @param {string} owner
 * @returns {Colleague}
 */
function asColleague(row, owner) {
  const has = row.node === owner && row.online ? { code: "has-it", text: "Has this client now" } : null;
  return {
    node: row.node, name: row.name, email: row.email, teams: row.teams, active: row.active, total: row.total,
    refusal: has ?? row.assign,
  };
}

/** @param {{subject: Subject, submit: (category: string) => Promise<void>, close: () => void}} props  submit: throws Refused */
export function CategoryDialog({ subject, submit, close }) {
  const desk = desks.value.get(subject.desk);
  const [chosen, setChosen] = useState(subject.category);
  const run = useSubmit(() => submit(chosen).then(close));
  return html`
    <${Dialog} title=${`Category of ${subject.client.name}`} close=${close} kind="category">
      <form onSubmit=${run.go}>
        <fieldset>
          <legend class="unseen">Category</legend>
          ${!desk && html`<p class="muted">The desk of this conversation is not connected, so its categories are not known.</p>`}
          <div class="choices">
            ${desk?.categories.map((each, i) => html`
              <label key=${each} class="choice">
                <input type="radio" name="category" value=${each} checked=${each === chosen} data-first=${i === 0 ? "" : undefined} onChange=${() => setChosen(each)} />
                <span class="who"><bdi class="name">${each}</bdi></span>
              </label>
            `)}
          </div>
        </fieldset>
        <${Foot} run=${run} verb="Recategorize" ready=${chosen !== "" && chosen !== subject.category} close=${close} />
      </form>
    <//>
  `;
}

const HOUR = 3600;
const LENGTHS = /** @type {const} */ ([
  ["1 hour", HOUR],
  ["1 day", 24 * HOUR],
  ["30 days", 30 * 24 * HOUR],
  ["Until unblocked", null],
]);

/** @param {{client: Client, close: () => void}} props */
export function BlockDialog({ client, close }) {
  const [reason, setReason] = useState("");
  const [seconds, setSeconds] = useState(/** @type {number | null} */ (24 * HOUR));
  const block = async () => {
    await command("conversations.block", { client: client.id, reason: reason.trim(), seconds, id: crypto.randomUUID() });
    offerUndo({ text: `${client.name} is blocked.`, undo: () => unblock(client.id) });
    close();
  };
  const run = useSubmit(block);
  return html`
    <${Dialog} title=${`Block ${client.name}?`} close=${close} kind="block">
      <form onSubmit=${run.go}>
        <${ReasonField} value=${reason} change=${setReason} hint="threats, advertising, …" />
        <fieldset class="lengths">
          <legend>How long</legend>
          ${LENGTHS.map(([label, length]) => html`
            <label key=${label}><input type="radio" name="length" checked=${length === seconds} onChange=${() => setSeconds(length)} />${label}</label>
          `)}
        </fieldset>
        <p class="what muted">${what(client.name, seconds)}</p>
        <${Foot} run=${run} verb="Block" close=${close} kind="stop" />
      </form>
    <//>
  `;
}

/**
 * What will happen.
 * @param {string} name
 * @param {number | null} seconds
 */
function what(name, seconds) {
  const until = seconds === null ? "until somebody unblocks them" : "until then";
  return `Every conversation with ${name} ends now, at each desk, and they cannot start another ${until}. `
    + "They read only that the chat is not open to them, not your reason. You can undo this for 10 seconds, and unblock at any time under Blocked.";
}

/**
 * Unblock. Throws Refused.
 * @param {string} client
 */
export async function unblock(client) {
  await command("conversations.block", { client, blocked: false, id: crypto.randomUUID() });
}
