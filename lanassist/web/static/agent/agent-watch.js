// @ts-check
// What supervisors do about this agent: look at the screen, act as the agent, whisper. All of it is told here.

import { choose, controller, masks, mine, openWhispers, putAway, watched, watchers } from "./agent-board.js";
import { displays, watching } from "./agent-shape.js";
import { Left, Say, pause } from "./agent-consent.js";
import { ask } from "./agent-status.js";
import { nodeNow } from "../frame/board.js";
import { Wait } from "../conversation/client-list.js";
import { html } from "../frame/html.js";
import { Menu } from "../frame/menu.js";
import { duration, timeOfDay } from "../frame/time.js";

/** @import { Watched, Watcher, Whisper } from "../conversation/conversation-types.js" */

/** Who looks at this screen now; and, opened, who looked before. */
export function Watching() {
  const now = [...watchers.value.values()].sort((a, b) => a.since - b.since);
  const words = watching(now);
  const since = Math.min(...now.map((each) => each.shown_since ?? Infinity));
  const until = pause.value?.until ?? null;
  const eye = html`<span class="glyph eye" aria-hidden="true"></span>`;
  const button = words
    ? html`${eye}<span class="words"><bdi>${words}</bdi></span> ${since < Infinity && html`<${Wait} since=${since} label="for" />`}
        ${now.length === 1 && now[0].reason && html` <span class="reason">“<bdi>${now[0].reason}</bdi>”</span>`}`
    : until !== null
      ? html`${eye}<span class="words">Watching paused</span> <${Left} until=${until} />`
      : html`${eye}<span class="unseen">Who watched me</span>`;
  return html`
    <span class="unseen" role="status">${words || (until !== null ? "Watching is paused" : "")}</span>
    <${Menu} kind=${`watching ${words ? "now" : until !== null ? "paused" : ""}`} button=${button} title="Who watched me">
      ${() => html`<${WhoWatched} now=${now} />`}
    <//>
  `;
}

/** @param {{now: readonly Watcher[]}} props */
function WhoWatched({ now }) {
  const past = [...watched.value.values()].filter((each) => each.ended !== null).sort((a, b) => b.since - a.since);
  return html`
    <h2>Who watched me</h2>
    <${Say} />
    <${Masks} />
    ${!now.length && !past.length && html`<p class="muted">Nobody has watched you yet.</p>`}
    <ul class="watchers">
      ${now.map((each) => html`<${Looking} key=${each.session} watcher=${each} />`)}
      ${past.map((each) => html`<${Looked} key=${each.session} past=${each} />`)}
    </ul>
  `;
}

/** What nobody sees of this screen, whoever looks. */
function Masks() {
  const each = masks.value?.masks ?? [];
  if (!each.length) return null;
  return html`
    <p class="masks muted"><strong>${each.length === 1 ? "1 mask" : `${each.length} masks`}</strong>: in every picture of your screen
      ${each.map((words, i) => html`${i ? (i === each.length - 1 ? " and " : ", ") : " "}<bdi key=${i}>${words}</bdi>`)} are black.</p>
  `;
}

/** @param {{watcher: Watcher}} props */
function Looking({ watcher }) {
  const { name, reason, shown_since: shown } = watcher;
  return html`
    <li>
      <bdi class="name">${name}</bdi> <span class="muted">${displays(watcher.displays)}${watcher.wall && " on the wall"}</span>
      <span class="figure time">${shown === null ? "about to begin" : html`<strong>now</strong> · <${Wait} since=${shown} label="for" />`}</span>
      ${reason && html`<small class="muted">“<bdi>${reason}</bdi>”</small>`}
    </li>
  `;
}

/** As the ledger has it. @param {{past: Watched}} props */
function Looked({ past }) {
  const { name, since, ended, end, reason } = past;
  return html`
    <li>
      <bdi class="name">${name}</bdi> <span class="muted">${deed(past)}${past.wall && " on the wall"}</span>
      <span class="figure time">${timeOfDay(nodeNow() - since)} · ${duration((ended ?? since) - since)}</span>
      ${(reason || end) && html`<small class="muted">${reason && html`“<bdi>${reason}</bdi>”`}${reason && end && " · "}${end && html`<bdi>${end.text}</bdi>`}</small>`}
    </li>
  `;
}

/** What a supervisor did. @param {Watched} past */
function deed(past) {
  if (past.what === "control") return "acted as you";
  return past.what === "assist" ? `call: ${past.mode === "takeover" ? "took over" : past.mode}` : displays(past.displays);
}

/** Shown while a supervisor acts as this agent, with the way back. */
export function ControlBand() {
  const holder = controller.value;
  return html`
    <div class="control-band" role="alert">
      ${holder && html`
        <p><strong><bdi>${holder.name}</bdi> acts as you</strong>
          ${holder.reason && html`<span> · <bdi>${holder.reason}</bdi></span>`} · <${Wait} since=${holder.since} label="for" /></p>
        <button type="button" onClick=${() => ask("conversations.reclaim", {})}>Take back</button>
      `}
    </div>
  `;
}

/** A supervisor's words to the agent alone: never among what the client reads, and never like it. */
export function Whispers() {
  return html`
    <div class="whispers" role="log" aria-label="Whispers from supervisors: only you see them">
      ${openWhispers.value.map(([id, whisper]) => html`<${OneWhisper} key=${id} whisper=${whisper} done=${() => putAway(id)} />`)}
    </div>
  `;
}

/** @param {{whisper: Whisper, done: () => void}} props */
function OneWhisper({ whisper, done }) {
  const about = mine.value.get(whisper.conversation);
  return html`
    <div class="whisper">
      <p class="from"><strong>Whisper</strong> from <bdi>${whisper.name}</bdi> · only you see this · <span class="figure">${timeOfDay(nodeNow() - whisper.at)}</span>
        ${about && html` · about <button type="button" class="link" onClick=${() => choose(whisper.conversation)}><bdi>${about.client.name}</bdi></button>`}</p>
      <p class="text"><bdi>${whisper.text}</bdi></p>
      <button type="button" onClick=${done}>Got it<span class="unseen">: put this whisper away</span></button>
    </div>
  `;
}
