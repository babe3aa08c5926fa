// @ts-check
// Who asks for help: the strip above everything while somebody does, and the pop-up of the latest.

import { tickingNow } from "../frame/board.js";
import { Action } from "../frame/action.js";
import { html } from "../frame/html.js";
import { duration } from "../frame/time.js";
import { agentPage } from "../dashboard/places.js";
import { callRefusalOf } from "../call/offers.js";
import { accept, dismiss, finish, later, mine, popUp, trouble, wanted } from "./requests.js";

/** @import { HelpRow } from "../call/call-types.js" */

/** @typedef {{assist: (row: HelpRow) => void}} Deeds */

/** @param {Deeds} deeds */
export function HelpStrip({ assist }) {
  const asked = wanted.value;
  const taken = mine.value;
  if (!asked.length && !taken.length) return null;
  return html`
    <section class="help-strip" aria-label="Requests for help">
      ${asked.map((row) => html`<${Request} key=${row.id} row=${row} assist=${assist} />`)}
      ${taken.map((row) => html`<${Taken} key=${row.id} row=${row} />`)}
      ${trouble.value && html`<p class="refusal" role="alert">${trouble.value}</p>`}
    </section>
  `;
}

/** @param {{row: HelpRow} & Deeds} props */
function Request({ row, assist }) {
  return html`
    <div class="help-request ${row.online ? "" : "offline"}">
      <${Asked} row=${row} />
      <div class="row">
        <${Deed} row=${row} assist=${assist} />
        <button type="button" class="quiet" aria-label=${`Dismiss for me: ${row.agent_name}'s request`} onClick=${() => void dismiss(row.agent)}>Dismiss for me</button>
      </div>
    </div>
  `;
}

/** @param {{row: HelpRow}} props */
function Asked({ row }) {
  return html`
    <p><span class="help-dot" aria-hidden="true"></span><strong><bdi>${row.agent_name}</bdi> asks for help</strong>${" · "}<span class="figure" aria-live="off">${duration(Math.max(0, tickingNow() - row.since))}</span>
      ${row.reason && html` · “<bdi>${row.reason}</bdi>”`}${!row.online && html` <span class="muted">· offline at the moment</span>`}</p>
  `;
}

/**
 * Into the call if there is one to assist in; else to the agent's conversations.
 * @param {{row: HelpRow} & Deeds} props
 */
function Deed({ row, assist }) {
  const refusal = callRefusalOf(row.agent);
  const open = () => void accept(row.agent).then(() => trouble.peek() || location.assign(agentPage(row.agent)));
  return html`
    <${Action} label="Assist: call" about=${row.agent_name} kind=${refusal ? "" : "primary"} refusal=${refusal} does=${() => assist(row)} />
    <${Action} label="Help in chat" about=${row.agent_name} kind=${refusal ? "primary" : ""} refusal=${row.online ? "" : `${row.agent_name} is offline.`} does=${open} />
  `;
}

/** @param {{row: HelpRow}} props */
function Taken({ row }) {
  return html`
    <div class="help-request taken">
      <p>You are helping <strong><bdi>${row.agent_name}</bdi></strong>${row.reason && html` · “<bdi>${row.reason}</bdi>”`}</p>
      <div class="row"><button type="button" aria-label=${`Done, ${row.agent_name} is helped`} onClick=${() => void finish(row.agent)}>Done</button></div>
    </div>
  `;
}

/** @param {Deeds} deeds */
export function HelpPopUp({ assist }) {
  const row = popUp.value;
  const key = (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && later();
  return html`
    <div class="help-news" role="alert" onKeyDown=${key}>
      ${row && html`
        <div class="help-popup" key=${row.id}>
          <${Asked} row=${row} />
          <div class="row"><${Deed} row=${row} assist=${assist} /><button type="button" class="quiet" onClick=${later}>Later</button></div>
        </div>
      `}
    </div>
  `;
}
