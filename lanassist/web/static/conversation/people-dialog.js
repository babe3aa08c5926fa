// @ts-check
// To whom a client goes: everyone, those who cannot take one with the reason; and the queue.

import { Dialog } from "../frame/dialog.js";
import { Foot, useSubmit } from "../frame/form.js";
import { html } from "../frame/html.js";
import { useState } from "../vendor/preact-hooks.mjs";

/** @import { Colleague } from "./conversation-types.js" */

const QUEUE = "queue:";

/**
 * Stays open, with its choice, when the node declines.
 * @param {{title: string, verb: string, people: readonly Colleague[] | null, failure?: string, queue?: string,
 *   submit: (node: string) => Promise<void>, close: () => void}} props
 *   people: null while they are asked for; failure: why they could not be; queue: why the client cannot go back
 *   to the queue, empty if it can, absent to not offer it; submit: gets "" for the queue, throws Refused
 */
export function PeopleDialog({ title, verb, people, failure = "", queue, submit, close }) {
  const [chosen, setChosen] = useState("");
  const run = useSubmit(() => submit(chosen === QUEUE ? "" : chosen).then(close));
  return html`
    <${Dialog} title=${title} close=${close} kind="people">
      <form onSubmit=${run.go}>
        <fieldset>
          <legend class="unseen">${title}</legend>
          ${people === null && !failure && html`<p class="muted">Asking the desk…</p>`}
          ${failure && html`<p class="refusal">${failure}</p>`}
          ${people?.length === 0 && html`<p class="muted">Nobody else is known to the desk.</p>`}
          <div class="choices">
            ${queue !== undefined && html`
              <${Choice} value=${QUEUE} name="Back to the queue" detail="whoever has room first" refusal=${queue} chosen=${chosen} choose=${setChosen} />
            `}
            ${people?.map((each) => html`
              <${Choice} key=${each.node} value=${each.node} name=${each.name} detail=${detail(each)} load=${`${each.active}/${each.total}`}
                refusal=${each.refusal?.text ?? ""} chosen=${chosen} choose=${setChosen} />
            `)}
          </div>
        </fieldset>
        <${Foot} run=${run} verb=${verb} ready=${chosen !== ""} close=${close} />
      </form>
    <//>
  `;
}

/** @param {Colleague} person */
function detail(person) {
  return [person.email, ...person.teams].filter(Boolean).join(" · ");
}

/**
 * One of the choices; what cannot be chosen is still in reach, and says why.
 * @param {{value: string, name: string, detail: string, load?: string, refusal: string, chosen: string, choose: (value: string) => void}} props
 */
function Choice({ value, name, detail: about, load = "", refusal, chosen, choose }) {
  return html`
    <label class="choice ${refusal ? "cannot" : ""}">
      <input type="radio" name="person" value=${value} checked=${chosen === value} aria-disabled=${refusal ? "true" : undefined}
        data-first=${value === QUEUE && !refusal ? "" : undefined}
        onClick=${(/** @type {Event} */ event) => refusal && event.preventDefault()} onChange=${() => refusal || choose(value)} />
      <span class="who"><bdi class="name">${name}</bdi><small class="muted"><bdi>${about}</bdi></small></span>
      ${load && html`<span class="figure load">${load}</span>`}
      ${refusal && html`<span class="reason">${refusal}</span>`}
    </label>
  `;
}
