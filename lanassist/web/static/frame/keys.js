// @ts-check
// Single keys as short cuts: never in a text field, never with a modifier, never behind a dialog.

const TEXT = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

/**
 * @param {Record<string, (event: KeyboardEvent) => void>} actions  by key, lower case, or by the key's code
 * @param {Document} [home]  of the window in which they are short cuts
 * @returns {() => void}  ends it
 */
export function onKeys(actions, home = document) {
  const listen = (/** @type {KeyboardEvent} */ event) => {
    const action = actions[event.key.toLowerCase()] ?? actions[event.code];
    if (!action || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.target instanceof Element && event.target.closest(TEXT)) return;
    if (home.querySelector("dialog[open]")) return;
    event.preventDefault();
    action(event);
  };
  home.addEventListener("keydown", listen);
  return () => home.removeEventListener("keydown", listen);
}
