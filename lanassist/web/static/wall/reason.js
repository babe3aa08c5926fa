// @ts-check
// Where the site's policy wants to know why somebody is watched, the wall asks once for all its tiles.

import { html } from "../frame/html.js";
import { REASON_LENGTH } from "../frame/limits.js";
import { useState } from "../vendor/preact-hooks.mjs";

/** @import { Streams } from "./streams.js" */
/** @import { WallView } from "./wall-view.js" */

/** @param {{view: WallView, streams: Streams}} props */
export function ReasonAsked({ view, streams }) {
  const [text, setText] = useState("");
  if (!view.wantsReason.value || streams.reason.value) return null;
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    streams.reason.value = text.trim();
  };
  return html`
    <form class="why-look" onSubmit=${submit}>
      <label>Your site wants to know why you look; every agent shown is told.
        <input type="text" name="reason" maxlength=${REASON_LENGTH} autocomplete="off" placeholder="coaching, a complaint, …" value=${text}
          onInput=${(/** @type {InputEvent} */ event) => setText(/** @type {HTMLInputElement} */ (event.target).value)} />
      </label>
      <button type="submit" class="primary" aria-disabled=${text.trim() ? undefined : "true"}>Show the wall</button>
    </form>
  `;
}
