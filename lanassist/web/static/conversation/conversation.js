// @ts-check
// A conversation's log as lines to read. Pure.

/** @import { Act, Entry } from "./conversation-types.js" */

/**
 * @typedef {object} Voice  whose conversation it is
 * @property {string} node
 * @property {string} name  as shown beside what they said: "You" on the agent's own page, else their name
 * @property {string} as  as in "Sam, as you"
 */

/**
 * @typedef {object} Local  said on this page, and not yet heard of from the node
 * @property {string} id
 * @property {Act["kind"]} kind
 * @property {string} text
 * @property {string} error  why the node did not take it; empty: it has not answered yet
 */

/**
 * @typedef {object} Line
 * @property {string} key
 * @property {"client" | "own" | "colleague" | "note" | "event"} side
 * @property {string} who
 * @property {string} text
 * @property {number | null} at  the node's clock; null: not in the log yet
 * @property {"sent" | "unsent" | "refused" | "failed"} state
 * @property {boolean} first  begins what one person says in a row
 * @property {boolean} controlled  done by a supervisor as the agent
 * @property {string} error
 */

/** Seconds after which the same person's words begin anew, with name and time. */
const RUN = 300;

/**
 * Everything there is to read, in order: what is in the log, then what is not (yet).
 * @param {{entries: readonly Entry[], pending?: readonly Act[], refused?: readonly Act[], local?: readonly Local[],
 *   voice: Voice, client: string, me?: string}} about  me: the node of whoever reads
 * @returns {Line[]}
 */
export function lines({ entries, pending = [], refused = [], local = [], voice, client, me = "" }) {
  const names = { voice, client, me };
  const known = new Set([...entries, ...pending, ...refused].map((each) => each.id));
  return grouped([
    ...entries.map((each) => written(each, names)),
    ...pending.map((each) => act(each, "unsent", names)),
    ...refused.map((each) => act(each, "refused", names)),
    ...local.filter((each) => !known.has(each.id)).map((each) => act(each, each.error ? "failed" : "unsent", names)),
  ]);
}

/** @typedef {{voice: Voice, client: string, me: string}} Names */

/**
 * @param {Entry} entry
 * @param {Names} names
 * @returns {Line}
 */
function written(entry, names) {
  const base = { key: String(entry.seq), at: entry.at, state: /** @type {const} */ ("sent"), first: true, controlled: entry.actor !== "", error: "" };
  if (entry.kind === "client") return { ...base, side: "client", who: names.client, text: entry.text };
  if (entry.kind === "say" || entry.kind === "note") {
    const own = entry.node === names.voice.node;
    return { ...base, side: entry.kind === "note" ? "note" : own ? "own" : "colleague", who: author(entry, names), text: entry.text };
  }
  return { ...base, side: "event", who: "", text: told(entry, names) };
}

/**
 * @param {Act | Local} each
 * @param {Line["state"]} state
 * @param {Names} names
 * @returns {Line}
 */
function act(each, state, names) {
  const actor = "actor" in each ? each.actor ?? "" : "";
  const entry = {
    conversation: "", seq: 0, id: each.id, kind: each.kind, text: each.text, at: 0, node: names.voice.node, name: names.voice.name,
    actor, actor_name: "actor_name" in each ? each.actor_name ?? "" : "",
  };
  return { ...written(entry, names), key: each.id, at: null, state, error: "error" in each ? each.error : "" };
}

/**
 * "You", "Lena Fischer", or "Sam, as you".
 * @param {Pick<Entry, "node" | "name" | "actor" | "actor_name">} entry
 * @param {Names} names
 */
function author(entry, { voice, me }) {
  const own = entry.node === voice.node;
  if (!entry.actor) return own ? voice.name : entry.name || "Agent";
  return `${entry.actor === me ? "You" : entry.actor_name}, as ${own ? voice.as : entry.name}`;
}

/**
 * What happened, as a sentence.
 * @param {Entry} entry
 * @param {Names} names
 */
function told(entry, names) {
  const by = entry.actor ? ` · by ${entry.actor === names.me ? "you" : entry.actor_name}` : "";
  if (entry.kind === "joined") return `${entry.node === names.voice.node ? names.voice.name : entry.name} joined${by}`;
  if (entry.kind === "queued") return `Back in the queue${by}`;
  if (entry.kind === "left") return `${names.client} ended the conversation`;
  if (entry.kind === "blocked") return `${names.client} was blocked${entry.text ? `: ${entry.text}` : ""}${by}`;
  const who = author(entry, names);
  if (entry.kind === "categorise") return `Category: ${entry.text} · ${who}`;
  return `Completed · ${who}`;
}

/** @param {Line[]} all */
function grouped(all) {
  return all.map((line, i) => {
    const before = all[i - 1];
    const runs = before && line.side !== "event" && before.side === line.side && before.who === line.who;
    return runs && (line.at ?? 0) - (before.at ?? 0) < RUN && line.state === before.state ? { ...line, first: false } : line;
  });
}

/**
 * The entries of each conversation in order, from a board topic whose keys end in `/number`.
 * @param {ReadonlyMap<string, Entry>} values
 * @returns {ReadonlyMap<string, Entry[]>}  by what stands before the number
 */
export function byConversation(values) {
  const found = /** @type {Map<string, Entry[]>} */ (new Map());
  for (const [key, entry] of values) {
    const conversation = key.slice(0, key.lastIndexOf("/"));
    const log = found.get(conversation);
    if (log) log.push(entry);
    else found.set(conversation, [entry]);
  }
  for (const log of found.values()) log.sort((a, b) => a.seq - b.seq);
  return found;
}

/**
 * What the last words were, for a list of clients.
 * @param {readonly Entry[]} entries
 */
export function preview(entries) {
  const last = entries.findLast((each) => each.kind === "client" || each.kind === "say");
  return last ? last.text.replace(/\s+/g, " ").slice(0, 120) : "";
}

/**
 * How many of the client's entries came after the last that was seen here.
 * @param {readonly Entry[]} entries
 * @param {number} seen
 */
export function unread(entries, seen) {
  const answered = entries.findLast((each) => each.kind === "say")?.seq ?? 0;
  return entries.filter((each) => each.kind === "client" && each.seq > Math.max(seen, answered)).length;
}
