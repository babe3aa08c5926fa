// @ts-check
// Which tiles of the wall are streamed now, and what the others wait for. Pure.

/** Streams at once. */
export const MOST = 24;
/** Questions to agents' nodes under way at once: more would wait for the browser's connections. */
const ASKED_AT_ONCE = 4;
/** Seconds for which a tile must be in sight before it is streamed; what is scrolled past is not. */
export const SETTLED = 0.3;
/** Seconds for which a tile that went out of sight is streamed on, for it may come back. */
export const LINGER = 1;
/** Seconds until a stream that broke is tried again: doubled each time. */
const FIRST_PAUSE = 2;
const LONGEST_PAUSE = 60;

/** Ends that the wall itself makes or that pass with their cause: nothing has gone wrong. */
const OWN_ENDS = new Set(["hidden", "covered", "out-of-sight", "paused", "navigated", "closed"]);
/** Refusals that pass: the agent's node was not there, or its screen was not, at that moment. */
const PASSING = new Set(["link-lost", "no-answer", "offline", "node-unreachable", "screen-locked", "screen-unavailable", "unknown-display"]);

/**
 * One tile as far as its turn depends on it. Times in seconds.
 * @typedef {object} Standing
 * @property {string} node
 * @property {boolean} active  it is streamed, or asked for
 * @property {boolean} asking
 * @property {number | null} sightSince  null: out of sight
 * @property {number} sightUntil  when it was last in sight
 * @property {boolean} may  nothing stands against it: no refusal, no question to the agent, no missing reason
 * @property {number} notBefore  when it may be tried again
 */

/**
 * What to do now: start these, stop those; and who waits for a place. Tiles come in the order of the page.
 * @param {readonly Standing[]} tiles
 * @param {number} now
 */
export function turns(tiles, now) {
  const leaves = (/** @type {Standing} */ tile) => !tile.may || (tile.sightSince === null && now - tile.sightUntil >= LINGER);
  const stop = tiles.filter((tile) => tile.active && leaves(tile)).map((tile) => tile.node);
  const wish = tiles.filter((tile) => !tile.active && tile.may && tile.sightSince !== null && tile.notBefore <= now && now - tile.sightSince >= SETTLED);
  const active = tiles.filter((tile) => tile.active && !stop.includes(tile.node));
  const places = Math.max(0, MOST - active.length);
  const questions = Math.max(0, ASKED_AT_ONCE - active.filter((tile) => tile.asking).length);
  return {
    stop,
    start: wish.slice(0, Math.min(places, questions)).map((tile) => tile.node),
    queued: wish.slice(places).map((tile) => tile.node),
  };
}

/**
 * How a stream that ended is to go on: tried again after so many seconds, or only when a person says so (null).
 * @param {{began: boolean, code: string}} end
 * @param {number} failures  in a row, this one included
 */
export function pauseAfter({ began, code }, failures) {
  if (OWN_ENDS.has(code)) return 0;
  if (began ? code === "stopped" : !PASSING.has(code)) return null; // somebody meant it
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1));
}

/**
 * Whether an end counts as a failure in a row.
 * @param {string} code
 */
export function failed(code) {
  return !OWN_ENDS.has(code);
}

/** Each pixel of a tile is the average of a square of the display's; more than half is a glance in full. */
const SCALES = [1 / 10, 1 / 8, 1 / 6, 1 / 5, 1 / 4, 1 / 3, 1 / 2];

/**
 * How far a display is scaled down for a tile: the next step that is sharp enough.
 * @param {number} tile  device pixels across
 * @param {number} display  pixels across
 */
export function scaleFor(tile, display) {
  const exact = tile / Math.max(1, display);
  return SCALES.find((step) => step >= exact * 0.95) ?? SCALES[SCALES.length - 1];
}
