// @ts-check
// The clients of one agent: waiting, ongoing, done.

import { tickingNow } from "../frame/board.js";
import { inParts, neighbour } from "./clients.js";
import { html } from "../frame/html.js";
import { duration } from "../frame/time.js";
import { useRef } from "../vendor/preact-hooks.mjs";

/** @import { ClientRow } from "./clients.js" */

/**
 * @param {{rows: readonly ClientRow[], chosen: string, choose: (id: string) => void, enter?: (id: string) => void, done?: string, children?: unknown}} props
 *   choose: by the arrow keys, and by a click if there is no enter; enter: by a click or Enter, to work on it; done: what the last part is called ("Done today"); children: shown when there is nobody at all
 */
export function ClientList({ rows, chosen, choose, enter = choose, done = "Done", children = null }) {
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  const parts = inParts(rows).filter((part) => part.rows.length > 0);
  const arrow = (/** @type {KeyboardEvent} */ event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const next = neighbour(rows, chosen, by);
    if (next) choose(next);
    const button = [...(ref.current?.querySelectorAll("button[data-id]") ?? [])].find((each) => each.getAttribute("data-id") === next);
    if (button instanceof HTMLElement) button.focus();
  };
  return html`
    <nav class="clients" aria-label="Clients" ref=${ref} onKeyDown=${arrow}>
      ${parts.length === 0 && children}
      ${parts.map((part) => html`
        <section key=${part.key} aria-labelledby=${`clients-${part.key}`}>
          <h2 id=${`clients-${part.key}`}>${part.key === "done" ? done : part.title} <span class="count">${part.rows.length}</span></h2>
          <ul>${part.rows.map((row) => html`<li key=${row.id}><${Row} row=${row} chosen=${row.id === chosen} choose=${enter} /></li>`)}</ul>
        </section>
      `)}
    </nav>
  `;
}

/** @param {{row: ClientRow, chosen: boolean, choose: (id: string) => void}} props */
function Row({ row, chosen, choose }) {
  return html`
    <button type="button" class="client-row" data-part=${row.part} data-id=${row.id} aria-current=${chosen ? "true" : undefined} onClick=${() => choose(row.id)}>
      <bdi class="name">${row.name}</bdi>
      ${row.part === "waiting" && html`<${Wait} since=${row.waitingSince ?? row.since} />`}
      <span class="about">
        ${row.category && html`<bdi class="category">${row.category}</bdi>`}
        ${row.typing ? html`<span class="is-typing">typing…</span>` : row.preview && html`<bdi class="last-words">${row.preview}</bdi>`}
      </span>
      ${row.mark && html`<span class="mark-text">${row.mark}</span>`}
      ${row.unread > 0 && html`<span class="unread">${row.unread}<span class="unseen"> unread</span></span>`}
    </button>
  `;
}

/**
 * A stopwatch that is drawn again each second, alone.
 * @param {{since: number, label?: string}} props
 */
export function Wait({ since, label = "waits" }) {
  return html`<span class="wait figure" aria-live="off"><span class="unseen">${label} </span>${duration(tickingNow() - since)}</span>`;
}
