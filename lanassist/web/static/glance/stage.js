// @ts-check
// One display of a glance: its picture, fitted or 1:1 to scroll and to drag, and what is told below it.

import { html } from "../frame/html.js";
import { size } from "../team/status.js";
import { useLayoutEffect, useRef } from "../vendor/preact-hooks.mjs";

/** @import { Glance } from "./glance.js" */
/** @import { Display } from "../frame/types.js" */

/**
 * @param {{glance: Glance, number: number, fit: boolean, turn: (fit: boolean) => void}} props  turn: fit it, or not
 */
export function Pane({ glance, number, fit, turn }) {
  const known = glance.displays.value.find((each) => each.number === number);
  const drawn = glance.pictures.sizes.value.get(number);
  const extent = drawn ?? known;
  const region = fit ? {} : { tabindex: "0", role: "region", "aria-label": `Display ${number}, scrollable` };
  return html`
    <figure class="pane">
      <div class="stage" style=${{ "--ratio": ratioOf(glance, number) }} ...${region} ...${fit ? { onDblClick: zoomIn(turn) } : dragged(turn)}>
        <${Picture} glance=${glance} number=${number} extent=${extent} fit=${fit} />
        ${!known && html`<p class="waiting unplugged">Display ${number} was unplugged. It is shown again when it returns.</p>`}
        ${known && !drawn && html`<p class="waiting">Waiting for the first picture…</p>`}
      </div>
      <figcaption>
        <span><strong>Display ${number}</strong>${known?.primary && html` <span class="tag">primary</span>`}
          ${extent && html` <span class="muted">${size(/** @type {Display} */ (extent))}</span>`}</span>
        ${drawn && known && html`<${RateBadge} glance=${glance} number=${number} />`}
      </figcaption>
    </figure>
  `;
}

/**
 * Width by height, for the picture's place before there is one.
 * @param {Glance} glance
 * @param {number} number
 */
export function ratioOf(glance, number) {
  const extent = glance.pictures.sizes.value.get(number) ?? glance.displays.value.find((each) => each.number === number);
  return extent ? (extent.width / extent.height).toFixed(4) : "1.7778";
}

/**
 * The place of a canvas. The canvas itself is the glance's, so that it can be put elsewhere.
 * @param {{glance: Glance, number: number, extent?: {width: number, height: number}, fit: boolean}} props
 */
export function Picture({ glance, number, extent, fit }) {
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  const canvas = glance.pictures.canvases.all.value.get(number);
  useLayoutEffect(() => {
    if (canvas) ref.current?.replaceChildren(canvas);
  }, [canvas]);
  const ratio = ref.current?.ownerDocument.defaultView?.devicePixelRatio ?? window.devicePixelRatio;
  const style = fit || !extent ? {} : { width: `${extent.width / ratio}px`, height: `${extent.height / ratio}px` };
  return html`<div class="picture" ref=${ref} style=${style}></div>`;
}

/** @param {{glance: Glance, number: number}} props */
function RateBadge({ glance, number }) {
  const rate = glance.pictures.rates.value.get(number);
  if (!rate) return html`<span class="rate"></span>`;
  const exact = rate.exact;
  return html`
    <span class="rate figure">
      <span>${rate.updates ? `${rate.updates} fps` : "still"}</span>
      ${rate.updates ? html`<span title="From an update's arrival until it is drawn">drawn in ${Math.max(1, Math.round(rate.milliseconds))} ms</span>` : null}
      <span class="exact" title=${exact ? "Every pixel is as on the agent's display" : "Pictures sharpen when they stand still"}>${exact ? "pixel-exact" : "sharpening"}</span>
    </span>
  `;
}

/**
 * A double click shows the picture 1:1, that point in the middle.
 * @param {(fit: boolean) => void} turn
 */
function zoomIn(turn) {
  return (/** @type {MouseEvent} */ event) => {
    const stage = /** @type {HTMLElement} */ (event.currentTarget);
    const box = stage.querySelector("canvas")?.getBoundingClientRect();
    if (!box) return;
    const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    turn(false);
    setTimeout(() => stage.scrollTo(x * stage.scrollWidth - stage.clientWidth / 2, y * stage.scrollHeight - stage.clientHeight / 2));
  };
}

/**
 * The picture is moved about by dragging; a double click fits it again.
 * @param {(fit: boolean) => void} turn
 */
function dragged(turn) {
  const stageOf = (/** @type {Event} */ event) => /** @type {HTMLElement} */ (event.currentTarget);
  return {
    onDblClick: () => turn(true),
    onPointerDown: (/** @type {PointerEvent} */ event) => event.button === 0 && event.pointerType === "mouse" && stageOf(event).setPointerCapture(event.pointerId),
    onPointerMove: (/** @type {PointerEvent} */ event) => {
      const stage = stageOf(event);
      if (stage.hasPointerCapture(event.pointerId)) stage.scrollBy(-event.movementX, -event.movementY);
    },
  };
}
