// @ts-check
// What was just done can be undone for ten seconds.

import { wordsOf } from "../frame/api.js";
import { html } from "../frame/html.js";
import { useEffect, useState } from "../vendor/preact-hooks.mjs";
import { signal } from "../vendor/signals.mjs";

export const UNDO_SECONDS = 10;

/** @typedef {{text: string, undo: () => Promise<void>}} Undoable  undo: throws Refused */

const offered = signal(/** @type {Undoable | null} */ (null));

/** @param {Undoable} what */
export function offerUndo(what) {
  offered.value = what;
}

/** Where it is shown; once on a page. */
export function UndoBar() {
  const what = offered.value;
  return html`<div class="undo-place" role="status">${what && html`<${Bar} key=${what.text} what=${what} />`}</div>`;
}

/** @param {{what: Undoable}} props */
function Bar({ what }) {
  const [left, setLeft] = useState(UNDO_SECONDS);
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const over = () => void (offered.value = null);
  useEffect(() => {
    if (busy) return;
    const timer = setTimeout(() => (left > 1 ? setLeft(left - 1) : over()), 1000);
    return () => clearTimeout(timer);
  }, [left, busy]);
  const click = async () => {
    setBusy(true);
    try {
      await what.undo();
      over();
    } catch (refused) {
      setError(wordsOf(refused));
      setBusy(false);
    }
  };
  return html`
    <div class="undo">
      <p><bdi>${error || what.text}</bdi></p>
      <button type="button" onClick=${() => void click()}>Undo <span class="figure" aria-hidden="true">${left}</span></button>
      <button type="button" class="quiet icon" aria-label="Dismiss" onClick=${over}><span aria-hidden="true">✕</span></button>
    </div>
  `;
}
