// @ts-check

import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { useKeys } from "./keys.js";
import { useState } from "../vendor/preact-hooks.mjs";

/**
 * The keys of this page, shown at `?`.
 * @param {{keys: readonly (readonly [string, string])[]}} props  key and what it does
 */
export function Help({ keys }) {
  const [open, setOpen] = useState(false);
  useKeys({ "?": () => setOpen(true) });
  return html`
    <button class="quiet icon" type="button" aria-label="Keyboard help" title="Keyboard help (?)" onClick=${() => setOpen(true)}>
      <span aria-hidden="true">?</span>
    </button>
    ${open && html`
      <${Dialog} title="Keys" close=${() => setOpen(false)}>
        <dl class="keys">
          ${keys.map(([key, does]) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${does}</dd></div>`)}
        </dl>
        <p class="muted">Keys do nothing while you type in a text field.</p>
      <//>
    `}
  `;
}
