// @ts-check
// Above the conversations: who the agent is, what may be done to the agent, and the glance while there is one.

import { callRefusalOf } from "../call/offers.js";
import { assistIn } from "../call/supervising.js";
import { tickingNow } from "../frame/board.js";
import { html } from "../frame/html.js";
import { useKeys } from "../frame/keys.js";
import { ReasonDialog } from "../frame/reason-dialog.js";
import { duration } from "../frame/time.js";
import { GlancePane } from "../glance/glance-pane.js";
import { Picker, firstChoice } from "../glance/picker.js";
import { Assist, displaysOf, reasonRequired, screenRefusal } from "../team/assist.js";
import { Badge } from "../team/badge.js";
import { silent } from "../team/status.js";
import { useEffect, useState } from "../vendor/preact-hooks.mjs";
import { Band, ControlSwitch } from "./control-switch.js";
import { controlOffer } from "./monitor-board.js";
import { takeReason, takeWanted } from "./place.js";
import { control, glance } from "./supervision.js";

/** @import { AgentRow } from "../frame/types.js" */

/** @param {{row: AgentRow}} props */
export function AgentBar({ row }) {
  const [picking, setPicking] = useState(false);
  const [explaining, setExplaining] = useState(/** @type {readonly number[] | null} */ (null));
  const displays = displaysOf(row);
  const refusal = screenRefusal(row);
  const last = lastChoice(displays);
  const begins = (/** @type {readonly number[]} */ numbers, /** @type {string} */ reason) => {
    setExplaining(null);
    void glance.start(row.node, displays, numbers, reason ? { reason } : {});
  };
  const watch = (/** @type {readonly number[]} */ numbers) => {
    setPicking(false);
    if (glance.active.peek()) return void glance.switchTo(numbers);
    const given = takeReason();
    if (given || !reasonRequired(row)) begins(numbers, given);
    else setExplaining(numbers);
  };
  const assist = () => {
    if (refusal) return;
    if (displays.length > 1) setPicking(true);
    else watch(firstChoice(displays));
  };
  const call = () => callRefusalOf(row.node) || assistIn(row.node, row.name);
  useKeys({ g: assist, l: call });
  useEffect(() => {
    const wanted = refusal ? [] : takeWanted(row.node);
    if (wanted.length) watch(wanted);
  }, [refusal]);
  return html`
    <${Facts} row=${row}>
      <${ControlSwitch} control=${control} row=${row} refusal=${(row.set_status?.text ?? "") || (controlOffer.value?.refusal?.text ?? "")} />
      <${Assist} row=${row} keys="g" callKeys="l" start=${assist} call=${call} />
    <//>
    <${Band} control=${control} row=${row} />
    <${GlanceDock} row=${row} displays=${displays} refusal=${refusal} start=${() => watch(last())} />
    ${explaining && html`
      <${ReasonDialog} title=${`Why do you view the screen of ${row.name}?`} verb="View the screen" close=${() => setExplaining(null)}
        go=${(/** @type {string} */ reason) => begins(explaining, reason)}>
        <p class="muted"><bdi>${row.name}</bdi> reads it, and it is recorded.</p>
      <//>
    `}
    ${picking && html`
      <${Picker} agent=${row.name} displays=${displays} verb="Watch" choose=${watch} close=${() => setPicking(false)} chosen=${last()} />
    `}
  `;
}

/**
 * What was watched before, as far as it is plugged in; else what one begins with.
 * @param {AgentRow["displays"]} displays
 */
function lastChoice(displays) {
  return () => {
    const before = glance.chosen.peek().filter((number) => displays.some((each) => each.number === number));
    return before.length ? before : firstChoice(displays);
  };
}

/** @param {{row: AgentRow, children?: unknown}} props */
function Facts({ row, children }) {
  const now = tickingNow();
  return html`
    <section class="agent-bar ${silent(row, now) ? "silent" : ""}" aria-label="Agent">
      <div class="who">
        <h1><bdi>${row.name}</bdi></h1>
        <span class="muted"><bdi>${row.email}</bdi>${row.teams.length > 0 && html` · <bdi>${row.teams.join(", ")}</bdi>`}</span>
      </div>
      <dl>
        <div><dt>Status</dt><dd><${Badge} row=${row} now=${now} /></dd></div>
        <div><dt>In state</dt><dd class="figure">${duration(now - row.since)}</dd></div>
        <div><dt>Capacity</dt><dd class="figure">${row.active}/${row.total}</dd></div>
      </dl>
      <div class="row">${children}</div>
    </section>
  `;
}

/**
 * The glance pane, above the conversations while there is something to see or to say.
 * @param {{row: AgentRow, displays: AgentRow["displays"], refusal: string, start: () => void}} props
 */
function GlanceDock({ row, displays, refusal, start }) {
  const phase = glance.progress.value.phase;
  return html`
    <div class="glance-dock" hidden=${phase === "idle"}>
      <${GlancePane} glance=${glance} name=${row.name} displays=${displays} refusal=${refusal} start=${start} />
      ${phase === "ended" && html`<button type="button" class="quiet dock-close" onClick=${() => glance.forget()}>Close</button>`}
    </div>
  `;
}
