// @ts-check
// The line above everything when a peer's ledger contradicts what it had signed. It stays until it is put away.

import { topic } from "./board.js";
import { html } from "./html.js";
import { signal } from "../vendor/signals.mjs";

/** @import { LedgerAlarm } from "./types.js" */
/** @import { Signal } from "../vendor/signals.mjs" */
/** @import { Values } from "./board.js" */

const PUT_AWAY = "ledger-alarms-put-away";

const alarms = /** @type {Signal<Values<LedgerAlarm>>} */ (topic("audit.alarms"));
/** What was put away in this window: another contradiction of the same ledger is shown again. */
const putAway = signal(/** @type {ReadonlySet<string>} */ (remembered()));

export function LedgerAlarms() {
  const shown = [...alarms.value.values()].filter((alarm) => !putAway.value.has(keyOf(alarm))).sort((a, b) => b.at - a.at);
  return html`
    <div class="alarms" role="alert">
      ${shown.map((alarm) => html`<${Line} key=${keyOf(alarm)} alarm=${alarm} />`)}
    </div>
  `;
}

/** @param {{alarm: LedgerAlarm}} props */
function Line({ alarm }) {
  return html`
    <div class="ledger-alarm">
      <p><strong>The ledger that <bdi>${alarm.name}</bdi>’s node keeps contradicts yours:</strong> <bdi>${alarm.text}</bdi>.
        Check it with <code>lanassist audit verify</code> and tell your admin.</p>
      <button type="button" aria-label=${`Dismiss: the ledger of ${alarm.name}`} onClick=${() => dismiss(alarm)}>Dismiss</button>
    </div>
  `;
}

/** @param {LedgerAlarm} alarm */
function keyOf({ owner, text }) {
  return `${owner} ${text}`;
}

/** @param {LedgerAlarm} alarm */
function dismiss(alarm) {
  putAway.value = new Set([...putAway.peek(), keyOf(alarm)]);
  try {
    sessionStorage.setItem(PUT_AWAY, JSON.stringify([...putAway.peek()]));
  } catch {
    // A browser that keeps nothing shows it again on the next page.
  }
}

/** @returns {ReadonlySet<string>} */
function remembered() {
  try {
    return new Set(JSON.parse(sessionStorage.getItem(PUT_AWAY) ?? "[]"));
  } catch {
    return new Set();
  }
}
