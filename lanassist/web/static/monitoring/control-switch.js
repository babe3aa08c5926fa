// @ts-check
// Take control: the switch, the question before it, and the band that says as whom one acts.

import { html } from "../frame/html.js";
import { ReasonDialog } from "../frame/reason-dialog.js";
import { controlOffer, controls } from "./monitor-board.js";
import { useId, useState } from "../vendor/preact-hooks.mjs";

/** @import { Control } from "./control.js" */
/** @import { AgentRow } from "../frame/types.js" */

/** @param {{control: Control, row: AgentRow, refusal: string}} props  refusal: why control cannot be taken */
export function ControlSwitch({ control, row, refusal }) {
  const [asking, setAsking] = useState(false);
  const why = useId();
  const on = control.agent.value === row.node;
  const declined = on ? "" : refusal;
  const flip = () => {
    if (on) control.release();
    else if (!declined) setAsking(true);
  };
  return html`
    <span class="action">
      <button type="button" class="switch" role="switch" aria-checked=${on ? "true" : "false"} aria-disabled=${declined ? "true" : undefined}
        aria-describedby=${declined ? why : undefined} onClick=${flip}>
        <span class="track" aria-hidden="true"></span>Take control
      </button>
      ${declined && html`<span class="why" role="tooltip" id=${why}>${declined}</span>`}
    </span>
    ${asking && html`<${TakeDialog} control=${control} row=${row} close=${() => setAsking(false)} />`}
  `;
}

/** @param {{control: Control, row: AgentRow, close: () => void}} props */
function TakeDialog({ control, row, close }) {
  const { reason_required: required = false, asks = false } = controlOffer.value ?? {};
  const asked = [...controls.value.values()].some((each) => each.agent === row.node && each.state === "asked");
  const cancel = () => {
    if (control.progress.peek().phase === "asking") control.release();
    close();
  };
  const take = (/** @type {string} */ reason) => control.take(row.node, row.name, reason).then(close);
  return html`
    <${ReasonDialog} title=${`Act as ${row.name}?`} verb="Take control" kind="take" required=${required} go=${take} close=${cancel}
      asking=${asked ? `Asking ${row.name}…` : `Asking the node of ${row.name}…`}>
      <ul class="points">
        <li>You reply to clients in the name of <bdi>${row.name}</bdi>. The clients do not see that it is you; the record does.</li>
        <li><bdi>${row.name}</bdi> sees that you have control, with your reason, and can take it back at any time.</li>
        <li>It ends when you hand back, go to another agent, or close this page.</li>
      </ul>
      ${asks && html`<p class="muted">Your site's policy wants the yes of <bdi>${row.name}</bdi> first. No answer in 30 seconds is a no.</p>`}
    <//>
  `;
}

/**
 * READ-ONLY, or ACTING AS somebody; and why control ended.
 * @param {{control: Control, row: AgentRow}} props
 */
export function Band({ control, row }) {
  const progress = control.progress.value;
  const acting = progress.phase === "held" && progress.agent === row.node;
  const ended = progress.phase === "ended" && progress.agent === row.node ? progress.text : "";
  const elsewhere = !acting && heldElsewhere(row.node);
  return html`
    <div class="band ${acting ? "acting" : "read-only"}" role="status" data-control=${acting ? "on" : "off"}>
      ${acting
        ? html`<strong>Acting as <bdi>${row.name}</bdi></strong><span class="muted">What you send goes to the client, as <bdi>${row.name}</bdi>.</span>`
        : html`<strong>Read-only</strong>
            <span class="muted">${elsewhere ? html`You act as <bdi>${row.name}</bdi> in another window or on the command line.` : "No client notices that you are here."}</span>`}
      ${ended && html`<span class="control-ended">Control ended: ${ended}</span>`}
      ${acting && html`<button type="button" class="hand-back" onClick=${() => control.release()}>Hand back</button>`}
    </div>
  `;
}

/**
 * Whether this node has control by another page or command.
 * @param {string} agent
 */
function heldElsewhere(agent) {
  return [...controls.value.values()].some((row) => row.agent === agent && row.state === "running");
}
