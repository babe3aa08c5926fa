// @ts-check
// A word to the agent alone: its own box, its own colour, and its own way; never the reply box.

import { command, wordsOf } from "../frame/api.js";
import { html } from "../frame/html.js";
import { useId, useState } from "../vendor/preact-hooks.mjs";

const WHISPER_LENGTH = 4000;
/** Of those that were sent from here, so many are still shown. */
const SHOWN = 3;

/**
 * @typedef {object} Sent
 * @property {string} time  of day
 * @property {string} text
 */

/** @param {{agent: string, name: string, conversation: string, refusal: string}} props  refusal: why not now */
export function WhisperBox({ agent, name, conversation, refusal }) {
  const [text, setText] = useState("");
  const [error, setError] = useState("");
  const [sent, setSent] = useState(/** @type {readonly Sent[]} */ ([]));
  const [busy, setBusy] = useState(false);
  const title = useId();
  const why = useId();
  const send = async () => {
    const said = text.trim();
    if (!said || busy || refusal) return;
    setBusy(true);
    try {
      await command("conversations.whisper", { agent, conversation, text: said });
      const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
      setSent([...sent, { time, text: said }].slice(-SHOWN));
      setText("");
      setError("");
    } catch (refused) {
      setError(wordsOf(refused));
    } finally {
      setBusy(false);
    }
  };
  const enter = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void send();
  };
  return html`
    <section class="whisper" aria-labelledby=${title}>
      <div class="whisper-head"><h2 id=${title}>Whisper</h2><span>Only <bdi>${name}</bdi> sees this</span></div>
      <ul class="whispered" aria-label="Whispers you sent">
        ${sent.map((each, i) => html`<li key=${i}><span class="figure">${each.time}</span><bdi>${each.text}</bdi></li>`)}
      </ul>
      <div class="write">
        <textarea rows="2" maxlength=${WHISPER_LENGTH} aria-label=${`Whisper to ${name}`} placeholder=${`A word to ${name.split(" ")[0]}`} value=${text}
          readonly=${refusal !== ""} aria-describedby=${refusal ? why : undefined} onKeyDown=${enter}
          onInput=${(/** @type {Event} */ event) => setText(/** @type {HTMLTextAreaElement} */ (event.target).value)}></textarea>
        <button type="button" aria-disabled=${refusal || busy || !text.trim() ? "true" : undefined} aria-describedby=${refusal ? why : undefined}
          onClick=${() => void send()}>Whisper</button>
      </div>
      ${refusal && html`<p class="why-not" id=${why}>${refusal}</p>`}
      <div role="alert">${error && html`<p class="refusal">${error}</p>`}</div>
    </section>
  `;
}
