// @ts-check
// What a supervisor does about a running glance: choose displays, fit, enlarge, pop out, stop; by mouse or key.

import { tickingNow } from "../frame/board.js";
import { html } from "../frame/html.js";
import { duration } from "../frame/time.js";
import { signal } from "../vendor/signals.mjs";

/** @import { Glance } from "./glance.js" */
/** @import { Popout } from "./popout.js" */
/** @import { Signal } from "../vendor/signals.mjs" */

/** How a glance is shown; the same wherever it is. */
export class View {
  fit = /** @type {Signal<boolean>} */ (signal(true));
  /** Over the whole page. */
  whole = /** @type {Signal<boolean>} */ (signal(false));
  /** The picker is open. */
  picking = /** @type {Signal<boolean>} */ (signal(false));
}

/** The keys of a glance, for a page's help. */
export const GLANCE_KEYS = /** @type {const} */ ([
  ["1–9", "show that display alone; with Shift: add it, or take it away"],
  ["D", "choose displays"],
  ["Z", "fit the picture, or show it 1:1; drag or scroll it then"],
  ["F", "over the whole page, and back"],
  ["O", "in a window of its own, and back"],
]);

/** @param {{glance: Glance, view: View, popout: Popout}} props */
export function Controls({ glance, view, popout }) {
  const numbers = numbersOf(glance);
  const away = popout.home.value !== null;
  const toggle = (/** @type {boolean} */ pressed) => (pressed ? "true" : "false");
  return html`
    <${Chips} glance=${glance} numbers=${numbers} />
    ${numbers.length > 1 && html`<button type="button" aria-keyshortcuts="d" onClick=${() => (view.picking.value = true)}>Displays…</button>`}
    <span class="end">
      <span class="segmented" role="group" aria-label="Size">
        <button type="button" aria-pressed=${toggle(view.fit.value)} aria-keyshortcuts="z" onClick=${() => (view.fit.value = true)}>Fit</button>
        <button type="button" aria-pressed=${toggle(!view.fit.value)} aria-keyshortcuts="z" onClick=${() => (view.fit.value = false)}>1:1</button>
      </span>
      ${!away && html`<button type="button" class="quiet icon" aria-pressed=${toggle(view.whole.value)} aria-label="Over the whole page" title="Over the whole page (F)"
        aria-keyshortcuts="f" onClick=${() => (view.whole.value = !view.whole.value)}><span class="glyph whole" aria-hidden="true"></span></button>`}
      <button type="button" class="quiet icon" aria-label=${away ? "Back to the page" : "In a window of its own"} title=${`${away ? "Back to the page" : "In a window of its own"} (O)`}
        aria-keyshortcuts="o" onClick=${() => popout.toggle()}><span class="glyph ${away ? "popin" : "popout"}" aria-hidden="true"></span></button>
      <${Elapsed} glance=${glance} />
      <${Stop} glance=${glance} />
    </span>
  `;
}

/** @param {{glance: Glance}} props */
export function Stop({ glance }) {
  return html`<button type="button" class="stop" aria-keyshortcuts="Escape" onClick=${() => glance.stop("stopped")}>Stop glance <kbd aria-hidden="true">Esc</kbd></button>`;
}

/**
 * The displays to choose from: those that are there, and those chosen that were unplugged.
 * @param {Glance} glance
 */
function numbersOf(glance) {
  return [...new Set([...glance.displays.value.map((each) => each.number), ...glance.chosen.value])].sort((a, b) => a - b);
}

/**
 * Show one alone; or, with Shift, beside the others, or no more.
 * @param {Glance} glance
 * @param {number} number
 * @param {boolean} shift
 */
function pick(glance, number, shift) {
  const chosen = glance.chosen.peek();
  if (!shift) return void glance.switchTo([number]);
  const rest = chosen.filter((each) => each !== number);
  void glance.switchTo(rest.length < chosen.length ? rest : [...chosen, number]);
}

/** @param {{glance: Glance, numbers: readonly number[]}} props */
function Chips({ glance, numbers }) {
  if (numbers.length < 2) return null;
  const chosen = glance.chosen.value;
  return html`
    <div class="numbers" role="group" aria-label="Displays shown">
      ${numbers.map((number) => html`
        <button key=${number} type="button" class="chip" aria-pressed=${chosen.includes(number) ? "true" : "false"}
          aria-label=${`Display ${number}${glance.plugged(number) ? "" : ", unplugged"}`} aria-disabled=${glance.plugged(number) ? undefined : "true"}
          title=${glance.plugged(number) ? `Show display ${number} alone (with Shift: add or remove it)` : "Unplugged"}
          onClick=${(/** @type {MouseEvent} */ event) => pick(glance, number, event.shiftKey)}>${number}</button>
      `)}
    </div>
  `;
}

/** @param {{glance: Glance}} props */
function Elapsed({ glance }) {
  tickingNow();
  const progress = glance.progress.value;
  const span = progress.phase === "running" ? (performance.now() - progress.since) / 1000 : 0;
  return html`<span class="elapsed figure" role="timer" aria-label="Watching for">${duration(span)}</span>`;
}

/**
 * @param {Glance} glance
 * @param {View} view
 * @param {Popout} popout
 * @returns {Record<string, (event: KeyboardEvent) => void>}
 */
export function glanceKeys(glance, view, popout) {
  const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((number) => {
    const act = (/** @type {KeyboardEvent} */ event) => pick(glance, number, event.shiftKey);
    return [[String(number), act], [`Digit${number}`, act]]; // with Shift the key is another sign, the code is not
  });
  return {
    ...Object.fromEntries(digits),
    escape: () => glance.stop("stopped"),
    d: () => void (view.picking.value = numbersOf(glance).length > 1),
    z: () => void (view.fit.value = !view.fit.value),
    f: () => void (view.whole.value = !view.whole.value),
    o: () => popout.toggle(),
  };
}
