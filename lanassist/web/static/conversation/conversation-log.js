// @ts-check
// A conversation to read: the log, what is not sent yet, and what will not be. It changes nothing by being looked at.

import { nodeNow } from "../frame/board.js";
import { lines } from "./conversation.js";
import { html } from "../frame/html.js";
import { timeOfDay } from "../frame/time.js";
import { useLayoutEffect, useMemo, useRef, useState } from "../vendor/preact-hooks.mjs";

/** @import { Act, Entry } from "./conversation-types.js" */
/** @import { Line, Local, Voice } from "./conversation.js" */

/** Lines drawn at first; earlier ones are asked for. */
const DRAWN = 200;
/** Pixels from the end within which the reader counts as being at it. */
const NEAR = 60;

/**
 * @typedef {object} LogProps
 * @property {readonly Entry[]} entries
 * @property {Voice} voice  whose conversation it is
 * @property {string} client  the client's name
 * @property {string} [me]  the node of whoever reads, so that their own acts under control read "You, as Dana"
 * @property {readonly Act[]} [pending]  not confirmed by the desk yet
 * @property {readonly Act[]} [refused]  will never be
 * @property {readonly Local[]} [local]  not confirmed by the node yet
 * @property {boolean} [deskOnline]
 * @property {boolean} [typing]  the client is typing
 * @property {string} [draft]  what the agent has typed and not sent; for those who watch
 * @property {boolean} [live]  new lines are read out; not so in a conversation of the past
 * @property {(id: string) => void} [dismiss]  puts away what was not sent; absent: read-only
 * @property {(id: string) => void} [retry]
 */

/** @param {LogProps} props */
export function ConversationLog(props) {
  const { entries, pending, refused, local, voice, client, me, typing = false, draft = "", live = true } = props;
  const [drawn, setDrawn] = useState(DRAWN);
  const all = useMemo(
    () => lines({ entries, pending: pending ?? [], refused: refused ?? [], local: local ?? [], voice, client, me: me ?? "" }),
    [entries, pending, refused, local, voice.node, voice.name, client, me],
  );
  const shown = all.slice(-drawn);
  const { ref, below, scrolled, toEnd } = useEnd(all.length, typing || draft !== "", all.at(-1)?.state === "unsent");
  return html`
    <div class="log-frame">
      <div class="log" ref=${ref} tabindex="0" role=${live ? "log" : "group"} aria-label=${`Conversation with ${client}`} onScroll=${scrolled}>
        ${shown.length < all.length && html`
          <button type="button" class="earlier" onClick=${() => setDrawn(drawn + DRAWN)}>Show earlier messages</button>
        `}
        ${useMemo(() => shown.map((line, i) => html`<${Shown} key=${line.key} line=${line} before=${shown[i - 1]} of=${props} />`), [
          all, drawn, props.deskOnline, props.dismiss, props.retry,
        ])}
        ${draft && html`
          <div class="line own draft"><p class="said"><bdi>${draft}</bdi></p>
            <p class="state"><bdi>${voice.name}</bdi> ${voice.as === "you" ? "are" : "is"} typing: not sent</p></div>
        `}
        ${typing && html`<p class="line client typing"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span><span><bdi>${client}</bdi> is typing</span></p>`}
      </div>
      ${below && html`<button type="button" class="to-end" onClick=${toEnd}><span aria-hidden="true">↓</span> Newest</button>`}
    </div>
  `;
}

/**
 * Keeps the end in sight, unless the reader has scrolled away from it.
 * @param {number} count
 * @param {boolean} extra  something is shown below the last line
 * @param {boolean} own  the last line was said here just now
 */
function useEnd(count, extra, own) {
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  const atEnd = useRef(true);
  const [below, setBelow] = useState(false);
  const toEnd = () => {
    if (ref.current) ref.current.scrollTop = ref.current.scrollHeight;
  };
  const scrolled = () => {
    const box = ref.current;
    if (!box) return;
    atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
    setBelow(!atEnd.current);
  };
  useLayoutEffect(() => {
    if (atEnd.current || own) toEnd();
  }, [count, extra, own]);
  useLayoutEffect(() => {
    if (!ref.current) return;
    const watching = new ResizeObserver(() => atEnd.current && toEnd());
    watching.observe(ref.current);
    return () => watching.disconnect();
  }, []);
  return { ref, below, scrolled, toEnd };
}

/** @param {{line: Line, before: Line | undefined, of: LogProps}} props */
function Shown({ line, before, of }) {
  const day = newDay(line, before);
  const body = line.side === "event" ? html`<${Event} line=${line} of=${of} />` : html`<${Said} line=${line} of=${of} />`;
  return html`${day && html`<p class="day"><span>${day}</span></p>`}${body}`;
}

/**
 * The day, where it is another than that of the line before.
 * @param {Line} line
 * @param {Line | undefined} before
 */
function newDay(line, before) {
  if (line.at === null) return "";
  const date = (/** @type {number} */ at) => new Date(Date.now() - (nodeNow() - at) * 1000);
  const own = date(line.at).toDateString();
  if (own === (before?.at != null ? date(before.at).toDateString() : new Date().toDateString())) return "";
  return date(line.at).toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" });
}

/** @param {number | null} at */
function clock(at) {
  return at === null ? "" : timeOfDay(nodeNow() - at).replace(/^.*, /, "");
}

/** @param {{line: Line, of: LogProps}} props */
function Event({ line, of }) {
  return html`
    <div class="line event ${line.state}">
      <p><bdi>${line.text}</bdi>${line.at !== null && html` · <span class="figure">${clock(line.at)}</span>`}</p>
      <${Fate} line=${line} of=${of} />
    </div>
  `;
}

/** @param {{line: Line, of: LogProps}} props */
function Said({ line, of }) {
  return html`
    <div class="line ${line.side} ${line.state} ${line.first ? "first" : ""} ${line.controlled ? "controlled" : ""}">
      ${line.first && html`
        <p class="who">${line.side === "note" && html`<strong class="tag">Note</strong>`}<bdi>${line.who}</bdi>
          ${line.at !== null && html`<span class="figure">${clock(line.at)}</span>`}</p>
      `}
      <p class="said"><bdi>${line.text}</bdi></p>
      <${Fate} line=${line} of=${of} />
    </div>
  `;
}

/**
 * What becomes of a line that is not in the log.
 * @param {{line: Line, of: LogProps}} props
 */
function Fate({ line, of }) {
  if (line.state === "sent") return null;
  if (line.state === "unsent") {
    if (of.deskOnline ?? true) return html`<p class="state soon">sending…</p>`;
    return html`<p class="state">Waiting for the desk: it is offline. Kept here, and sent when it is back.</p>`;
  }
  const why = line.state === "refused" ? "the conversation had moved" : line.error;
  return html`
    <p class="state bad">
      <span>Not sent: ${why}</span>
      ${of.retry && line.state === "failed" && html`<button type="button" onClick=${() => of.retry?.(line.key)}>Try again</button>`}
      ${of.dismiss && line.side !== "event" && html`<${Copy} text=${line.text} />`}
      ${of.dismiss && html`<button type="button" onClick=${() => of.dismiss?.(line.key)}>Dismiss</button>`}
    </p>
  `;
}

/** @param {{text: string}} props */
export function Copy({ text }) {
  const [copied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(text).then(() => setCopied(true), () => setCopied(false));
  return html`<button type="button" onClick=${copy}>${copied ? "Copied" : "Copy"}</button>`;
}
