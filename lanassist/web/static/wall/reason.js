// @ts-check
// Where the site's policy wants to know why somebody is watched, the wall asks once for all its tiles.

import { html } from "../frame/html.js";
import { ReasonDialog } from "../frame/reason-dialog.js";
import { useState } from "../vendor/preact-hooks.mjs";

/** @import { Streams } from "./streams.js" */
/** @import { WallView } from "./wall-view.js" */

/**
 * Asks at once; whoever puts it off finds the question above the tiles.
 * @param {{view: WallView, streams: Streams}} props
 */
export function ReasonAsked({ view, streams }) {
  const [asking, setAsking] = useState(true);
  if (!view.wantsReason.value || streams.reason.value) return null;
  return html`
    <div class="why-look">
      <p>Your site wants to know why you look; every agent shown is told.</p>
      <button type="button" class="primary" onClick=${() => setAsking(true)}>Say why…</button>
    </div>
    ${asking && html`
      <${ReasonDialog} title="Why do you look at the wall?" verb="Show the wall" close=${() => setAsking(false)}
        go=${(/** @type {string} */ reason) => void (streams.reason.value = reason)}>
        <p class="muted">Every agent shown reads it, and it is recorded.</p>
      <//>
    `}
  `;
}
