// @ts-check
// The agent's conversations in three columns: the clients, the one that is open, and what is known of the client.

import { ClientInfo } from "../conversation/client-info.js";
import { ClientList } from "../conversation/client-list.js";
import { inParts } from "../conversation/clients.js";
import { html } from "../frame/html.js";
import { useEffect, useMemo, useState } from "../vendor/preact-hooks.mjs";
import { computed } from "../vendor/signals.mjs";
import { mirror } from "./monitor-board.js";
import { clientsOf, saw } from "./monitor-clients.js";
import { ConversationPane, useLog } from "./monitor-conversation.js";
import { chosen, open } from "./place.js";
import { control } from "./supervision.js";
import { WhisperBox } from "./whisper.js";

/** @import { MirrorRow } from "./monitor-types.js" */
/** @import { AgentRow } from "../frame/types.js" */

/** @typedef {"clients" | "talk" | "about"} View  the column that a narrow page shows */

/** @param {{row: AgentRow, watchRefusal: string}} props */
export function Columns({ row, watchRefusal }) {
  const [view, setView] = useState(/** @type {View} */ (chosen.peek() ? "talk" : "clients"));
  const clients = useMemo(() => clientsOf(row.node), [row.node]).value;
  const first = inParts(clients).flatMap((part) => part.rows)[0];
  const at = clients.some((each) => each.id === chosen.value) ? chosen.value : first?.id ?? "";
  const current = useMemo(() => computed(() => mirror.value.get(`${row.node}/${at}`)), [row.node, at]).value;
  const choose = (/** @type {string} */ id) => {
    open(id);
    setView("talk");
  };
  // The one that is shown stays, also when another comes to stand above it in the list. What is completed
  // gives way: it is told before what is in hand.
  useEffect(() => {
    if (at && at !== chosen.peek() && first?.part !== "done") open(at);
  }, [at]);
  return html`
    <div class="monitor-columns" data-view=${view}>
      <div class="column-clients">
        ${watchRefusal && html`<p class="refusal" role="alert">${watchRefusal}</p>`}
        <${ClientList} rows=${clients} chosen=${at} choose=${choose}>
          <p class="nothing">${row.online ? "No client at the moment." : "Nothing was told before the agent went offline."}</p>
        <//>
      </div>
      ${current
        ? html`<${Opened} key=${current.conversation} row=${current} agent=${row} setView=${setView} />`
        : html`<div class="talk empty"><p class="muted">${clients.length ? "Choose a client." : "No conversation to show."}</p></div>`}
      <${WhisperBox} key=${row.node} agent=${row.node} name=${row.name} conversation=${at}
        refusal=${watchRefusal || (row.online ? "" : `${row.name} is offline.`)} />
    </div>
  `;
}

/** @param {{row: MirrorRow, agent: AgentRow, setView: (view: View) => void}} props */
function Opened({ row, agent, setView }) {
  const log = useLog(row);
  const last = log.entries.at(-1)?.seq ?? 0;
  useEffect(() => {
    const look = () => document.hidden || saw(`${row.agent}/${row.conversation}`, last);
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [last]);
  const voice = useMemo(() => ({ node: agent.node, name: agent.name, as: agent.name }), [agent.node, agent.name]);
  return html`
    <${ConversationPane} row=${row} log=${log} agent=${agent} control=${control} back=${() => setView("clients")} about=${() => setView("about")} />
    <div class="column-about">
      <button type="button" class="quiet narrow-only" onClick=${() => setView("talk")}><span aria-hidden="true">←</span> Conversation</button>
      <${ClientInfo} conversation=${row.conversation} client=${row.client} category=${row.category} entries=${log.entries} voice=${voice} />
    </div>
  `;
}
