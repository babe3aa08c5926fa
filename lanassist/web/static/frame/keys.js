// @ts-check
// Single keys as short cuts: never in a text field, never with a modifier, never behind a dialog.

import { useLayoutEffect, useRef } from "../vendor/preact-hooks.mjs";

const TEXT = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

/** @typedef {Record<string, (event: KeyboardEvent) => void>} Actions  by key, lower case, or by the key's code */

/**
 * Short cuts for as long as the component is shown, from the moment that it is.
 * @param {Actions} actions  as they are at its latest drawing
 * @param {Document} [home]  of the window in which they are short cuts
 */
export function useKeys(actions, home = document) {
  const latest = useRef(actions);
  latest.current = actions;
  useLayoutEffect(() => {
    const listen = (/** @type {KeyboardEvent} */ event) => {
      const action = latest.current[event.key.toLowerCase()] ?? latest.current[event.code];
      if (!action || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
      if (event.target instanceof Element && event.target.closest(TEXT)) return;
      if (home.querySelector("dialog[open]")) return;
      event.preventDefault();
      action(event);
    };
    home.addEventListener("keydown", listen);
    return () => home.removeEventListener("keydown", listen);
  }, [home]);
}
