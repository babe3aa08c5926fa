// @ts-check
// The Assist buttons of an agent. Whether they can be used, and why not, is the node's word.

import { Action } from "../frame/action.js";
import { callRefusalOf } from "../call/offers.js";
import { OFFERS, valueAt } from "../frame/board.js";
import { html } from "../frame/html.js";

/** @import { AgentRow, Offer } from "../frame/types.js" */

/** @param {AgentRow} row */
function offerOf(row) {
  return /** @type {Offer | null} */ (valueAt(OFFERS, row.node).value);
}

/** @param {AgentRow} row */
export function screenRefusal(row) {
  const offer = offerOf(row);
  if (offer) return offer.refusal?.text ?? "";
  return row.online ? "Not known yet" : "Offline";
}

/** Whether policy wants to know why. @param {AgentRow} row */
export function reasonRequired(row) {
  return offerOf(row)?.reason_required ?? false;
}

/** @param {AgentRow} row */
export function displaysOf(row) {
  const offered = offerOf(row)?.displays ?? [];
  return offered.length ? offered : row.displays;
}

/** @param {{row: AgentRow, start: () => void, call: () => void, keys?: string, callKeys?: string}} props */
export function Assist({ row, start, call, keys = "", callKeys = "" }) {
  return html`
    <${Action} label="Assist: screen" about=${row.name} kind="assist" keys=${keys} refusal=${screenRefusal(row)} does=${start}>
      <span class="glyph screen" aria-hidden="true"></span>
    <//>
    <${Action} label="Assist: call" about=${row.name} kind="assist" keys=${callKeys} refusal=${callRefusalOf(row.node)} does=${call}>
      <span class="glyph call" aria-hidden="true"></span>
    <//>
  `;
}
