// @ts-check
// The Help button: blue, red while it is asked, green while somebody helps.

import { nodeNow, tickingNow, valueAt } from "../frame/board.js";
import { html } from "../frame/html.js";
import { REASON_LENGTH } from "../frame/limits.js";
import { duration } from "../frame/time.js";
import { useState } from "../vendor/preact-hooks.mjs";
import { ask } from "./agent-status.js";

/** @import { ReadonlySignal } from "../vendor/signals.mjs" */
/** @import { OwnHelp } from "../call/call-types.js" */

const own = /** @type {ReadonlySignal<OwnHelp | null>} */ (valueAt("help.own", "self"));

/** One click asks, the next takes it back; a reason can be added meanwhile. */
export function HelpButton() {
  const help = own.value;
  if (!help) return null;
  const { state } = help;
  const click = () => void (state === "none" ? ask("help.request", {}) : ask("help.cancel", {}));
  return html`
    <span class="help-me" data-state=${state}>
      <button type="button" class="help-button" aria-pressed=${state === "none" ? "false" : "true"} onClick=${click}
        title=${state === "none" ? "Ask every supervisor for help" : state === "asked" ? "Click to cancel" : "Click when you are helped"}>
        <span class="help-mark" aria-hidden="true">?</span>${words(help)}
      </button>
      ${state === "asked" && html`<${Reason} help=${help} />`}
      <span class="unseen" role="status">${state === "accepted" ? `${help.by_name} is helping you` : state === "asked" ? "Every supervisor is asked for help" : ""}</span>
    </span>
  `;
}

/** @param {OwnHelp} help */
function words({ state, since, by_name }) {
  if (state === "accepted") return html`<span><bdi>${by_name}</bdi> is helping</span>`;
  if (state === "none") return html`<span>Help</span>`;
  return html`<span>Requested <span class="figure">${duration(Math.max(0, tickingNow() - (since ?? nodeNow())))}</span><span class="wide">, click to cancel</span></span>`;
}

/** @param {{help: OwnHelp}} props */
function Reason({ help }) {
  const [text, setText] = useState(help.reason);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (text.trim() !== help.reason) void ask("help.request", { reason: text.trim() });
  };
  return html`
    <div class="help-more">
      <form class="help-reason" onSubmit=${submit}>
        <input type="text" maxlength=${REASON_LENGTH} placeholder="Why? (optional)" aria-label="Why you ask for help" value=${text}
          onInput=${(/** @type {Event} */ event) => setText(/** @type {HTMLInputElement} */ (event.target).value)} />
        ${text.trim() !== help.reason && html`<button type="submit">Tell</button>`}
      </form>
      ${help.supervisors === 0 && html`<span class="help-nobody" role="alert">No supervisor is online. The first who comes is asked.</span>`}
    </div>
  `;
}
