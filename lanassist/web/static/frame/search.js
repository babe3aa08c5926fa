// @ts-check
// The search at the top: `/` leads to it, Esc clears it.

import { html } from "./html.js";
import { useKeys } from "./keys.js";
import { useRef } from "../vendor/preact-hooks.mjs";

/** @param {{what: string, text: string, find: (text: string) => void}} props  what: is searched for */
export function Search({ what, text, find }) {
  const ref = useRef(/** @type {HTMLInputElement | null} */ (null));
  useKeys({ "/": () => ref.current?.focus() });
  return html`
    <search class="search">
      <input ref=${ref} type="search" placeholder=${`Search ${what}`} aria-label=${`Search ${what}`} aria-keyshortcuts="/" autocomplete="off" value=${text}
        onInput=${(/** @type {InputEvent} */ event) => find(/** @type {HTMLInputElement} */ (event.target).value)}
        onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === "Escape" && find("")} />
      <kbd aria-hidden="true">/</kbd>
    </search>
  `;
}
