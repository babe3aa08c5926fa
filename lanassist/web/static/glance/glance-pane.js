// @ts-check
// The glance pane: what is watched, with the controls to choose, fit and stop.

import { tickingNow } from "../frame/board.js";
import { html } from "../frame/html.js";
import { onKeys } from "../frame/keys.js";
import { LayoutPreview, Picker } from "./picker.js";
import { size } from "../team/status.js";
import { duration } from "../frame/time.js";
import { useEffect, useRef, useState } from "../vendor/preact-hooks.mjs";

/** @import { Glance, Progress } from "./glance.js" */
/** @import { Display } from "../frame/types.js" */

/**
 * @param {{glance: Glance, name: string, displays: readonly Display[], refusal: string, start: () => void}} props
 *   displays: all of the agent's; refusal: why a glance cannot be started; start: again, with the same choice
 */
export function GlancePane({ glance, name, displays, refusal, start }) {
  const [fit, setFit] = useState(true);
  const [picking, setPicking] = useState(false);
  const progress = glance.progress.value;
  const active = glance.active.value;
  const chosen = glance.chosen.value;
  const switchTo = (/** @type {readonly number[]} */ numbers) => void glance.switchTo(numbers);
  useEffect(() => (active ? onKeys(glanceKeys(glance, switchTo)) : undefined), [active]);
  return html`
    <section class="glance" aria-labelledby="glance-title" data-phase=${progress.phase}>
      <header>
        <h2 id="glance-title">Glance</h2>
        ${active && html`
          <${Chips} displays=${glance.displays.value} chosen=${chosen} switchTo=${switchTo} />
          ${glance.displays.value.length > 1 && html`<button type="button" onClick=${() => setPicking(true)}>Displays…</button>`}
          <span class="end">
            <${Sizing} fit=${fit} setFit=${setFit} />
            <${Elapsed} progress=${progress} />
            <button type="button" class="stop" aria-keyshortcuts="Escape" onClick=${() => glance.stop("stopped")}>Stop glance <kbd aria-hidden="true">Esc</kbd></button>
          </span>
        `}
      </header>
      ${glance.trouble.value && active && html`<p class="trouble" role="alert">${glance.trouble.value}</p>`}
      <p class="unseen" role="status">${announcement(progress, name, chosen)}</p>
      ${active
        ? html`<div class="panes ${fit ? "fit" : "full"}" data-count=${chosen.length} style=${columns(glance, chosen)}>
            ${chosen.map((number) => html`<${Pane} key=${number} glance=${glance} number=${number} fit=${fit} />`)}
          </div>`
        : html`<${Still} progress=${progress} name=${name} displays=${displays} refusal=${refusal} start=${start} />`}
      ${picking && active && html`
        <${Picker} agent=${name} displays=${glance.displays.value} chosen=${chosen} close=${() => setPicking(false)}
          choose=${(/** @type {number[]} */ numbers) => { setPicking(false); switchTo(numbers); }} />
      `}
    </section>
  `;
}

/**
 * Two displays side by side get widths by which their pictures are equally high.
 * @param {Glance} glance
 * @param {readonly number[]} chosen
 */
function columns(glance, chosen) {
  const ratios = chosen.map((number) => ratioOf(glance, number));
  return { "--columns": chosen.length === 2 ? ratios.map((each) => `minmax(0, ${each}fr)`).join(" ") : "repeat(2, minmax(0, 1fr))" };
}

/**
 * @param {Glance} glance
 * @param {number} number
 */
function ratioOf(glance, number) {
  const extent = glance.sizes.value.get(number) ?? glance.displays.value.find((each) => each.number === number);
  return extent ? (extent.width / extent.height).toFixed(4) : "1.7778";
}

/**
 * Esc stops; 1–9 show one display alone, with Shift beside the others.
 * @param {Glance} glance
 * @param {(numbers: readonly number[]) => void} switchTo
 */
function glanceKeys(glance, switchTo) {
  const keys = /** @type {Record<string, (event: KeyboardEvent) => void>} */ ({ escape: () => glance.stop("stopped") });
  for (let number = 1; number <= 9; number++) {
    keys[String(number)] = () => {
      if (glance.displays.peek().some((each) => each.number === number)) switchTo([number]);
    };
  }
  return keys;
}

/** @param {{displays: readonly Display[], chosen: readonly number[], switchTo: (numbers: readonly number[]) => void}} props */
function Chips({ displays, chosen, switchTo }) {
  if (displays.length < 2) return null;
  const click = (/** @type {number} */ number, /** @type {MouseEvent} */ event) => {
    if (!event.shiftKey) return switchTo([number]);
    const rest = chosen.filter((each) => each !== number);
    switchTo(rest.length < chosen.length ? rest : [...chosen, number]);
  };
  return html`
    <div class="numbers" role="group" aria-label="Displays shown">
      ${displays.map((each) => html`
        <button key=${each.number} type="button" class="chip" aria-pressed=${chosen.includes(each.number) ? "true" : "false"}
          aria-label="Display ${each.number}" title="Show display ${each.number} alone (with Shift: add or remove it)"
          onClick=${(/** @type {MouseEvent} */ event) => click(each.number, event)}>${each.number}</button>
      `)}
    </div>
  `;
}

