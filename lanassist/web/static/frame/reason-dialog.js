// @ts-check
// Why? Asked before something that somebody else will read about: the one dialog for it, and its field.

import { Dialog } from "./dialog.js";
import { Foot, useSubmit } from "./form.js";
import { html } from "./html.js";
import { REASON_LENGTH } from "./limits.js";
import { useState } from "../vendor/preact-hooks.mjs";

/**
 * Stays open with what was typed when `go` throws, and says what it threw. Whoever shows it closes it: when `go`
 * is through, and at `close` (Esc, Cancel, a click outside). Then the focus is back where it was.
 * @param {{title: string, verb: string, go: (reason: string) => void | Promise<void>, close: () => void,
 *   required?: boolean, kind?: string, asking?: string, children?: unknown}} props
 *   verb: on the button; kind: the button's and the dialog's; asking: said while `go` is under way
 */
export function ReasonDialog({ title, verb, go, close, required = true, kind = "", asking, children }) {
  const [reason, setReason] = useState("");
  const run = useSubmit(() => go(reason.trim()));
  return html`
    <${Dialog} title=${title} close=${close} kind="reason ${kind}">
      <form onSubmit=${run.go}>
        ${children}
        <${ReasonField} value=${reason} change=${setReason} note=${required ? "(your site's policy wants one)" : "(optional)"} required=${required} />
        <${Foot} run=${run} verb=${verb} ready=${!required || reason.trim() !== ""} close=${close} kind="primary ${kind}" asking=${asking} />
      </form>
    <//>
  `;
}

/**
 * A reason in a dialog: the focus begins in it.
 * @param {{value: string, change: (reason: string) => void, note?: string, hint?: string, required?: boolean}} props
 */
export function ReasonField({ value, change, note = "", hint = "coaching, a complaint, …", required = false }) {
  return html`
    <label class="field"><span>Reason${note && html` <span class="muted">${note}</span>`}</span>
      <input type="text" name="reason" data-first="" maxlength=${REASON_LENGTH} autocomplete="off" aria-required=${required ? "true" : undefined}
        placeholder=${hint} value=${value}
        onInput=${(/** @type {Event} */ event) => change(/** @type {HTMLInputElement} */ (event.target).value)} />
    </label>
  `;
}
