// @ts-check
// Where the agent writes: to the client, or a note for the team.

import { chosen, outgoing, writeTo } from "./agent-board.js";
import { html } from "../frame/html.js";
import { useKeys } from "../frame/keys.js";
import { ENTRY_LENGTH } from "../frame/limits.js";
import { useLayoutEffect, useRef, useState } from "../vendor/preact-hooks.mjs";

/**
 * Enter sends, Shift+Enter makes a new line. What stands here is kept with its conversation.
 * @param {{conversation: string, client: string}} props
 */
export function Composer({ conversation, client }) {
  const [noting, setNoting] = useState(() => outgoing.note(conversation).peek() !== "" && outgoing.draft(conversation).peek() === "");
  const ref = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const text = (noting ? outgoing.note(conversation) : outgoing.draft(conversation)).value;
  // What is asked for is the chosen client's field, which a key pressed in haste finds not drawn yet.
  const write = (/** @type {"reply" | "note"} */ kind) => void (writeTo.value = { conversation: chosen.peek(), kind });
  const wanted = writeTo.value?.conversation === conversation ? writeTo.value : null;
  useLayoutEffect(() => {
    if (!wanted) return;
    if (wanted.kind !== "either") setNoting(wanted.kind === "note");
    writeTo.value = null;
    ref.current?.focus();
  }, [wanted]);
  useKeys({ r: () => write("reply"), n: () => write("note") });
  const typed = (/** @type {Event} */ event) => {
    const { value } = /** @type {HTMLTextAreaElement} */ (event.target);
    // A note is the team's: neither the client nor whoever watches is told that it is being typed.
    if (noting) outgoing.note(conversation).value = value;
    else outgoing.type(conversation, value);
  };
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (text.trim()) outgoing.act(conversation, noting ? "note" : "say", text.trimEnd());
    ref.current?.focus();
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") ref.current?.blur();
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
  };
  const pressed = (/** @type {boolean} */ so) => (so ? "true" : "false");
  return html`
    <form class="composer ${noting ? "noting" : ""}" onSubmit=${send}>
      <div class="segmented" role="group" aria-label="Write">
        <button type="button" aria-pressed=${pressed(!noting)} aria-keyshortcuts="r" title="Reply (R)" onClick=${() => write("reply")}>Reply</button>
        <button type="button" aria-pressed=${pressed(noting)} aria-keyshortcuts="n" title="Note (N)" onClick=${() => write("note")}>Note</button>
      </div>
      <span class="hint muted">${noting ? "For the team: the client never sees it" : "Enter sends, Shift+Enter makes a new line"}</span>
      <textarea ref=${ref} rows="2" maxlength=${ENTRY_LENGTH} value=${text} onInput=${typed} onKeyDown=${key}
        aria-label=${noting ? `Note about ${client}, for the team` : `Reply to ${client}`} placeholder=${noting ? "Note for the team…" : `Write to ${client}…`}></textarea>
      <button type="submit" class="primary send" aria-disabled=${text.trim() ? undefined : "true"}>${noting ? "Add note" : "Send"}</button>
    </form>
  `;
}
