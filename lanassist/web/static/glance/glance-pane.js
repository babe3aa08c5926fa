// @ts-check
// The glance pane: what is watched, with its controls; or how it ended; or that it is in its own window.

import { html } from "../frame/html.js";
import { useKeys } from "../frame/keys.js";
import { AgentAsked } from "./consent.js";
import { Controls, Stop, View, glanceKeys } from "./controls.js";
import { LayoutPreview, Picker } from "./picker.js";
import { Pane, ratioOf } from "./stage.js";
import { useEffect, useMemo } from "../vendor/preact-hooks.mjs";

/** @import { Glance, Progress } from "./glance.js" */
/** @import { Popout } from "./popout.js" */
/** @import { Display } from "../frame/types.js" */

/**
 * @param {{glance: Glance, name: string, displays: readonly Display[], refusal: string, start: () => void}} props
 *   displays: all of the agent's; refusal: why a glance cannot be started; start: again, with the same choice
 */
export function GlancePane({ glance, name, displays, refusal, start }) {
  const view = useMemo(() => new View(), []);
  const popout = /** @type {Popout} */ (glance.popout);
  popout.content = (home, over) =>
    over ? html`<${Farewell} glance=${glance} home=${home} />` : html`<${InWindow} glance=${glance} name=${name} view=${view} popout=${popout} home=${home} />`;
  const active = glance.active.value;
  const away = popout.home.value !== null;
  const whole = active && !away && view.whole.value;
  useKeys(active && !away ? glanceKeys(glance, view, popout) : {});
  return html`
    <section class="glance ${whole ? "whole" : ""}" aria-labelledby="glance-title" data-phase=${glance.progress.value.phase}>
      ${!active && html`<header><h2 id="glance-title">Glance</h2></header><${Still} glance=${glance} name=${name} displays=${displays} refusal=${refusal} start=${start} />`}
      ${active && away && html`<header><h2 id="glance-title">Glance</h2></header><${Elsewhere} glance=${glance} name=${name} popout=${popout} />`}
      ${active && !away && html`<${Live} glance=${glance} name=${name} view=${view} popout=${popout} title="Glance" />`}
      <p class="unseen" role="status">${announcement(glance.progress.value, name, glance.chosen.value)}</p>
    </section>
  `;
}

/** @param {{glance: Glance, name: string, view: View, popout: Popout, title: string}} props */
function Live({ glance, name, view, popout, title }) {
  const chosen = glance.chosen.value;
  const fit = view.fit.value;
  const turn = (/** @type {boolean} */ to) => void (view.fit.value = to);
  const close = () => void (view.picking.value = false);
  const choose = (/** @type {number[]} */ numbers) => {
    close();
    void glance.switchTo(numbers);
  };
  return html`
    <header>
      <h2 id="glance-title"><bdi>${title}</bdi></h2>
      <${Controls} glance=${glance} view=${view} popout=${popout} />
    </header>
    ${glance.trouble.value && html`<p class="trouble" role="alert">${glance.trouble.value}</p>`}
    <${AgentAsked} glance=${glance} name=${name} />
    <div class="panes ${fit ? "fit" : "full"}" data-count=${chosen.length} style=${columns(glance, chosen)}>
      ${chosen.map((number) => html`<${Pane} key=${number} glance=${glance} number=${number} fit=${fit} turn=${turn} />`)}
    </div>
    ${view.picking.value && html`<${Picker} agent=${name} displays=${glance.displays.value} chosen=${chosen} close=${close} choose=${choose} />`}
  `;
}

/**
 * Two displays side by side get widths by which their pictures are equally high.
 * @param {Glance} glance
 * @param {readonly number[]} chosen
 */
function columns(glance, chosen) {
  const ratios = chosen.map((number) => ratioOf(glance, number));
  const [first, second = first] = ratios;
  return {
    "--columns": chosen.length === 2 ? ratios.map((each) => `minmax(0, ${each}fr)`).join(" ") : "repeat(2, minmax(0, 1fr))",
    "--beside": String(Number(first) + (chosen.length > 1 ? Number(second) : 0)),
    "--rows": String(Math.ceil(chosen.length / 2)),
  };
}

/**
 * What the glance's own window shows.
 * @param {{glance: Glance, name: string, view: View, popout: Popout, home: Window}} props
 */
function InWindow({ glance, name, view, popout, home }) {
  const progress = glance.progress.value;
  useEffect(() => void (home.document.title = `${name} · glance`), []);
  useKeys(glanceKeys(glance, view, popout), home.document);
  return html`
    <section class="glance whole" aria-labelledby="glance-title" data-phase=${progress.phase}>
      <${Live} glance=${glance} name=${name} view=${view} popout=${popout} title=${name} />
      <p class="unseen" role="status">${announcement(progress, name, glance.chosen.value)}</p>
    </section>
  `;
}

/**
 * What that window shows once the glance has ended: why, whatever goes on in the page from then on.
 * @param {{glance: Glance, home: Window}} props
 */
function Farewell({ glance, home }) {
  const words = useMemo(() => endOf(glance.progress.peek()), []);
  return html`
    <main class="glance whole">
      <div class="still">
        <p class="ending" role="status">${words}</p>
        <button type="button" class="primary" onClick=${() => home.close()}>Close this window</button>
      </div>
    </main>
  `;
}

/** @param {{glance: Glance, name: string, popout: Popout}} props */
function Elsewhere({ glance, name, popout }) {
  return html`
    <div class="still">
      <p class="muted">You are watching <bdi>${name}</bdi> in a window of its own. Closing it ends the glance.</p>
      <p class="row"><button type="button" onClick=${() => popout.back()}>Back to this page</button><${Stop} glance=${glance} /></p>
    </div>
  `;
}

/** @param {{glance: Glance, name: string, displays: readonly Display[], refusal: string, start: () => void}} props */
function Still({ glance, name, displays, refusal, start }) {
  const progress = glance.progress.value;
  const ended = progress.phase === "ended" ? progress : null;
  return html`
    <div class="still">
      ${ended
        ? html`<p class="ending">${endOf(ended)}</p>`
        : html`<p class="muted">${refusal || html`You are not watching <bdi>${name}</bdi>.`}</p>`}
      ${ended && !refusal && html`<button type="button" class="primary" onClick=${start}>${ended.began ? "Start again" : "Try again"}</button>`}
      ${ended && refusal && html`<p class="muted">${refusal}</p>`}
      ${!ended && displays.length > 0 && html`<${LayoutPreview} displays=${displays} />`}
    </div>
  `;
}

/** @param {Progress} progress */
export function endOf(progress) {
  if (progress.phase !== "ended") return "";
  return progress.began ? `Glance ended: ${progress.text}` : progress.text;
}

/**
 * What is said aloud.
 * @param {Progress} progress
 * @param {string} name
 * @param {readonly number[]} chosen
 */
export function announcement(progress, name, chosen) {
  if (progress.phase === "asking") return `Asking ${name}'s node`;
  if (progress.phase === "running") return `Watching ${name}, display ${chosen.join(" and ")}`;
  return endOf(progress);
}
