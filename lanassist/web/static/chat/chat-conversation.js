// @ts-check
// The conversation: its lines, what is on its way, and the box to write in.

import { remembered } from "./chat-memory.js";
import { beginAnew, transcriptAddress } from "./chat-begin.js";
import { leave, say, takeBack, tryAgain, type } from "./chat-outbox.js";
import { agentTypes, connection, lines, notice, outbox, view } from "./chat-state.js";
import { clock, goesOn, happened, patience, standing } from "./chat-words.js";
import { Dialog } from "../frame/dialog.js";
import { html } from "../frame/html.js";
import { useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact-hooks.mjs";

/** @import { About } from "./chat.js" */
/** @import { Line } from "./chat-state.js" */
/** @import { Outgoing } from "./chat-memory.js" */

/** @param {{about: About}} props */
export function Conversation({ about }) {
  const [leaving, setLeaving] = useState(false);
  const now = view.value;
  const over = Boolean(notice.value.final);
  const known = lines.value.length > 0;
  return html`
    <main class="card talk">
      <header>
        <div class="who">
          <h1>${about.title}</h1>
          <p class="muted" role="status"><span class="shape ${now.state}" aria-hidden="true"></span>${known ? standing(now) : "Connecting…"}</p>
        </div>
        <a class="button quiet" href=${transcriptAddress()} download>Transcript</a>
        ${now.state !== "done" && !over && html`<button class="quiet" type="button" onClick=${() => setLeaving(true)}>Leave</button>`}
      </header>
      <p class="band" role="status">${connection.value === "lost" && !over ? html`<span>Connection lost, trying again…</span>` : null}</p>
      <${Lines} />
      <${Standing} />
      ${!over && html`<${Composer} about=${about} done=${now.state === "done"} />`}
      ${leaving && html`<${Leaving} close=${() => setLeaving(false)} />`}
    </main>
  `;
}

function Lines() {
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  const atEnd = useRef(true);
  const shown = lines.value;
  const waiting = outbox.value;
  useLayoutEffect(() => {
    if (atEnd.current && ref.current) ref.current.scrollTop = ref.current.scrollHeight;
  }, [shown, waiting, agentTypes.value, view.value]);
  useEffect(() => {
    const box = ref.current;
    if (!box) return undefined;
    const watch = new ResizeObserver(() => atEnd.current && (box.scrollTop = box.scrollHeight));
    watch.observe(box);
    return () => watch.disconnect();
  }, []);
  const scrolled = () => {
    const box = ref.current;
    if (box) atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 60;
  };
  const me = remembered().name;
  return html`
    <section class="lines" ref=${ref} onScroll=${scrolled} tabindex="0" aria-label="Conversation">
      <div role="log" aria-label="Messages">
        <ol>${shown.map((line, at) => html`<${OneLine} key=${line.seq} line=${line} before=${shown[at - 1]} me=${me} />`)}</ol>
      </div>
      ${waiting.length > 0 && html`<ul aria-label="On its way">${waiting.map((each) => html`<${OnItsWay} key=${each.id} words=${each} />`)}</ul>`}
      <p class="types" role="status">${agentTypes.value && view.value.state === "open" ? html`<span class="bubble"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span><span><bdi>${view.value.agent || "Somebody"}</bdi> is typing</span></span>` : null}</p>
    </section>
  `;
}

/** @param {{line: Line, before: Line | undefined, me: string}} props */
function OneLine({ line, before, me }) {
  const event = happened(line, me);
  if (event) return html`<li class="event"><bdi>${event}</bdi> · <time>${clock(line.at)}</time></li>`;
  const own = line.kind === "client";
  const on = goesOn(line, before);
  return html`
    <li class="said ${own ? "own" : "theirs"} ${on ? "on" : ""}">
      ${on ? html`<span class="unseen">${own ? "You" : line.name}:</span>` : html`<p class="by"><bdi>${own ? "You" : line.name}</bdi> · <time>${clock(line.at)}</time></p>`}
      <p class="bubble" dir="auto">${line.text}</p>
    </li>
  `;
}

/** @param {{words: Outgoing}} props */
function OnItsWay({ words }) {
  return html`
    <li class="said own ${words.seq === undefined ? "waiting" : ""}">
      <p class="bubble" dir="auto">${words.text}</p>
      ${words.why && html`
        <p class="failed"><strong>Not sent.</strong> ${words.why}</p>
        <p class="failed">
          <button class="quiet" type="button" onClick=${() => tryAgain(words.id)}>Try again</button>
          <button class="quiet" type="button" onClick=${() => takeBack(words.id)}>Discard</button>
        </p>
      `}
      ${words.seq === undefined && !words.why && html`<p class="by">Sending…</p>`}
    </li>
  `;
}

/** What the client should know now: the place in line, the end, or that something cannot be. */
function Standing() {
  const { state, position } = view.value;
  const { text, anew: mayBegin } = notice.value;
  const anew = html`<button type="button" onClick=${beginAnew}>Start a new conversation</button>`;
  if (text) return html`<section class="standing warn" role="alert"><p>${text}</p>${mayBegin && anew}</section>`;
  if (state === "waiting" && position) return html`
    <section class="standing"><p class="place" aria-hidden="true">${position}</p><p><strong>${standing(view.value)}</strong><br /><span class="muted">${patience(position)}</span></p></section>
  `;
  if (state === "done") return html`<section class="standing"><p><strong>This conversation is completed.</strong><br /><span class="muted">Write again to continue it.</span></p>${anew}</section>`;
  return null;
}

/** @param {{about: About, done: boolean}} props */
function Composer({ about, done }) {
  const ref = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const send = () => {
    const text = ref.current?.value.trim() ?? "";
    if (!ref.current || !text) return;
    say(text);
    ref.current.value = "";
    type(false);
    ref.current.focus();
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    const keyboard = matchMedia("(pointer: fine)").matches;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !keyboard) return;
    event.preventDefault();
    send();
  };
  const typed = () => type(Boolean(ref.current?.value.trim()));
  return html`
    <form class="composer" onSubmit=${(/** @type {Event} */ event) => (event.preventDefault(), send())}>
      <textarea ref=${ref} rows="1" aria-label="Your message" placeholder=${done ? "Write again to continue" : "Write a message"} maxlength=${about.text_length}
        onKeyDown=${key} onInput=${typed} onBlur=${() => type(false)}></textarea>
      <button class="primary">Send</button>
    </form>
  `;
}

/** @param {{close: () => void}} props */
function Leaving({ close }) {
  const [wrong, setWrong] = useState("");
  const go = () => leave().then(close, (error) => setWrong(error.message || "Nobody answers. Please try again."));
  return html`
    <${Dialog} title="Leave the conversation?" close=${close}>
      <p>It ends for both sides. You can still read it here, save the transcript, and write again.</p>
      <p class="wrong" role="alert">${wrong}</p>
      <div class="foot">
        <button type="button" data-first onClick=${close}>Stay</button>
        <button class="stop" type="button" onClick=${go}>Leave</button>
      </div>
    <//>
  `;
}
