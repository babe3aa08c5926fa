// @ts-check
// Clients in the order of the list. Pure.

/**
 * @typedef {object} ClientRow
 * @property {string} id  of the conversation
 * @property {string} name
 * @property {string} category
 * @property {"waiting" | "ongoing" | "done"} part  waiting: the client wrote last
 * @property {number} since  in this state; the node's clock
 * @property {number | null} waitingSince
 * @property {number} unread
 * @property {boolean} typing
 * @property {string} mark  what else is to be known: "moved", "not sent"
 * @property {string} preview
 */

/** @typedef {{key: ClientRow["part"], title: string, rows: ClientRow[]}} Part */

/**
 * The three parts of the list: who waits longest is first, then who came first; of what is done, the latest.
 * @param {readonly ClientRow[]} rows
 * @returns {Part[]}
 */
export function inParts(rows) {
  const of = (/** @type {ClientRow["part"]} */ part) => rows.filter((row) => row.part === part);
  const byName = (/** @type {ClientRow} */ a, /** @type {ClientRow} */ b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id);
  return [
    { key: "waiting", title: "Waiting", rows: of("waiting").sort((a, b) => waiting(a) - waiting(b) || byName(a, b)) },
    { key: "ongoing", title: "Ongoing", rows: of("ongoing").sort((a, b) => a.since - b.since || byName(a, b)) },
    { key: "done", title: "Done", rows: of("done").sort((a, b) => b.since - a.since || byName(a, b)) },
  ];
}

/** @param {ClientRow} row */
function waiting(row) {
  return row.waitingSince ?? row.since;
}

/**
 * The one that many places further down the list; the first if nothing is chosen. Empty: there is none.
 * @param {readonly ClientRow[]} rows
 * @param {string} chosen
 * @param {number} by
 */
export function neighbour(rows, chosen, by) {
  const order = inParts(rows).flatMap((part) => part.rows);
  const at = order.findIndex((row) => row.id === chosen);
  if (at < 0) return order[by < 0 ? order.length - 1 : 0]?.id ?? "";
  return order[Math.min(order.length - 1, Math.max(0, at + by))]?.id ?? "";
}
