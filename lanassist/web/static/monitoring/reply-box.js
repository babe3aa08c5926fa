// @ts-check
// What a supervisor in control writes: to the client as the agent, or a note for the team.

import { Action } from "../frame/action.js";
import { html } from "../frame/html.js";
import { useState } from "../vendor/preact-hooks.mjs";

const ENTRY_LENGTH = 4000;

/** What stands in the box of each conversation, as long as the page is there. */
const typed = /** @type {Map<string, string>} */ (new Map());

/**
 * Give it a key of the conversation.
 * @param {{conversation: string, name: string, client: string, refusal: string,
 *   act: (kind: "say" | "note" | "complete", text: string) => void}} props  name: the agent's
 */
export function ReplyBox({ conversation, name, client, refusal, act }) {
  const [text, setText] = useState(typed.get(conversation) ?? "");
  const [kind, setKind] = useState(/** @type {"say" | "note"} */ ("say"));
  const note = kind === "note";
  const write = (/** @type {string} */ value) => {
    typed.set(conversation, value);
    setText(value);
  };
  const send = () => {
    const said = text.trim();
    if (!said || refusal) return;
    act(kind, said);
    write("");
  };
  const enter = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  return html`
    <section class="reply ${kind}" aria-label=${note ? "Note for the team" : `Reply as ${name}`}>
      <div class="reply-head">
        <div class="segmented" role="group" aria-label="What to write">
          <button type="button" aria-pressed=${note ? "false" : "true"} onClick=${() => setKind("say")}>Reply</button>
          <button type="button" aria-pressed=${note ? "true" : "false"} onClick=${() => setKind("note")}>Note</button>
        </div>
        <span class="to">${note ? "Only the team reads a note" : html`To <bdi>${client}</bdi>, as <strong><bdi>${name}</bdi></strong>`}</span>
      </div>
      <textarea rows="3" maxlength=${ENTRY_LENGTH} aria-label=${note ? "Note for the team" : `Reply to ${client} as ${name}`}
        placeholder=${note ? "A note for the team" : `Write as ${name}`} value=${text} onKeyDown=${enter}
        onInput=${(/** @type {Event} */ event) => write(/** @type {HTMLTextAreaElement} */ (event.target).value)}></textarea>
      <div class="row">
        <small class="muted"><kbd>Enter</kbd> sends, <kbd>Shift</kbd> <kbd>Enter</kbd> begins a new line</small>
        <span class="end">
          <${Action} label="Complete" about=${client} refusal=${refusal} does=${() => act("complete", "")} />
          <${Action} label=${note ? "Save note" : `Send as ${name}`} kind="primary acting" refusal=${refusal} does=${send} />
        </span>
      </div>
    </section>
  `;
}
