// @ts-check
// A button that opens a sheet below it: closed by Esc, a click elsewhere, or a choice made in it.

import { html } from "./html.js";
import { useId, useLayoutEffect, useRef, useState } from "../vendor/preact-hooks.mjs";

/**
 * @param {{button: unknown, kind?: string, title?: string, opened?: () => void, children: (close: () => void) => unknown}} props
 *   button: what stands on it
 */
export function Menu({ button, kind = "", title = "", opened, children }) {
  const [open, setOpen] = useState(false);
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  const id = useId();
  const close = () => {
    setOpen(false);
    /** @type {HTMLElement | null | undefined} */ (ref.current?.querySelector("button"))?.focus();
  };
  useLayoutEffect(() => {
    if (!open) return undefined;
    opened?.();
    const away = (/** @type {Event} */ event) => event.target instanceof Node && !ref.current?.contains(event.target) && setOpen(false);
    document.addEventListener("pointerdown", away);
    document.addEventListener("focusin", away);
    return () => {
      document.removeEventListener("pointerdown", away);
      document.removeEventListener("focusin", away);
    };
  }, [open]);
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || !open) return;
    event.stopPropagation();
    close();
  };
  return html`
    <div class="menu ${kind}" ref=${ref} onKeyDown=${key}>
      <button type="button" class="menu-button" aria-expanded=${open ? "true" : "false"} aria-controls=${open ? id : undefined}
        title=${title || undefined} onClick=${() => setOpen(!open)}>
        ${button}<span class="chevron" aria-hidden="true"></span>
      </button>
      ${open && html`<div class="sheet" id=${id}>${children(close)}</div>`}
    </div>
  `;
}
