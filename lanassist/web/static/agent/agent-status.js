// @ts-check
// The agent's own status, capacity and figures, at the top of the page.

import { load, status } from "./agent-board.js";
import { ownState } from "./agent-shape.js";
import { command, wordsOf } from "../frame/api.js";
import { Wait } from "../conversation/client-list.js";
import { html } from "../frame/html.js";
import { Menu } from "../frame/menu.js";
import { duration } from "../frame/time.js";
import { useState } from "../vendor/preact-hooks.mjs";
import { signal } from "../vendor/signals.mjs";

/** @typedef {{day: string, completed: number, chat: number, talk: number, hold: number, acw: number, aht: number | null}} Day */

/** Why the last thing that was asked for at the top of the page was not done. */
export const trouble = signal("");

/**
 * Ask the node; what it declines is shown below the top of the page.
 * @param {string} name
 * @param {Record<string, unknown>} fields
 */
export async function ask(name, fields) {
  trouble.value = "";
  try {
    await command(name, fields);
  } catch (refused) {
    trouble.value = wordsOf(refused);
  }
}

export const beAvailable = () => ask("presence.set-status", { status: "available" });

export function StatusPicker() {
  const own = status.value;
  if (!own) return null;
  const { shape, word, reason } = ownState(own, load.value);
  const button = html`
    <span class="shape ${shape}" aria-hidden="true"></span>
    <span class="word">${word}<span class="reason">${reason && html` · <bdi>${reason}</bdi>`}${own.set_by && html` · set by <bdi>${own.set_by}</bdi>`}</span></span>
    <${Wait} since=${own.since} label="for" />
  `;
  return html`
    <${Menu} kind="status-picker" button=${button} title="Your status">
      ${(/** @type {() => void} */ close) => html`<${Choices} close=${close} />`}
    <//>
  `;
}

/** @param {{close: () => void}} props */
function Choices({ close }) {
  const own = status.value;
  const [other, setOther] = useState("");
  if (!own) return null;
  const set = (/** @type {string} */ to, reason = "") => {
    close();
    void ask("presence.set-status", { status: to, reason });
  };
  const chosen = (/** @type {boolean} */ so) => (so ? "true" : "false");
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (other.trim()) set("break", other.trim());
  };
  return html`
    ${own.set_by && html`<p class="title">Set by <bdi>${own.set_by}</bdi></p>`}
    <button type="button" class="item" aria-pressed=${chosen(own.status === "available")} onClick=${() => set("available")}>
      <span class="shape available" aria-hidden="true"></span>Available</button>
    <p class="title">Break</p>
    ${own.break_reasons.map((each) => html`
      <button key=${each} type="button" class="item" aria-pressed=${chosen(own.status === "break" && own.reason === each)} onClick=${() => set("break", each)}>
        <span class="shape absent" aria-hidden="true"></span><bdi>${each}</bdi></button>
    `)}
    <form class="row" onSubmit=${submit}>
      <input type="text" placeholder="Another reason" aria-label="Another reason for a break" maxlength="300" value=${other}
        onInput=${(/** @type {Event} */ event) => setOther(/** @type {HTMLInputElement} */ (event.target).value)} />
      <button type="submit">Set</button>
    </form>
  `;
}

/** How many there are, of how many; and the choice of how many. */
export function Capacity() {
  const own = status.value;
  if (!own) return null;
  const active = load.value?.active ?? 0;
  const most = Math.max(10, own.capacity);
  const set = (/** @type {Event} */ event) =>
    void ask("presence.set-capacity", { capacity: Number(/** @type {HTMLSelectElement} */ (event.target).value) });
  return html`
    <label class="capacity" title="Clients in hand, and how many you take at once">
      <span class="muted">Clients</span>
      <span class="figure"><span class="unseen">in hand </span>${active}<span aria-hidden="true">/</span></span>
      <select aria-label="Capacity: how many clients you take at once" value=${String(own.capacity)} onChange=${set}>
        ${Array.from({ length: most + 1 }, (_, i) => html`<option key=${i} value=${String(i)}>${i}</option>`)}
      </select>
    </label>
  `;
}

const FORMULA = "Average handling time: (chat handling + talk + hold + after call work) ÷ completed today";

/** Completed today and the average handling time; the days before on request. */
export function Figures() {
  const own = status.value;
  const [days, setDays] = useState(/** @type {Day[] | null} */ (null));
  if (!own) return null;
  const show = () => void command("presence.days", {}).then((answer) => setDays(answer.days), () => setDays([]));
  const aht = own.aht === null ? "—" : duration(own.aht);
  const button = html`<span><span class="muted">Completed</span> <strong class="figure">${own.completed}</strong><span class="unseen"> today</span> <span class="muted">AHT</span> <strong class="figure">${aht}</strong></span>`;
  return html`
    <${Menu} kind="figures" button=${button} title=${FORMULA} opened=${show}>
      ${() => html`<${Days} days=${days} />`}
    <//>
  `;
}

/** @param {{days: Day[] | null}} props */
function Days({ days }) {
  if (!days) return html`<p class="muted">Asking your node…</p>`;
  if (!days.length) return html`<p class="muted">No figures yet.</p>`;
  return html`
    <table class="days">
      <thead><tr><th scope="col">Day</th><th scope="col">Completed</th><th scope="col">AHT</th></tr></thead>
      <tbody>${days.map((each) => html`
        <tr key=${each.day}><th scope="row">${each.day}</th><td>${each.completed}</td><td>${each.aht === null ? "—" : duration(each.aht)}</td></tr>
      `)}</tbody>
    </table>
    <p class="muted formula">${FORMULA}.</p>
  `;
}
