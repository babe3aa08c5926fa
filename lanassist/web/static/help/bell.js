// @ts-check
// The bell at the top: how many ask, whether it chimes, and whether the desktop tells too.

import { html } from "../frame/html.js";
import { Menu } from "../frame/menu.js";
import { tickingNow } from "../frame/board.js";
import { duration } from "../frame/time.js";
import { askForNotifications, chime, desktop, hushed, sound } from "./alerts.js";
import { open } from "./requests.js";

export function Bell() {
  const count = open.value.length;
  const words = count === 1 ? "1 agent asks for help" : `${count} agents ask for help`;
  const button = html`<span class="glyph ${sound.value ? "bell" : "bell-off"}" aria-hidden="true"></span>
    ${count > 0 && html`<strong class="count" aria-hidden="true">${count}</strong>`}<span class="unseen">Alerts: ${words}</span>`;
  return html`<${Menu} kind="bell ${count ? "some" : ""}" title="Alerts" button=${button}>${() => html`<${Sheet} />`}<//>`;
}

function Sheet() {
  const rows = open.value;
  return html`
    <h2>Alerts</h2>
    ${!rows.length && html`<p class="muted">Nobody asks for help.</p>`}
    <ul class="asking">${rows.map((row) => html`
      <li key=${row.id}><bdi class="name">${row.agent_name}</bdi> <span class="figure muted">${duration(Math.max(0, tickingNow() - row.since))}</span>
        ${(row.reason || row.dismissed) && html`<small class="muted"><bdi>${row.reason}</bdi>${row.dismissed && " · dismissed by you"}</small>`}</li>
    `)}</ul>
    <label class="check"><input type="checkbox" checked=${sound.value} onChange=${() => (sound.value = !sound.peek())} /> Chime when somebody asks</label>
    <p class="row"><button type="button" class="link" onClick=${() => void chime()}>Hear it</button>
      ${hushed.value && html`<small class="muted">The browser is silent until you click.</small>`}</p>
    ${desktop.value === "default" && html`<p><button type="button" onClick=${() => void askForNotifications()}>Let this browser notify me where the desktop cannot</button></p>`}
    ${desktop.value === "denied" && html`<p><small class="muted">Your desktop tells too; if it shows no notices, allow this page's notifications beside the address.</small></p>`}
    ${desktop.value === "granted" && html`<p><small class="muted">Your desktop tells too; if it shows no notices, this browser does while this window is hidden.</small></p>`}
  `;
}
