// @ts-check

import { known } from "../frame/board.js";
import { html } from "../frame/html.js";

/**
 * Why there is no agent to show, and what to do about it.
 * @param {{total: number, clear: () => void}} props  total: so many are known; clear: the filters
 */
export function Nobody({ total, clear }) {
  if (!known.value) return html`<div class="empty"><p class="muted">Asking your node…</p></div>`;
  if (total) return html`<div class="empty"><p>No match.</p><button type="button" onClick=${clear}>Clear filters</button></div>`;
  return html`
    <div class="empty">
      <p>No agents found.</p>
      <p class="muted">Start one with <code>lanassist node run</code>, or add an address with <code>lanassist peers add HOST:PORT</code>.</p>
    </div>
  `;
}
