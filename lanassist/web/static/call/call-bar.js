// @ts-check
// The call bar, docked at the foot of a supervisor's pages while an assist is on: who hears whom, and the keys.

import { tickingNow } from "../frame/board.js";
import { Dialog } from "../frame/dialog.js";
import { html } from "../frame/html.js";
import { ReasonDialog } from "../frame/reason-dialog.js";
import { duration } from "../frame/time.js";
import { useLayoutEffect, useRef, useState } from "../vendor/preact-hooks.mjs";
import { Action } from "../frame/action.js";
import { DeviceDialog } from "./device-dialog.js";
import { Meter } from "./meter.js";
import { onHeldSpace } from "./held-space.js";

/** @import { Assist } from "./assist.js" */
/** @import { AssistState } from "./call-types.js" */

/** @param {{assist: Assist}} props */
export function CallBar({ assist }) {
  const asked = assist.asked.value;
  const ended = assist.ended.value;
  if (!asked && !ended) return null;
  if (ended?.code === "reason-required") return html`<${Why} assist=${assist} agent=${ended.agent} name=${ended.name} />`;
  return html`
    <section class="call-bar" aria-label="Call" data-state=${asked ? assist.state.value : "ended"}>
      ${asked ? html`<${Running} assist=${assist} name=${asked.name} />` : html`<${Over} assist=${assist} />`}
    </section>
  `;
}

/** @param {{assist: Assist, name: string}} props */
function Running({ assist, name }) {
  const [setting, setSetting] = useState(false);
  useLayoutEffect(() => onHeldSpace(() => assist.hold(), () => assist.release()), []);
  const state = assist.state.value;
  return html`
    <${Where} assist=${assist} name=${name} />
    ${state !== "ringing" && html`<${Meters} assist=${assist} name=${name} />`}
    <div class="row doings">
      ${state === "taken-over" ? html`<${HasIt} assist=${assist} name=${name} />` : html`<${Helps} assist=${assist} name=${name} />`}
      <button type="button" class="quiet icon" aria-label="Headset and microphone" title="Headset and microphone" onClick=${() => setSetting(true)}>
        <span class="glyph headset" aria-hidden="true"></span></button>
    </div>
    <${Troubles} assist=${assist} />
    ${setting && html`<${DeviceDialog} chosen=${() => assist.listenAgain()} close=${() => setSetting(false)} />`}
  `;
}

/**
 * The state in a word, and what it means for whom.
 * @param {AssistState} state
 * @param {string} name
 * @returns {[string, string]}
 */
function words(state, name) {
  switch (state) {
    case "listening":
      return ["Listening", "Nobody hears you"];
    case "talking":
      return ["Talking", `Only ${name} hears you`];
    case "taken-over":
      return ["You have the call", `The customer hears you; ${name} hears nothing more of it`];
    case "ended":
      return ["Closing", ""];
    case "ringing":
      return ["Ringing", `Asking ${name}'s node`];
  }
}

/** @param {{assist: Assist, name: string}} props */
function Where({ assist, name }) {
  const row = assist.row.value;
  const [word, meaning] = words(assist.state.value, name);
  const call = row?.call;
  return html`
    <div class="where">
      <p class="state" role="status"><strong>${word}</strong> <span class="muted">${meaning}</span></p>
      <p class="muted"><bdi>${name}</bdi>${call && html` with <bdi>${call.number || "a customer"}</bdi>`}${call?.category && html` · <bdi>${call.category}</bdi>`}
        ${row && html` · <${Elapsed} since=${row.began} />`}</p>
    </div>
  `;
}

/** @param {{since: number}} props */
function Elapsed({ since }) {
  return html`<span class="figure">${duration(Math.max(0, tickingNow() - since))}</span>`;
}

/** @param {{assist: Assist, name: string}} props */
function Meters({ assist, name }) {
  const { levels, spoken } = assist.meters.value;
  const open = assist.holding.value || assist.state.value === "taken-over";
  return html`
    <div class="meters" role="group" aria-label="How loud">
      <${Meter} label="Customer" level=${levels.customer} />
      <${Meter} label=${name.split(" ")[0]} level=${levels.agent} />
      <${Meter} label="You" level=${spoken} muted=${!open} />
    </div>
  `;
}

/**
 * While the agent has the call.
 * @param {{assist: Assist, name: string}} props
 */
