// @ts-check
// What an address may ask for: to listen to an agent's call (`lanassist call listen --page`). An address begins
// nothing by itself, because anything may lead to it: the supervisor clicks, which browsers want before they play
// sound anyway. A reload does not ask again.

import { Action } from "../frame/action.js";
import { agents } from "../frame/board.js";
import { html } from "../frame/html.js";
import { REASON_LENGTH } from "../frame/limits.js";
import { signal } from "../vendor/signals.mjs";
import { callRefusalOf } from "./offers.js";

/** @import { Assist } from "./assist.js" */

/** In the address: to listen to its agent's call; with the reason, if there is one. */
const LISTEN = "listen";

const invited = signal(takeInvitation());

/** @returns {{agent: string, reason: string} | null} */
function takeInvitation() {
  const address = new URLSearchParams(location.search);
  const [agent, reason] = [address.get("agent"), address.get(LISTEN)];
  if (!agent || reason === null) return null;
  address.delete(LISTEN);
  history.replaceState(null, "", `${location.pathname}?${address}`);
  return { agent, reason: reason.slice(0, REASON_LENGTH) };
}

/** @param {{assist: Assist}} props */
export function Invitation({ assist }) {
  const invitation = invited.value;
  if (!invitation || assist.active.value) return null;
  const { agent, reason } = invitation;
  const name = agents.value.get(agent)?.name ?? "the agent";
  const begin = () => {
    invited.value = null;
    void assist.start(agent, name, reason);
  };
  return html`
    <section class="call-bar" aria-label="Listen to a call">
      <div class="where">
        <p><strong>Listen to the call of <bdi>${name}</bdi>?</strong>${reason && html` · “<bdi>${reason}</bdi>”`}</p>
        <p class="muted">The browser plays sound only after a click.</p>
      </div>
      <div class="row doings">
        <${Action} label="Listen" about=${name} kind="primary" refusal=${callRefusalOf(agent)} does=${begin} />
        <button type="button" class="quiet" onClick=${() => (invited.value = null)}>Not now</button>
      </div>
    </section>
  `;
}
