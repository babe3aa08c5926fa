// @ts-check
// /supervisor/wall: many agents at once, each in a small picture; only those in sight are watched.

import { Asking, Supervising } from "../call/supervising.js";
import { followEvents } from "../frame/events.js";
import { Help } from "../frame/help-dialog.js";
import { Bell } from "../help/bell.js";
import { html } from "../frame/html.js";
import { useKeys } from "../frame/keys.js";
import { Search } from "../frame/search.js";
import { Banner, Me, Peers } from "../frame/topbar.js";
import { Nobody } from "../team/nobody.js";
import { WORDS } from "../team/status.js";
import { render } from "../vendor/preact.mjs";
import { ReasonAsked } from "./reason.js";
import { Streams } from "./streams.js";
import { TileCard } from "./tile.js";
import { SIZES, WallView } from "./wall-view.js";

/** @typedef {import("./wall-view.js").Status} Status */

const KEYS = /** @type {const} */ ([
  ["P", "pause the wall, or go on"],
  ["/", "search"],
  ["← →", "from tile to tile; ↑ ↓ from row to row"],
  ["Enter", "the full glance at that agent"],
  ["+ −", "larger or smaller tiles"],
  ["?", "this help"],
]);

const view = new WallView();
const streams = new Streams();
const STATUSES = /** @type {readonly Status[]} */ (Object.keys(WORDS));

function pause() {
  streams.paused.value = !streams.paused.peek();
}

function Page() {
  const larger = () => view.resize(view.size.peek() + SIZES.step);
  const smaller = () => view.resize(view.size.peek() - SIZES.step);
  useKeys({ p: pause, "+": larger, "=": larger, "-": smaller });
  return html`
    <header class="topbar">
      <a class="back" href="/supervisor" onClick=${() => streams.leave()}><span aria-hidden="true">←</span> Dashboard</a>
      <h1>Wall</h1>
      <${Search} what="agents" text=${view.search.value} find=${(/** @type {string} */ text) => void (view.search.value = text)} />
      <span class="end"><${Peers} /><${Bell} /><${Me} /><${Help} keys=${KEYS} /></span>
    </header>
    <${Banner} />
    <${Asking} />
    <main>
      <${Toolbar} />
      <${ReasonAsked} view=${view} streams=${streams} />
      <${Tiles} />
    </main>
    <${Supervising} />
  `;
}

function Toolbar() {
  const counts = view.counts.value;
  const chosen = view.statuses.value;
  const paused = streams.paused.value;
  return html`
    <div class="toolbar">
      <div class="totals" role="group" aria-label="Filter by status">
        ${STATUSES.filter((status) => status !== "acw" || counts.acw || chosen.has(status)).map((status) => html`
          <button key=${status} type="button" class="chip" aria-pressed=${chosen.has(status) ? "true" : "false"} onClick=${() => view.toggle(status)}>
            <span class="shape ${status}" aria-hidden="true"></span>${WORDS[status]} <strong>${counts[status]}</strong>
          </button>
        `)}
      </div>
      <${Team} />
      <${Line} />
      <span class="tools">
        <label class="sizing"><span class="unseen">Size of the tiles</span><span class="small" aria-hidden="true"></span>
          <input type="range" min=${SIZES.least} max=${SIZES.most} step=${SIZES.step} value=${view.size.value}
            onInput=${(/** @type {InputEvent} */ event) => view.resize(Number(/** @type {HTMLInputElement} */ (event.target).value))} />
          <span class="large" aria-hidden="true"></span></label>
        <button type="button" class=${paused ? "primary" : ""} aria-pressed=${paused ? "true" : "false"} aria-keyshortcuts="p" onClick=${pause}>
          ${paused ? "Go on" : "Pause all"} <kbd aria-hidden="true">P</kbd></button>
      </span>
    </div>
  `;
}

function Team() {
  const teams = view.teams.value;
  if (!teams.length) return null;
  const choose = (/** @type {Event} */ event) => void (view.team.value = /** @type {HTMLSelectElement} */ (event.target).value);
  return html`
    <select aria-label="Team" value=${view.team.value} onChange=${choose}>
      <option value="">All teams</option>
      ${teams.map((team) => html`<option key=${team} value=${team}>${team}</option>`)}
    </select>
  `;
}

/** How many are shown, and how many of them are watched. */
function Line() {
  const [shown, total, count] = [view.nodes.value.length, view.total.value, streams.count.value];
  return html`
    <p class="line" role="status">
      ${view.filtered.value ? `${shown} of ${total} agents` : total === 1 ? "1 agent" : `${total} agents`}
      ${streams.paused.value ? " · paused" : ` · ${count} watched`}
      ${view.filtered.value && html` <button type="button" class="link" onClick=${() => view.clear()}>Show all</button>`}
    </p>
  `;
}

function Tiles() {
  const nodes = view.nodes.value;
  if (!nodes.length) return html`<${Nobody} total=${view.total.value} clear=${() => view.clear()} />`;
  return html`
    <ul class="wall" aria-label="Agents" style=${{ "--tile": `${view.size.value}px` }} onKeyDown=${walk}>
      ${nodes.map((node) => html`<${TileCard} key=${node} node=${node} streams=${streams} />`)}
    </ul>
  `;
}

/**
 * Arrows go from tile to tile; up and down to the one above and below.
 * @param {KeyboardEvent} event
 */
function walk(event) {
  const list = /** @type {HTMLElement} */ (event.currentTarget);
  const shots = /** @type {HTMLElement[]} */ ([...list.querySelectorAll(".shot")]);
  const at = shots.findIndex((each) => each === event.target);
  if (at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
  const top = shots[0].getBoundingClientRect().top;
  const across = Math.max(1, shots.findIndex((each) => each.getBoundingClientRect().top > top + 1));
  const steps = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across, Home: -at, End: shots.length - 1 - at });
  const next = event.key in steps ? shots[at + steps[event.key]] : undefined;
  if (!next) return;
  event.preventDefault();
  next.focus();
}

followEvents();
render(html`<${Page} />`, /** @type {HTMLElement} */ (document.getElementById("page")));
