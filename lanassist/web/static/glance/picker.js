// @ts-check
// The display picker: the agent's real layout to scale, one or several to tick.

import { Dialog } from "../frame/dialog.js";
import { html } from "../frame/html.js";
import { size } from "../team/status.js";
import { useState } from "../vendor/preact-hooks.mjs";

/** @import { Display } from "../frame/types.js" */

/**
 * Where displays lie, as percentages of the box around all of them, and that box's proportions.
 * @param {readonly Display[]} displays
 */
export function layout(displays) {
  const left = Math.min(...displays.map((each) => each.x));
  const top = Math.min(...displays.map((each) => each.y));
  const width = Math.max(...displays.map((each) => each.x + each.width)) - left;
  const height = Math.max(...displays.map((each) => each.y + each.height)) - top;
  const percent = (/** @type {number} */ part, /** @type {number} */ whole) => `${((100 * part) / whole).toFixed(3)}%`;
  const places = displays.map((each) => ({
    left: percent(each.x - left, width),
    top: percent(each.y - top, height),
    width: percent(each.width, width),
    height: percent(each.height, height),
  }));
  return { places, ratio: width / height };
}

/**
 * Displays drawn to scale; `tile` fills each.
 * @param {{displays: readonly Display[], tile: (display: Display) => unknown}} props
 */
export function Layout({ displays, tile }) {
  const { places, ratio } = layout(displays);
  return html`
    <div class="layout" style=${{ "--ratio": String(ratio) }}>
      ${displays.map((each, i) => html`<div class="place" key=${each.number} style=${places[i]}>${tile(each)}</div>`)}
    </div>
  `;
}

/** @param {readonly Display[]} displays */
export function firstChoice(displays) {
  const first = displays.find((each) => each.primary) ?? displays[0];
  return first ? [first.number] : [];
}

/** @param {{display: Display}} props */
function Caption({ display }) {
  return html`
    <span class="number">${display.number}</span>
    <span class="size">${size(display)}</span>
    ${display.primary && html`<span class="tag">primary</span>`}
    ${display.name && html`<bdi class="name">${display.name}</bdi>`}
  `;
}

/**
 * @param {{agent: string, displays: readonly Display[], chosen: readonly number[], verb?: string,
 *   choose: (chosen: number[]) => void, close: () => void}} props
 */
export function Picker({ agent, displays, chosen, verb = "Show", choose, close }) {
  const known = displays.map((each) => each.number);
  const [wanted, setTicked] = useState(chosen);
  const ticked = wanted.filter((number) => known.includes(number)); // others may have been unplugged meanwhile
  const toggle = (/** @type {number} */ number) =>
    setTicked(known.filter((each) => (each === number ? !ticked.includes(each) : ticked.includes(each))));
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (ticked.length) choose(ticked);
  };
  const byNumber = (/** @type {KeyboardEvent} */ event) => {
    const number = Number(event.key);
    if (known.includes(number)) toggle(number);
    if (event.key === "Enter" && event.target instanceof HTMLInputElement) submit(event);
  };
  return html`
    <${Dialog} title="Which displays of ${agent}?" close=${close} kind="picker">
      <form onSubmit=${submit} onKeyDown=${byNumber}>
        <fieldset>
          <legend class="unseen">Displays</legend>
          <${Layout} displays=${displays} tile=${(/** @type {Display} */ each) => html`
            <label class="tile">
              <input type="checkbox" name="display" data-first=${each === displays[0] ? "" : undefined} value=${each.number} checked=${ticked.includes(each.number)}
                onChange=${() => toggle(each.number)} aria-label=${spoken(each)} />
              <span class="face"><${Caption} display=${each} /></span>
            </label>
          `} />
        </fieldset>
        <div class="foot">
          <p class="muted">Tick one or several. Keys <kbd>1</kbd>–<kbd>${Math.min(9, Math.max(...known))}</kbd> tick too.</p>
          <button type="button" onClick=${close}>Cancel</button>
          <button type="submit" class="primary" aria-disabled=${ticked.length ? undefined : "true"}>${answer(verb, ticked)}</button>
        </div>
      </form>
    <//>
  `;
}

/** @param {Display} display */
function spoken(display) {
  return [`Display ${display.number}`, display.name, `${display.width} by ${display.height}`, display.primary ? "primary" : ""]
    .filter(Boolean).join(", ");
}

/**
 * @param {string} verb
 * @param {readonly number[]} ticked
 */
function answer(verb, ticked) {
  if (!ticked.length) return "Tick a display";
  return ticked.length === 1 ? `${verb} display ${ticked[0]}` : `${verb} ${ticked.length} displays`;
}

/** @param {{displays: readonly Display[]}} props */
export function LayoutPreview({ displays }) {
  return html`
    <div class="preview" role="img" aria-label=${displays.map(spoken).join("; ")}>
      <${Layout} displays=${displays} tile=${(/** @type {Display} */ each) => html`
        <span class="face" aria-hidden="true"><${Caption} display=${each} /></span>
      `} />
    </div>
  `;
}
