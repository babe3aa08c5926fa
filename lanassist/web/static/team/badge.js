// @ts-check

import { html } from "../frame/html.js";
import { WORDS, reason } from "./status.js";

/** @import { AgentRow } from "../frame/types.js" */

/**
 * A status as shape, word and reason; never by colour alone.
 * @param {{row: AgentRow, now: number, brief?: boolean}} props  brief: without the reason
 */
export function Badge({ row, now, brief = false }) {
  const why = brief ? "" : reason(row, now);
  return html`
    <span class="badge">
      <span class="shape ${row.status}" aria-hidden="true"></span>
      <span class="word">${WORDS[row.status]}</span>
      ${why && html`<span class="reason figure"><span class="between" aria-hidden="true"> · </span><bdi>${why}</bdi></span>`}
    </span>
  `;
}
