// @ts-check

import { html } from "../frame/html.js";

/** dBFS at the foot of the bar. */
const QUIETEST = -60;

/**
 * How loud somebody is. The bar is for the eye; screen readers get a word when it is asked for, not ten a second.
 * @param {{label: string, level: number, muted?: boolean}} props  level: dBFS; muted: nobody hears it
 */
export function Meter({ label, level, muted = false }) {
  const share = Math.max(0, Math.min(1, 1 - level / QUIETEST));
  return html`
    <span class="meter ${muted ? "muted" : ""}">
      <span class="label"><bdi>${label}</bdi>${muted && html`<small> · not heard</small>`}</span>
      <span class="level" role="meter" aria-label=${label} aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.round(share * 100)}
        aria-valuetext=${share < 0.05 ? "silent" : share < 0.5 ? "quiet" : "clear"} style=${{ "--share": share.toFixed(3) }}></span>
    </span>
  `;
}
