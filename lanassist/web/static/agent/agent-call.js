// @ts-check
// The agent's call: what is on, who is in it, what to do about it; and the work after it.

import { tickingNow, topic, valueAt } from "../frame/board.js";
import { html } from "../frame/html.js";
import { Menu } from "../frame/menu.js";
import { duration } from "../frame/time.js";
import { useState } from "../vendor/preact-hooks.mjs";
import { computed } from "../vendor/signals.mjs";
import { ask } from "./agent-status.js";

/** @import { ReadonlySignal } from "../vendor/signals.mjs" */
/** @import { Assistant, Call, ListenIn } from "../call/call-types.js" */

const call = /** @type {ReadonlySignal<Call | null>} */ (valueAt("call.own", "self"));
const listenIn = /** @type {ReadonlySignal<ListenIn | null>} */ (valueAt("listen-in.own", "self"));
const assistants = /** @type {ReadonlySignal<ReadonlyMap<string, Assistant>>} */ (topic("assist.assistants"));
const assistant = computed(() => [...assistants.value.values()].find((each) => each.state !== "ended") ?? null);

/** Shown while a call is on, and while there is work after one. */
export function CallStrip() {
  const now = call.value;
  if (!now) return null;
  return html`
    <section class="call-strip" data-state=${now.state} aria-label="Your call">
      <p><${State} call=${now} /> <span class="muted">${now.number && html`<bdi>${now.number}</bdi>`}${now.category && html` · <bdi>${now.category}</bdi>`}</span></p>
      <${Helper} />
      <div class="row"><${Deeds} call=${now} /></div>
    </section>
  `;
}

/** @param {{call: Call}} props */
function State({ call: { state, since, until, taken_by, inbound } }) {
  const age = duration(Math.max(0, tickingNow() - since));
  if (state === "acw") {
    const left = until === null ? "" : html` · <span class="figure">${duration(Math.max(0, until - tickingNow()))}</span> left`;
    return html`<strong>After call work</strong> <span class="figure">${age}</span>${left}`;
  }
  if (state === "taken") return html`<strong><bdi>${taken_by}</bdi> has taken the call over</strong>`;
  return html`<strong>${state === "held" ? "On hold" : inbound ? "Inbound call" : "Outbound call"}</strong> <span class="figure">${age}</span>`;
}

/** Who is in the call with the agent, and who hears them. */
function Helper() {
  const who = assistant.value;
  const words = !who ? "" : who.state === "talking" ? "talks to you; the customer does not hear it" : who.state === "taken-over" ? "has your call" : who.state === "listening" ? "is listening" : "is about to listen";
  return html`<p class="call-helper" role="status">${who && html`<span class="glyph call" aria-hidden="true"></span> <strong><bdi>${who.name}</bdi></strong> <span>${words}${who.reason && html` · “<bdi>${who.reason}</bdi>”`}</span>`}</p>`;
}

/** @param {{call: Call}} props */
function Deeds({ call: { state } }) {
  const button = (/** @type {string} */ label, /** @type {string} */ command, kind = "") =>
    html`<button type="button" class=${kind} onClick=${() => void ask(command, {})}>${label}</button>`;
  if (state === "acw") return button("Done", "call.end-acw", "primary");
  if (state === "taken") return null;
  return html`<${ThisCall} />${state === "held" ? button("Resume", "call.resume", "primary") : button("Hold", "call.hold")}${button("End call", "call.end", "stop")}`;
}

/** Let Listen In, for the call that is on. */
function ThisCall() {
  const let_in = listenIn.value;
  if (!let_in || let_in.all_calls) return null;
  const change = () => void ask("listen-in.set", { on: !let_in.this_call, this_call: true });
  return html`<label class="check"><input type="checkbox" checked=${let_in.this_call} onChange=${change} /> Let listen in</label>`;
}

/** A call that no softphone told of, and Let Listen In for all calls. */
export function CallMenu() {
  const let_in = listenIn.value;
  if (!let_in) return null;
  const button = html`<span class="glyph call" aria-hidden="true"></span><span class="wide">Calls</span>${let_in.all_calls && html`<small class="muted wide"> · listen-in on</small>`}`;
  return html`
    <${Menu} kind="call-menu" button=${button} title="Calls">
      ${(/** @type {() => void} */ close) => html`<${AllCalls} let_in=${let_in} />${!call.value?.state || call.value.state === "acw" ? html`<${Begin} close=${close} />` : null}`}
    <//>
  `;
}

/** @param {{let_in: ListenIn}} props */
function AllCalls({ let_in }) {
  const change = () => void ask("listen-in.set", { on: !let_in.all_calls });
  const meaning = let_in.consent === "off"
    ? "Nobody assists in calls: this site's policy has turned it off."
    : let_in.required
      ? "Without this, supervisors cannot listen to your calls."
      : "Supervisors may listen in any case; you are told when one does.";
  return html`
    <p class="title">Let Listen In</p>
    <label class="check"><input type="checkbox" checked=${let_in.all_calls} onChange=${change} /> In all my calls</label>
    <p class="muted meaning">${meaning}</p>
  `;
}

/** @param {{close: () => void}} props */
function Begin({ close }) {
  const [number, setNumber] = useState("");
  const [outbound, setOutbound] = useState(false);
  const begin = (/** @type {Event} */ event) => {
    event.preventDefault();
    close();
    void ask("call.begin", { number: number.trim(), direction: outbound ? "outbound" : "inbound", routed: !outbound });
  };
  return html`
    <p class="title">Begin a call</p>
    <form class="begin-call" onSubmit=${begin}>
      <input type="text" maxlength="128" placeholder="Number or name" aria-label="Number or name" value=${number}
        onInput=${(/** @type {Event} */ event) => setNumber(/** @type {HTMLInputElement} */ (event.target).value)} />
      <label class="check"><input type="checkbox" checked=${outbound} onChange=${() => setOutbound(!outbound)} /> I call them</label>
      <button type="submit">Begin</button>
    </form>
    <p class="muted meaning">A softphone tells of its calls by itself: <code>lanassist call begin</code>.</p>
  `;
}
