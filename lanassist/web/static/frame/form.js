// @ts-check
// A dialog's form that asks the node for something: what it says meanwhile, and that it stays open on an error.

import { wordsOf } from "./api.js";
import { html } from "./html.js";
import { useState } from "../vendor/preact-hooks.mjs";

/** @typedef {{error: string, busy: boolean, go: (event: Event) => Promise<void>}} Run */

/**
 * One submission at a time. When `submit` is through, the dialog is gone: it sees to that itself.
 * @param {() => void | Promise<void>} submit  throws Refused
 * @returns {Run}
 */
export function useSubmit(submit) {
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const go = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError("");
    try {
      await submit();
    } catch (refused) {
      setError(wordsOf(refused));
      setBusy(false);
    }
  };
  return { error, busy, go };
}

/**
 * What went wrong, and the two ways out.
 * @param {{run: Run, verb: string, close: () => void, ready?: boolean, kind?: string, asking?: string}} props
 *   ready: whether there is something to submit; kind: the button's; asking: said meanwhile
 */
export function Foot({ run, verb, close, ready = true, kind = "primary", asking = "Asking…" }) {
  return html`
    <div role="alert">${run.error && html`<p class="refusal">${run.error}</p>`}</div>
    <div class="foot">
      <p class="muted" role="status">${run.busy && asking}</p>
      <button type="button" onClick=${close}>Cancel</button>
      <button type="submit" class=${kind} aria-disabled=${ready && !run.busy ? undefined : "true"}
        onClick=${(/** @type {Event} */ event) => ready || event.preventDefault()}>${verb}</button>
    </div>
  `;
}
