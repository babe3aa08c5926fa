// @ts-check
// Which agents the dashboard shows, and in what order; and the totals above them.

import { agents, told } from "../frame/board.js";
import { open as requests } from "../help/requests.js";
import { WORDS, fits, inHeldOrder, sorted } from "../team/status.js";
import { computed, signal } from "../vendor/signals.mjs";

/** @import { SortKey } from "../team/status.js" */
/** @import { AgentRow } from "../frame/types.js" */

/** @typedef {AgentRow["status"]} Status */
/** @typedef {{key: SortKey, descending: boolean}} Order */
/** @typedef {"pointer" | "focus"} Holder  what is among the rows, so that they must not move */

/** Largest first, at the first click: the columns in which the large ones matter. */
const LARGEST_FIRST = new Set(["capacity", "ongoing", "completed", "waiting", "aht"]);
const USUAL = /** @type {Order} */ ({ key: "usual", descending: false });

export class AgentsView {
  search = signal("");
  statuses = signal(/** @type {ReadonlySet<Status>} */ (new Set()));
  order = signal(USUAL);

  #holders = /** @type {Set<Holder>} */ (new Set());
  #held = signal(/** @type {readonly string[] | null} */ (null));
  #last = /** @type {readonly string[]} */ ([]);

  #wanted = computed(() => {
    const { key, descending } = this.order.value;
    const statuses = this.statuses.value;
    const rows = [...agents.value.values()].filter((row) => (!statuses.size || statuses.has(row.status)) && fits(row, this.search.value));
    return pinned(sorted(rows, key, descending).map((row) => row.node));
  });

  /** The nodes shown, in order; the same array as long as that does not change. */
  nodes = computed(() => {
    const held = this.#held.value;
    const there = agents.value;
    const next = held ? inHeldOrder(this.#wanted.value, held, (node) => there.has(node)) : this.#wanted.value;
    if (next.join() !== this.#last.join()) this.#last = next;
    return this.#last;
  });

  /** Whether rows stand elsewhere than they would if nothing were among them. */
  displaced = computed(() => this.nodes.value.join() !== this.#wanted.value.join());

  counts = computed(() => {
    const counts = /** @type {Record<Status, number>} */ ({ available: 0, connected: 0, acw: 0, absent: 0 });
    for (const row of agents.value.values()) counts[row.status]++;
    return Object.freeze(counts);
  });

  /** How many agents there are, shown or not. */
  total = computed(() => agents.value.size);
  filtered = computed(() => this.search.value !== "" || this.statuses.value.size > 0);

  /** @param {string} search */
  find(search) {
    this.search.value = search;
    this.#holdAnew();
  }

  /** @param {Status} status */
  toggle(status) {
    const next = new Set(this.statuses.peek());
    if (!next.delete(status)) next.add(status);
    this.statuses.value = next;
    this.#holdAnew();
  }

  clear() {
    this.statuses.value = new Set();
    this.find("");
  }

  /**
   * One way, the other way, and back to the usual order.
   * @param {SortKey} key
   */
  sortBy(key) {
    const { key: before, descending } = this.order.peek();
    const first = LARGEST_FIRST.has(key);
    if (before !== key) this.order.value = { key, descending: first };
    else this.order.value = descending === first ? { key, descending: !first } : USUAL;
    this.#holdAnew();
  }

  /** @param {Holder} holder */
  hold(holder) {
    if (!this.#holders.size) this.#held.value = this.nodes.peek();
    this.#holders.add(holder);
  }

  /** @param {Holder} holder */
  release(holder) {
    this.#holders.delete(holder);
    if (!this.#holders.size) this.#held.value = null;
  }

  /** What was asked for is done at once, whatever is among the rows. */
  #holdAnew() {
    if (this.#held.peek()) this.#held.value = this.#wanted.peek();
  }
}

/** The queue of clients whom nobody has yet, and those whose agent is gone. */
export const queue = computed(() => {
  let waiting = 0;
  let orphaned = 0;
  let oldest = Infinity;
  for (const each of told.value.values()) {
    if (each.orphaned) orphaned++;
    if (each.state !== "waiting") continue;
    waiting++;
    oldest = Math.min(oldest, each.since);
  }
  return { waiting, orphaned, oldest: waiting ? oldest : null };
});

/**
 * Whoever asks for help stands on top, the first to ask first; else as they were.
 * @param {readonly string[]} nodes
 */
function pinned(nodes) {
  const there = new Set(nodes);
  const first = requests.value.map((row) => row.agent).filter((node) => there.has(node));
  const pins = new Set(first);
  return first.length ? [...first, ...nodes.filter((node) => !pins.has(node))] : nodes;
}

export const STATUSES = /** @type {readonly Status[]} */ (Object.keys(WORDS));
