// @ts-check
// The agent's own say: who waits for a yes, the privacy pause, and what the site's policy allows.

import { consentWords, displays, minutes } from "./agent-shape.js";
import { ask } from "./agent-status.js";
import { tickingNow, topic } from "../frame/board.js";
import { html } from "../frame/html.js";
import { duration } from "../frame/time.js";
import { computed, signal } from "../vendor/signals.mjs";

/** @import { Values } from "../frame/board.js" */
/** @import { Signal } from "../vendor/signals.mjs" */
/** @import { LaidDown, OwnPause, Wish } from "../conversation/conversation-types.js" */

const wishes = /** @type {Signal<Values<Wish>>} */ (topic("consent.requests"));
const pauses = /** @type {Signal<Values<OwnPause>>} */ (topic("consent.pause"));
const policies = /** @type {Signal<Values<LaidDown>>} */ (topic("site.policy"));
export const pause = computed(() => pauses.value.get("self") ?? null);
const policy = computed(() => policies.value.get("self")?.policy ?? null);
/** Those that were answered here and are not off the board yet. */
const answered = signal(/** @type {ReadonlySet<string>} */ (new Set()));

const open = computed(() => [...wishes.value.values()].filter((wish) => !answered.value.has(wish.session)).sort((a, b) => a.since - b.since));
/** How many wait for an answer. */
export const waiting = computed(() => open.value.length);

const WANTS = {
  glance: (/** @type {Wish} */ wish) => `asks to view ${displays(wish.displays)}`,
  control: () => "asks to take control of your conversations",
  assist: () => "asks to assist your call",
};

/** Supervisors who wait for this agent's yes. Nothing is taken for one: no answer in time is a no. */
export function ConsentRequests() {
  return html`<div class="consents" role="alert">${open.value.map((wish) => html`<${Request} key=${wish.session} wish=${wish} />`)}</div>`;
}

/** @param {{wish: Wish}} props */
function Request({ wish }) {
  const answer = (/** @type {string} */ name) => {
    answered.value = new Set([...answered.peek()].slice(-20)).add(wish.session);
    void ask(name, { session: wish.session });
  };
  return html`
    <div class="consent">
      <p><strong><bdi>${wish.name}</bdi></strong> ${WANTS[wish.kind](wish)}${wish.reason && html` · “<bdi>${wish.reason}</bdi>”`}
        <span class="muted"> · <${Left} until=${wish.until} /> to answer</span></p>
      <button type="button" class="primary" onClick=${() => answer("consent.allow")}>Allow<span class="unseen"> ${wish.name}</span></button>
      <button type="button" onClick=${() => answer("consent.deny")}>Deny<span class="unseen"> ${wish.name}</span></button>
    </div>
  `;
}

/** What is left until then, drawn again each second, alone. @param {{until: number}} props */
export function Left({ until }) {
  return html`<span class="figure" aria-live="off">${duration(Math.max(0, until - tickingNow()))}</span>`;
}

/** In the sheet of the watch badge: what policy says, and the pause if it allows one. */
export function Say() {
  const own = pause.value;
  return html`
    <p class="muted policy">${policy.value && consentWords(policy.value)}</p>
    ${own && own.until !== null && html`
      <div class="pause on"><p>Nobody can view your screen for another <strong><${Left} until=${own.until} /></strong>.</p>
        <button type="button" onClick=${() => ask("consent.resume", {})}>End the pause</button></div>
    `}
    ${own && own.until === null && own.allowed > 0 && html`
      <div class="pause"><button type="button" onClick=${() => ask("consent.pause", {})}>Pause watching for ${minutes(own.allowed)}</button></div>
    `}
  `;
}
