// @ts-check
// The customers' page: a form, then the conversation.

import { Conversation } from "./chat-conversation.js";
import { Form } from "./chat-form.js";
import { resume } from "./chat-begin.js";
import { mode, unseen } from "./chat-state.js";
import { html } from "../frame/html.js";
import { render } from "../vendor/preact.mjs";
import { effect } from "../vendor/signals-core.mjs";

/** @typedef {{title: string, categories: string[], name_length: number, contact_length: number, text_length: number}} About */

/** @type {About} */
const about = JSON.parse(document.body.dataset.about ?? "{}");

function Page() {
  return mode.value === "conversation" ? html`<${Conversation} about=${about} />` : html`<${Form} about=${about} />`;
}

resume();
effect(() => {
  document.title = unseen.value ? `(${unseen.value}) ${about.title}` : about.title;
});
render(html`<${Page} />`, /** @type {HTMLElement} */ (document.getElementById("page")));
