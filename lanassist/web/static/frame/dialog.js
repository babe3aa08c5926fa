// @ts-check
// A modal dialog on the browser's own <dialog>: focus stays inside, Esc closes, focus returns.

import { html } from "./html.js";
import { useLayoutEffect, useRef } from "../vendor/preact-hooks.mjs";

/**
 * Shown as long as it is rendered. The focus begins at what carries data-first.
 * @param {{title: string, close: () => void, children?: unknown, kind?: string}} props
 */
export function Dialog({ title, close, children, kind = "" }) {
  const ref = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useLayoutEffect(() => {
    const opener = ref.current?.ownerDocument.activeElement;
    ref.current?.showModal();
    /** @type {HTMLElement | null | undefined} */ (ref.current?.querySelector("[data-first]"))?.focus();
    return () => void (opener instanceof HTMLElement && opener.focus());
  }, []);
  const outside = (/** @type {MouseEvent} */ event) => event.target === ref.current && close();
  return html`
    <dialog ref=${ref} class="dialog ${kind}" aria-labelledby="dialog-title" onClose=${close} onMouseDown=${outside}>
      <div class="dialog-body">
        <div class="head">
          <h2 id="dialog-title">${title}</h2>
          <button class="quiet icon" type="button" aria-label="Close" onClick=${close}><span aria-hidden="true">✕</span></button>
        </div>
        ${children}
      </div>
    </dialog>
  `;
}