function Helps({ assist, name }) {
  const [asking, setAsking] = useState(false);
  const ringing = assist.state.value === "ringing";
  const refusal = ringing ? "Not connected yet" : assist.talkRefusal.value || (assist.microphone.value ?? "Waiting for the microphone");
  const held = assist.holding.value || assist.state.value === "talking";
  const takeOver = () => {
    setAsking(false);
    void assist.takeOver();
  };
  return html`
    <${HoldToTalk} assist=${assist} refusal=${refusal} held=${held} />
    <${Action} label="Take over…" refusal=${ringing ? "Not connected yet" : assist.takeOverRefusal.value || (assist.microphone.value ?? "Waiting for the microphone")}
      does=${() => setAsking(true)} />
    <${Action} label="Close" kind="stop" does=${() => assist.close("stopped")} />
    ${asking && html`
      <${Dialog} title="Take over the call?" close=${() => setAsking(false)}>
        <p>The customer hears you from now on, and no longer <bdi>${name}</bdi>, who moves to After Call Work.</p>
        <div class="foot"><p></p>
          <button type="button" data-first onClick=${() => setAsking(false)}>Cancel</button>
          <button type="button" class="primary" onClick=${takeOver}>Take over</button>
        </div>
      <//>
    `}
  `;
}

/** @param {{assist: Assist, refusal: string, held: boolean}} props */
function HoldToTalk({ assist, refusal, held }) {
  const ref = useRef(/** @type {HTMLButtonElement | null} */ (null));
  // Whoever began to assist can hold Space at once; whoever writes goes on writing. At its end the focus is back.
  useLayoutEffect(() => {
    const before = document.activeElement;
    if (before?.matches("input, textarea, select")) return undefined;
    const button = ref.current;
    button?.focus();
    return () => void (document.activeElement === button && before instanceof HTMLElement && before.focus());
  }, []);
  const down = (/** @type {PointerEvent} */ event) => {
    if (event.button !== 0 || refusal) return;
    /** @type {Element} */ (event.currentTarget).setPointerCapture(event.pointerId);
    assist.hold();
  };
  const up = () => assist.release();
  const key = (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && (event.preventDefault(), event.repeat || (event.type === "keydown" ? assist.hold() : up()));
  return html`
    <span class="action">
      <button ref=${ref} type="button" class="hold ${held ? "held" : ""}" aria-pressed=${held ? "true" : "false"} aria-keyshortcuts="Space" aria-disabled=${refusal ? "true" : undefined}
        aria-describedby="hold-why" onPointerDown=${down} onPointerUp=${up} onPointerCancel=${up} onLostPointerCapture=${up} onKeyDown=${key} onKeyUp=${key} onBlur=${up}
        onContextMenu=${(/** @type {Event} */ event) => event.preventDefault()}>
        <span class="glyph microphone" aria-hidden="true"></span><span class="label">Hold to talk</span> <kbd aria-hidden="true">Space</kbd>
      </button>
      <span class="why" role="tooltip" id="hold-why">${refusal || "Only the agent hears you, while you hold it"}</span>
    </span>
  `;
}

/**
 * While the supervisor has it.
 * @param {{assist: Assist, name: string}} props
 */
function HasIt({ assist, name }) {
  return html`
    <${Action} label=${`Give back to ${name.split(" ")[0]}`} does=${() => assist.close("stopped")} />
    <${Action} label="End the call" kind="stop" does=${() => void assist.endCall()} />
  `;
}

/** @param {{assist: Assist}} props */
function Troubles({ assist }) {
  const { trouble, silenced, microphone, row } = assist;
  return html`
    <div class="troubles" role="alert">
      ${silenced.value && html`<p>The browser is silent until you click. <button type="button" class="link" onClick=${() => assist.play()}>Hear the call</button></p>`}
      ${microphone.value && html`<p>${microphone.value} You can listen meanwhile. <button type="button" class="link" onClick=${() => assist.listenAgain()}>Try again</button></p>`}
      ${row.value?.fell_back && !assist.holding.value && html`<p>Your voice did not reach the agent any more, so you only listen. Hold to talk again.</p>`}
      ${trouble.value && html`<p>${trouble.value}</p>`}
    </div>
  `;
}

/** @param {{assist: Assist}} props */
function Over({ assist }) {
  const ended = assist.ended.value;
  if (!ended) return null;
  const { name, text, began } = ended;
  return html`
    <div class="where"><p class="state" role="status">
      ${began ? html`<strong>Assist ended</strong> <span class="muted"><bdi>${name}</bdi>: ${text}</span>` : html`<strong>No assist</strong> <span class="muted">${text}</span>`}
    </p></div>
    <div class="row doings"><button type="button" onClick=${() => assist.forget()}>Dismiss</button></div>
  `;
}

/**
 * The site's policy wants a reason first.
 * @param {{assist: Assist, agent: string, name: string}} props
 */
function Why({ assist, agent, name }) {
  return html`
    <${ReasonDialog} title=${`Why do you assist in the call of ${name}?`} verb="Assist" close=${() => assist.forget()}
      go=${(/** @type {string} */ reason) => void assist.start(agent, name, reason)}>
      <p class="muted"><bdi>${name}</bdi> reads it, and it is recorded.</p>
    <//>
  `;
}
