// @ts-check
// What every supervisor's page has at its top: whose node, which peers, and whether the node answers.

import { own, peers, tickingNow } from "./board.js";
import { connection } from "./events.js";
import { html } from "./html.js";
import { LedgerAlarms } from "./ledger-alarm.js";
import { ago } from "./time.js";

/** @import { PeerRow } from "./types.js" */

/** Told when the page lost its own node: nothing shown is current then. And when a peer's ledger is not what it was. */
export function Banner() {
  const { state, wait } = connection.value;
  return html`
    <div class="banner" role="alert">
      ${state === "lost" && html`
        <p><strong>Lost touch with your node.</strong> What you see is the last that it told. Trying again
        ${wait < 1 ? "now" : ` every ${Math.round(wait)} s`}…</p>
      `}
    </div>
    <${LedgerAlarms} />
  `;
}

/** "3 peers · all live", with the list of them. */
export function Peers() {
  const rows = [...peers.value.values()].sort((a, b) => (a.name || a.key).localeCompare(b.name || b.key));
  // Whoever only announces itself may belong to another site on the same LAN: listed, but not one of ours.
  const ours = rows.filter((row) => row.name || row.source !== "mdns");
  const live = ours.filter((row) => row.state === "live").length;
  const share = !ours.length ? "" : live === ours.length ? " · all live" : ` · ${live} live`;
  return html`
    <details class="peers">
      <summary><span class="dot ${live === ours.length && live ? "good" : "some"}" aria-hidden="true"></span>
        <span>${ours.length === 1 ? "1 peer" : `${ours.length} peers`}<span class="share">${share}</span></span></summary>
      <div class="sheet">
        ${rows.length ? html`<ul>${rows.map((row) => html`<${Peer} key=${row.key} row=${row} />`)}</ul>`
          : html`<p class="muted">No other node found yet.</p>`}
      </div>
    </details>
  `;
}

/** @param {{row: PeerRow}} props */
function Peer({ row }) {
  const since = row.state === "live" ? "" : `, ${ago(tickingNow() - row.since)}`;
  return html`
    <li>
      <span class="dot ${row.state === "live" ? "good" : "some"}" aria-hidden="true"></span>
      <span class="who"><bdi>${row.name || row.address || row.key}</bdi>
        <small class="muted">${row.name ? row.address : row.source}</small></span>
      <span class="state">${row.state}${since}${row.why && html`<small class="muted"><bdi>${row.why}</bdi></small>`}</span>
    </li>
  `;
}

/** The supervisor's own name, from the certificate. */
export function Me() {
  const me = own.value;
  if (!me) return null;
  return html`<span class="me" title=${`${me.name} · ${me.email}`}><bdi>${me.name}</bdi><small class="muted"><bdi>${me.site}</bdi></small></span>`;
}
