// @ts-check
// Which agents are on the wall, in what order, and how large.

import { agents, offers } from "../frame/board.js";
import { fits, sorted } from "../team/status.js";
import { computed, signal } from "../vendor/signals.mjs";

/** @import { AgentRow } from "../frame/types.js" */

/** @typedef {AgentRow["status"]} Status */

/** Pixels across a tile. */
export const SIZES = Object.freeze({ least: 180, most: 660, step: 60, usual: 300 });
const KEPT = "lanassist.wall.tile";

export class WallView {
  search = signal("");
  team = signal("");
  statuses = signal(/** @type {ReadonlySet<Status>} */ (new Set()));
  size = signal(keptSize());

  /** All agents, by name: a tile stays in its place whatever its agent does. */
  #all = computed(() => sorted(agents.value.values(), "agent", false));

  nodes = computed(() => {
    const [statuses, team] = [this.statuses.value, this.team.value];
    const rows = this.#all.value.filter((row) => (!statuses.size || statuses.has(row.status)) && (!team || row.teams.includes(team)));
    return rows.filter((row) => fits(row, this.search.value)).map((row) => row.node);
  });

  teams = computed(() => [...new Set(this.#all.value.flatMap((row) => row.teams))].sort());
  total = computed(() => agents.value.size);
  filtered = computed(() => this.search.value !== "" || this.team.value !== "" || this.statuses.value.size > 0);

  counts = computed(() => {
    const counts = /** @type {Record<Status, number>} */ ({ available: 0, connected: 0, acw: 0, absent: 0 });
    for (const row of agents.value.values()) counts[row.status]++;
    return counts;
  });

  /** Whether policy wants to know why, before anybody is watched. */
  wantsReason = computed(() => [...offers.value.values()].some((offer) => offer.reason_required));

  /** @param {Status} status */
  toggle(status) {
    const next = new Set(this.statuses.peek());
    if (!next.delete(status)) next.add(status);
    this.statuses.value = next;
  }

  clear() {
    this.search.value = this.team.value = "";
    this.statuses.value = new Set();
  }

  /** @param {number} size */
  resize(size) {
    this.size.value = Math.min(SIZES.most, Math.max(SIZES.least, size));
    try {
      localStorage.setItem(KEPT, String(this.size.value));
    } catch {
      // A browser that keeps nothing shows the usual size next time.
    }
  }
}

function keptSize() {
  try {
    return Math.min(SIZES.most, Math.max(SIZES.least, Number(localStorage.getItem(KEPT)) || SIZES.usual));
  } catch {
    return SIZES.usual;
  }
}
