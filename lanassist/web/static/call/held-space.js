// @ts-check

const OWN_USE = "input, textarea, select, button, a, summary, [contenteditable], [role=menuitem], [role=log]";

/**
 * Space as a key that is held: not where it types or presses something, never behind a dialog.
 * @param {() => void} down
 * @param {() => void} up
 * @returns {() => void}  ends it
 */
export function onHeldSpace(down, up) {
  let held = false;
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    if (event.code !== "Space" || event.ctrlKey || event.altKey || event.metaKey) return;
    if (held) return event.preventDefault();
    const used = event.target instanceof Element && event.target.closest(OWN_USE);
    if ((used && !used.classList.contains("hold")) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    held = true;
    down();
  };
  const released = (/** @type {KeyboardEvent} */ event) => {
    if (event.code !== "Space" || !held) return;
    event.preventDefault();
    held = false;
    up();
  };
  document.addEventListener("keydown", pressed);
  document.addEventListener("keyup", released);
  return () => {
    document.removeEventListener("keydown", pressed);
    document.removeEventListener("keyup", released);
  };
}
