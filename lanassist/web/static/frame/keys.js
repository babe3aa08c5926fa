// @ts-check
// Single keys as short cuts: never in a text field, never with a modifier, never behind a dialog.

const TEXT = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

/**
 * @param {Record<string, (event: KeyboardEvent) => void>} actions  by key, lower case
 * @returns {() => void}  ends it
 */
export function onKeys(actions) {
  const listen = (/** @type {KeyboardEvent} */ event) => {
    const action = actions[event.key.toLowerCase()];
    if (!action || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.target instanceof Element && event.target.closest(TEXT)) return;
    if (document.querySelector("dialog[open]")) return;
    event.preventDefault();
    action(event);
  };
  document.addEventListener("keydown", listen);
  return () => document.removeEventListener("keydown", listen);
}
