// @ts-check
// What every supervisor's page has of calls and help: the one assist that may be on, the strip, the pop-up, the bar.

import { html } from "../frame/html.js";
import { alertOfRequests } from "../help/alerts.js";
import { HelpPopUp, HelpStrip } from "../help/help-strip.js";
import { Assist } from "./assist.js";
import { CallBar } from "./call-bar.js";
import { Invitation } from "./invitation.js";

/** @import { HelpRow } from "./call-types.js" */

/** This page's assist: one at a time. */
export const assist = new Assist();

/**
 * Begin to listen to an agent's call.
 * @param {string} agent
 * @param {string} name
 */
export function assistIn(agent, name) {
  void assist.start(agent, name);
}

const deeds = { assist: (/** @type {HelpRow} */ row) => assistIn(row.agent, row.agent_name) };

/** Above what the page is about. */
export function Asking() {
  return html`<${HelpStrip} ...${deeds} />`;
}

/** At the foot of what is in sight: the page makes room for the bar, and the pop-up stands above it. */
export function Supervising() {
  return html`<div class="dock"><${HelpPopUp} ...${deeds} /><${Invitation} assist=${assist} /><${CallBar} assist=${assist} /></div>`;
}

alertOfRequests();
