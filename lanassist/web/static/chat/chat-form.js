// @ts-check
// Before the conversation: who, about what, and the first words.

import { freshId, remembered } from "./chat-memory.js";
import { start } from "./chat-begin.js";
import { mode, notice } from "./chat-state.js";
import { whyNotContact } from "./chat-words.js";
import { html } from "../frame/html.js";
import { useEffect, useRef, useState } from "../vendor/preact-hooks.mjs";

/** @import { About } from "./chat.js" */

const AS_BUTTONS = 6;

/** @param {{about: About}} props */
export function Form({ about }) {
  const waiting = mode.value === "starting";
  const kept = remembered();
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const [wrong, setWrong] = useState("");
  useEffect(() => void (wrong && /** @type {HTMLElement | null} */ (form.current?.elements.namedItem("contact"))?.focus()), [wrong]);

  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (waiting || !form.current) return;
    const data = new FormData(form.current);
    const field = (/** @type {string} */ name) => String(data.get(name) ?? "").trim();
    const problem = whyNotContact(field("contact"));
    setWrong(problem);
    if (problem) return;
    const only = about.categories.length === 1 ? (about.categories[0] ?? "") : "";
    void start({ id: freshId(), name: field("name"), contact: field("contact"), category: only || field("category"), text: field("text") });
  };

  const begun = kept.beginning;
  return html`
    <main class="card start">
      <h1>${about.title}</h1>
      <p class="muted lead">Tell us what it is about. Somebody will be with you as soon as possible.</p>
      <form ref=${form} onSubmit=${submit} aria-busy=${waiting}>
        <label class="field"><span>Your name</span>
          <input name="name" required maxlength=${about.name_length} autocomplete="name" defaultValue=${begun?.name ?? kept.name} readonly=${waiting} />
        </label>
        <label class="field"><span>E-mail or telephone <small class="muted">optional, if we need to reach you later</small></span>
          <input name="contact" maxlength=${about.contact_length} autocomplete="email" defaultValue=${begun?.contact ?? ""} readonly=${waiting}
            aria-invalid=${wrong ? "true" : "false"} aria-describedby="contact-wrong" onInput=${() => setWrong("")} />
          <small id="contact-wrong" class="wrong">${wrong}</small>
        </label>
        <${Categories} names=${about.categories} chosen=${begun?.category ?? ""} waiting=${waiting} />
        <label class="field"><span>How can we help?</span>
          <textarea name="text" rows="4" required maxlength=${about.text_length} defaultValue=${begun?.text ?? ""} readonly=${waiting}></textarea>
        </label>
        <p class="notice-line" role="status">${notice.value.text}</p>
        <button class="primary big" aria-disabled=${waiting}>${waiting ? "Starting…" : "Start the chat"}</button>
      </form>
    </main>
  `;
}

/** @param {{names: string[], chosen: string, waiting: boolean}} props */
function Categories({ names, chosen, waiting }) {
  if (names.length < 2) return null;
  if (names.length > AS_BUTTONS)
    return html`
      <label class="field"><span>What is it about?</span>
        <select name="category" required disabled=${waiting}>
          <option value="">Please choose</option>
          ${names.map((name) => html`<option value=${name} selected=${name === chosen}>${name}</option>`)}
        </select>
      </label>
    `;
  return html`
    <fieldset class="field" disabled=${waiting}>
      <legend>What is it about?</legend>
      <div class="choices">
        ${names.map(
          (name) => html`
            <label class="choice"><input type="radio" name="category" value=${name} required defaultChecked=${name === chosen} /><span>${name}</span></label>
          `,
        )}
      </div>
    </fieldset>
  `;
}
