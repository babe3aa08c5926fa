// @ts-check

import { html } from "./html.js";
import { useId } from "../vendor/preact-hooks.mjs";

/**
 * A button that, when it cannot be used, stays in reach of the keyboard and says why.
 * @param {{label: string, about?: string, refusal?: string, does?: () => void, kind?: string, keys?: string, children?: unknown}} props
 *   about: whom it is about, for screen readers; refusal: why not, empty if it can be used
 */
export function Action({ label, about = "", refusal = "", does, kind = "", keys = "", children = null }) {
  const id = useId();
  return html`
    <span class="action">
      <button
        type="button"
        class=${kind}
        aria-label=${about ? `${label}, ${about}` : undefined}
        aria-disabled=${refusal ? "true" : undefined}
        aria-describedby=${refusal ? id : undefined}
        aria-keyshortcuts=${keys || undefined}
        onClick=${() => refusal || does?.()}
      >
        ${children}<span class="label">${label}</span>
      </button>
      ${refusal && html`<span class="why" role="tooltip" id=${id}>${refusal}</span>`}
    </span>
  `;
}
