// @ts-check
// A menu behind ⋯: arrows move, Esc closes, and what cannot be done now says why.

import { html } from "../frame/html.js";
import { useId, useLayoutEffect, useRef, useState } from "../vendor/preact-hooks.mjs";

/**
 * @typedef {object} Item
 * @property {string} label
 * @property {string} refusal  why not; empty if it can be done
 * @property {() => void} does
 */

/** @param {{label: string, items: readonly Item[]}} props */
export function MoreMenu({ label, items }) {
  const [open, setOpen] = useState(false);
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const id = useId();
  const entries = () => /** @type {HTMLElement[]} */ ([...(box.current?.querySelectorAll("[role=menuitem]") ?? [])]);
  useLayoutEffect(() => {
    if (!open) return undefined;
    entries()[0]?.focus();
    const outside = (/** @type {Event} */ event) => box.current?.contains(/** @type {Node} */ (event.target)) || setOpen(false);
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);
  const close = () => {
    setOpen(false);
    /** @type {HTMLElement | null | undefined} */ (box.current?.querySelector("button"))?.focus();
  };
  const choose = (/** @type {Item} */ item) => {
    if (item.refusal) return;
    close();
    item.does();
  };
  const move = (/** @type {KeyboardEvent} */ event) => {
    if (!open) return undefined;
    if (event.key === "Tab") return setOpen(false);
    const all = entries();
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: Math.max(at, 0) - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Escape") close();
    else if (to !== undefined) all[to % all.length]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return html`
    <div class="more" ref=${box} onKeyDown=${move}>
      <button type="button" class="icon" aria-label=${label} aria-haspopup="menu" aria-expanded=${open ? "true" : "false"} onClick=${() => setOpen(!open)}>
        <span aria-hidden="true">⋯</span>
      </button>
      ${open && html`
        <div class="more-items" role="menu" aria-label=${label}>
          ${items.map((item, i) => html`
            <button key=${item.label} type="button" role="menuitem" tabindex="-1" aria-disabled=${item.refusal ? "true" : undefined}
              aria-describedby=${item.refusal ? `${id}-${i}` : undefined} onClick=${() => choose(item)}>
              <span>${item.label}</span>${item.refusal && html`<small id=${`${id}-${i}`}>${item.refusal}</small>`}
            </button>
          `)}
        </div>
      `}
    </div>
  `;
}