/** @param {{fit: boolean, setFit: (fit: boolean) => void}} props */
function Sizing({ fit, setFit }) {
  return html`
    <div class="segmented" role="group" aria-label="Size">
      <button type="button" aria-pressed=${fit ? "true" : "false"} onClick=${() => setFit(true)}>Fit</button>
      <button type="button" aria-pressed=${fit ? "false" : "true"} onClick=${() => setFit(false)}>1:1</button>
    </div>
  `;
}

/** @param {{progress: Progress}} props */
function Elapsed({ progress }) {
  tickingNow();
  const span = progress.phase === "running" ? (performance.now() - progress.since) / 1000 : 0;
  return html`<span class="elapsed figure" role="timer" aria-label="Watching for">${duration(span)}</span>`;
}

/** @param {{glance: Glance, number: number, fit: boolean}} props */
function Pane({ glance, number, fit }) {
  const known = glance.displays.value.find((each) => each.number === number);
  const drawn = glance.sizes.value.get(number);
  const extent = drawn ?? known;
  return html`
    <figure class="pane">
      <div class="stage" style=${{ "--ratio": ratioOf(glance, number) }} tabindex=${fit ? undefined : "0"} role=${fit ? undefined : "region"} aria-label=${fit ? undefined : `Display ${number}, scrollable`}>
        <${Picture} glance=${glance} number=${number} extent=${extent} fit=${fit} />
        ${!drawn && html`<p class="waiting">Waiting for the first picture…</p>`}
      </div>
      <figcaption>
        <span><strong>Display ${number}</strong>${known?.primary && html` <span class="tag">primary</span>`}
          ${extent && html` <span class="muted">${size(/** @type {Display} */ (extent))}</span>`}</span>
        ${drawn && html`<${RateBadge} glance=${glance} number=${number} />`}
      </figcaption>
    </figure>
  `;
}

/**
 * The canvas itself. It belongs to the viewer once it is there, so it is never rendered twice.
 * @param {{glance: Glance, number: number, extent: {width: number, height: number} | undefined, fit: boolean}} props
 */
export function Picture({ glance, number, extent, fit }) {
  const ref = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  useEffect(() => {
    glance.canvas(number, ref.current);
    return () => glance.canvas(number, null);
  }, []);
  const ratio = window.devicePixelRatio || 1;
  const style = fit || !extent ? {} : { width: `${extent.width / ratio}px`, height: `${extent.height / ratio}px` };
  return html`<canvas ref=${ref} role="img" aria-label="Live picture of display ${number}" style=${style}></canvas>`;
}

/** @param {{glance: Glance, number: number}} props */
function RateBadge({ glance, number }) {
  const rate = glance.rates.value.get(number);
  const exact = rate?.exact ?? false;
  return html`
    <span class="rate figure">
      <span>${rate?.updates ? `${rate.updates} fps` : "still"}</span>
      ${rate?.updates ? html`<span title="From an update's arrival until it is drawn">drawn in ${Math.max(1, Math.round(rate.milliseconds))} ms</span>` : null}
      <span class="exact" title=${exact ? "Every pixel is as on the agent's display" : "Pictures sharpen when they stand still"}>${exact ? "pixel-exact" : "sharpening"}</span>
    </span>
  `;
}

/** @param {{progress: Progress, name: string, displays: readonly Display[], refusal: string, start: () => void}} props */
function Still({ progress, name, displays, refusal, start }) {
  const ended = progress.phase === "ended" ? progress : null;
  return html`
    <div class="still">
      ${ended
        ? html`<p class="ending">${ended.began ? `Glance ended: ${ended.text}` : ended.text}</p>`
        : html`<p class="muted">${refusal || html`You are not watching <bdi>${name}</bdi>.`}</p>`}
      ${ended && !refusal && html`<button type="button" class="primary" onClick=${start}>${ended.began ? "Start again" : "Try again"}</button>`}
      ${ended && refusal && html`<p class="muted">${refusal}</p>`}
      ${!ended && displays.length > 0 && html`<${LayoutPreview} displays=${displays} />`}
    </div>
  `;
}

/**
 * What is said aloud.
 * @param {Progress} progress
 * @param {string} name
 * @param {readonly number[]} chosen
 */
export function announcement(progress, name, chosen) {
  if (progress.phase === "asking") return `Asking ${name}'s node`;
  if (progress.phase === "running") return `Watching ${name}, display ${chosen.join(" and ")}`;
  if (progress.phase === "ended") return progress.began ? `Glance ended: ${progress.text}` : progress.text;
  return "";
}
