// @ts-check
// /supervisor/glance?agent=NODEID&display=N[&reason=WHY]: just that display, 1:1 from the page's corner.

import { followEvents } from "../frame/events.js";
import { AgentAsked } from "./consent.js";
import { announcement, endOf } from "./glance-pane.js";
import { Glance } from "./glance.js";
import { html } from "../frame/html.js";
import { useKeys } from "../frame/keys.js";
import { Picture } from "./stage.js";
import { render } from "../vendor/preact.mjs";

const address = new URLSearchParams(location.search);
const agent = address.get("agent") ?? "";
const display = Number(address.get("display") ?? "1");
const reason = address.get("reason") ?? "";
const glance = Glance.alone();

function start() {
  void glance.start(agent, [], [display], reason ? { reason } : {});
}

function View() {
  useKeys({ escape: () => glance.stop("stopped") });
  const progress = glance.progress.value;
  const active = glance.active.value;
  const ended = progress.phase === "ended" ? progress : null;
  const name = glance.displays.value.find((each) => each.number === display)?.name ?? "";
  return html`
    <main>
      <h1 class="unseen">Display ${display}${name && ` (${name})`} of an agent</h1>
      ${active && html`<${Picture} glance=${glance} number=${display} extent=${glance.pictures.sizes.value.get(display)} fit=${false} />`}
      ${glance.asked.value && html`<div class="over"><${AgentAsked} glance=${glance} name="the agent" /></div>`}
      ${active && !glance.asked.value && html`
        <div class="corner">
          <button type="button" onClick=${() => glance.stop("stopped")}>Stop glance <kbd aria-hidden="true">Esc</kbd></button>
        </div>
      `}
      ${ended && html`
        <div class="over">
          <p>${endOf(ended)}</p>
          <button type="button" class="primary" onClick=${start}>${ended.began ? "Start again" : "Try again"}</button>
        </div>
      `}
      <p class="unseen" role="status">${announcement(progress, "the agent", [display])}</p>
    </main>
  `;
}

followEvents();
render(html`<${View} />`, /** @type {HTMLElement} */ (document.getElementById("page")));
// A page that is opened in the background starts when somebody looks.
if (document.hidden) document.addEventListener("visibilitychange", start, { once: true });
else start();
