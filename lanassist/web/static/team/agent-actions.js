// @ts-check
// What a supervisor can do with an agent from the dashboard's row.

import { Action } from "../frame/action.js";
import { Assist, displaysOf, screenRefusal } from "./assist.js";
import { html } from "../frame/html.js";
import { Menu } from "../frame/menu.js";
import { firstChoice } from "../glance/picker.js";
import { agentPage, displayPage } from "../dashboard/places.js";

/** @import { Deeds } from "../dashboard/agents-table.js" */
/** @import { AgentRow } from "../frame/types.js" */

/** @param {{row: AgentRow, deeds: Deeds}} props */
export function RowActions({ row, deeds }) {
  return html`
    <span class="row">
      <a class="button" href=${agentPage(row.node)} aria-label=${`Open ${row.name}`}>Open</a>
      <span class="assists"><${Assist} row=${row} start=${() => deeds.glance(row)} call=${() => deeds.call(row)} /></span>
      <${Menu} kind="more" title="More"
        button=${html`<span aria-hidden="true">⋯</span><span class="unseen">More about ${row.name}</span>`}>
        ${(/** @type {() => void} */ close) => html`<${More} row=${row} deeds=${deeds} close=${close} />`}
      <//>
    </span>
  `;
}

/** @param {{row: AgentRow, deeds: Deeds, close: () => void}} props */
function More({ row, deeds, close }) {
  const watch = () => {
    close();
    const [display = 1] = firstChoice(displaysOf(row));
    window.open(displayPage(row.node, display), "_blank", "noopener");
  };
  const setStatus = () => {
    close();
    deeds.setStatus(row);
  };
  const copy = async () => {
    close();
    deeds.tell(await copied(row.email));
  };
  return html`
    <ul class="deeds" aria-label=${`More about ${row.name}`}>
      <li><${Action} label="Set status…" kind="quiet" refusal=${row.set_status?.text ?? ""} does=${setStatus} /></li>
      <li><${Action} label="Watch the screen in a new window" kind="quiet" refusal=${screenRefusal(row)} does=${watch} /></li>
      <li><${Action} label="Copy the e-mail address" kind="quiet" does=${() => void copy()} /></li>
    </ul>
  `;
}

/**
 * What became of copying, in words.
 * @param {string} text
 */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return `Copied ${text}`;
  } catch {
    return `The browser did not let the address be copied: ${text}`;
  }
}
