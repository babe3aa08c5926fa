// @ts-check
// One agent on the wall: the picture, or why there is none; the status, and since when.

import { AGENTS, nodeNow, tickingNow, valueAt } from "../frame/board.js";
import { agentPage } from "../dashboard/places.js";
import { html } from "../frame/html.js";
import { duration } from "../frame/time.js";
import { asking } from "../help/requests.js";
import { Picture } from "../glance/stage.js";
import { Age } from "../team/age.js";
import { Badge } from "../team/badge.js";
import { useEffect, useMemo, useRef } from "../vendor/preact-hooks.mjs";

/** @import { Streams, Tile } from "./streams.js" */
/** @import { AgentRow, Offer } from "../frame/types.js" */

/** @param {{node: string, streams: Streams}} props */
export function TileCard({ node, streams }) {
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  const tile = useMemo(() => streams.tile(node), [node]);
  useEffect(() => streams.observe(node, /** @type {HTMLElement} */ (ref.current)), [node]);
  const row = /** @type {AgentRow | null} */ (valueAt(AGENTS, node).value);
  if (!row) return html`<li ref=${ref} class="tile-card"></li>`;
  const why = standing(tile, streams);
  const shown = tile.glance.chosen.value[0];
  const asks = asking.value.has(node);
  return html`
    <li ref=${ref} class="tile-card ${asks ? "asking" : ""}" data-node=${node} data-state=${why.state}>
      <a class="shot" href=${agentPage(node, why.state === "refused" ? [] : tile.glance.chosen.value)}
        onClick=${(/** @type {MouseEvent} */ event) => here(event) && streams.leave()}>
        <span class="unseen">${row.name}: </span>
        ${tile.glance.active.value && shown && html`<${Picture} glance=${tile.glance} number=${shown} fit=${true} />`}
        ${why.words && html`<span class="words"><span>${why.words}</span></span>`}
      </a>
      <div class="about">
        <span class="who"><bdi class="name">${row.name}</bdi>${asks && html`<span class="asks">asks for help</span>`}<span class="since figure"><${Age} since=${row.since} words=${duration} /></span></span>
        <span class="state">
          <${Badge} row=${row} now=${row.status === "acw" ? tickingNow() : nodeNow()} />
          <${Deed} tile=${tile} name=${row.name} act=${why.act} again=${() => streams.again(node)} />
        </span>
      </div>
    </li>
  `;
}

/**
 * Whether this click leaves the page; with a key held, a link opens elsewhere.
 * @param {MouseEvent} event
 */
function here(event) {
  return !event.ctrlKey && !event.metaKey && !event.shiftKey;
}

/**
 * What can be done about a tile: show it, or another display of it.
 * @param {{tile: Tile, name: string, act: string, again: () => void}} props
 */
function Deed({ tile, name, act, again }) {
  if (act) return html`<button type="button" class="deed" aria-label=${`${act}: ${name}`} onClick=${again}>${act}</button>`;
  const numbers = tile.glance.displays.value.map((each) => each.number);
  const shown = tile.glance.chosen.value[0];
  if (tile.glance.progress.value.phase !== "running" || numbers.length < 2 || !shown) return null;
  const next = numbers[(numbers.indexOf(shown) + 1) % numbers.length];
  return html`
    <button type="button" class="deed" title="Show display ${next}" aria-label=${`Display ${shown} of ${numbers.length}: show display ${next} of ${name}`}
      onClick=${() => void tile.glance.switchTo([next])}>${shown} of ${numbers.length}</button>
  `;
}

/**
 * How it stands with a tile, in words for its place, and what a person can do about it.
 * @param {Tile} tile
 * @param {Streams} streams
 * @returns {{state: "live" | "asking" | "refused" | "waiting" | "queued" | "paused" | "ended", words: string, act: string}}
 */
function standing(tile, streams) {
  const offer = tile.offer;
  const progress = tile.glance.progress.value;
  if (progress.phase === "running") {
    const drawn = tile.glance.pictures.sizes.value.size > 0;
    return { state: "live", words: drawn ? "" : "Waiting for the first picture…", act: "" };
  }
  if (!offer) return { state: "waiting", words: "Not known yet", act: "" };
  if (offer.refusal) return { state: "refused", words: offer.refusal.text, act: "" };
  if (progress.phase === "asking") return { state: "asking", words: offer.asks ? "Asking the agent…" : "Asking…", act: "" };
  if (streams.paused.value) return { state: "paused", words: "The wall is paused", act: "" };
  if (offer.reason_required && !streams.reason.value) return { state: "waiting", words: "Say above why you look", act: "" };
  if (tile.queued.value) return { state: "queued", words: "Waits for a place: 24 are shown at once", act: "" };
  return afterwards(tile, offer);
}

/**
 * @param {Tile} tile
 * @param {Offer} offer
 * @returns {{state: "waiting" | "ended", words: string, act: string}}
 */
function afterwards(tile, offer) {
  const progress = tile.glance.progress.value;
  if (offer.asks && !tile.agreed.value) return { state: "waiting", words: "The agent is asked first", act: "Ask" };
  if (progress.phase !== "ended" || tile.notBefore <= performance.now() / 1000) return { state: "waiting", words: "…", act: "" };
  const words = progress.began ? `Ended: ${progress.text}` : progress.text;
  return { state: "ended", words, act: "Watch again" };
}
