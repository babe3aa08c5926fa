// @ts-check
// The wall's glances: one a tile, begun when the tile comes in sight and ended when it goes. Only what somebody
// can see is watched, and never more than so many at once.

import { OFFERS, offers, valueAt } from "../frame/board.js";
import { connection, silence } from "../frame/events.js";
import { LEASE } from "../frame/limits.js";
import { Glance } from "../glance/glance.js";
import { firstChoice } from "../glance/picker.js";
import { Watch } from "../glance/watch.js";
import { effect, signal } from "../vendor/signals.mjs";
import { failed, pauseAfter, scaleFor, turns } from "./turns.js";

/** @import { Signal } from "../vendor/signals.mjs" */
/** @import { Offer } from "../frame/types.js" */

/** Milliseconds between two looks at whose turn it is; most changes are seen at once. */
const LOOK_AGAIN = 500;

const seconds = () => performance.now() / 1000;

/** One agent's tile. */
export class Tile {
  glance = new Glance();
  queued = /** @type {Signal<boolean>} */ (signal(false));
  /** The agent is to be asked first, and the supervisor has said so. */
  agreed = /** @type {Signal<boolean>} */ (signal(false));
  sightSince = /** @type {number | null} */ (null);
  sightUntil = -Infinity;
  notBefore = 0;
  failures = 0;
  /** Device pixels across. */
  width = 0;

  /** @param {string} node */
  constructor(node) {
    this.node = node;
  }

  get offer() {
    return /** @type {Offer | null} */ (valueAt(OFFERS, this.node).value);
  }
}

export class Streams {
  paused = /** @type {Signal<boolean>} */ (signal(false));
  /** Why the wall is looked at, where policy wants to know. */
  reason = /** @type {Signal<string>} */ (signal(""));
  /** How many are streamed now. */
  count = /** @type {Signal<number>} */ (signal(0));

  #tiles = /** @type {Map<string, Tile>} */ (new Map());
  #elements = /** @type {Map<Element, string>} */ (new Map());
  #sight = new IntersectionObserver((entries) => this.#see(entries));
  #due = false;
  #leaving = false;

  constructor() {
    // A wall may hang where nobody sits at it: it goes on as long as it can be seen.
    new Watch(() => [...this.#tiles.values()].map((tile) => tile.glance), { unattended: true });
    setInterval(() => this.settle(), LOOK_AGAIN);
    document.addEventListener("visibilitychange", () => this.settle());
    window.addEventListener("pageshow", () => (this.#leaving = false)); // also when the browser's way back leads here
    effect(() => {
      void [offers.value, this.paused.value, this.reason.value, connection.value];
      this.#soon();
    });
  }

  /** @param {string} node */
  tile(node) {
    const found = this.#tiles.get(node);
    if (found) return found;
    const tile = new Tile(node);
    this.#tiles.set(node, tile);
    effect(() => this.#heed(tile));
    return tile;
  }

  /**
   * Watch over this element of the page: its agent is streamed while it is in sight.
   * @param {string} node
   * @param {Element} element
   * @returns {() => void}  ends it
   */
  observe(node, element) {
    this.#elements.set(element, node);
    this.#sight.observe(element);
    return () => {
      this.#sight.unobserve(element);
      this.#elements.delete(element);
      this.#lookAway(this.tile(node));
    };
  }

  /** The supervisor goes to another view. */
  leave() {
    this.#leaving = true;
    for (const { glance } of this.#tiles.values()) glance.stop("navigated");
  }

  /**
   * A person wants this one: at once, whatever it waited for.
   * @param {string} node
   */
  again(node) {
    const tile = this.tile(node);
    tile.agreed.value = true;
    tile.notBefore = tile.failures = 0;
    tile.glance.forget();
    this.settle();
  }

  /** @param {readonly IntersectionObserverEntry[]} entries */
  #see(entries) {
    for (const { target, isIntersecting, boundingClientRect } of entries) {
      const node = this.#elements.get(target);
      if (node === undefined) continue;
      const tile = this.tile(node);
      tile.width = boundingClientRect.width * window.devicePixelRatio;
      if (!isIntersecting) this.#lookAway(tile);
      else tile.sightSince ??= seconds();
    }
    this.settle();
  }

  /** @param {Tile} tile */
  #lookAway(tile) {
    if (tile.sightSince === null) return;
    tile.sightSince = null;
    tile.sightUntil = seconds();
  }

  /**
   * What became of a tile's stream.
   * @param {Tile} tile
   */
  #heed(tile) {
    const progress = tile.glance.progress.value;
    if (progress.phase === "running") tile.failures = 0;
    if (progress.phase === "ended") {
      tile.agreed.value = false; // where an agent is asked first, it is for this once
      if (failed(progress.code)) tile.failures++;
      const pause = pauseAfter(progress, tile.failures);
      tile.notBefore = pause === null ? Infinity : seconds() + pause;
    }
    this.#soon();
  }

  /** Many things change together; they are looked at once. */
  #soon() {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      this.settle();
    });
  }

  /** Start and stop what is to be started and stopped now. */
  settle() {
    const able = !this.#leaving && !document.hidden && connection.peek().state === "live" && silence() < LEASE + 1;
    const tiles = this.#inOrder();
    const standing = tiles.map((tile) => ({
      node: tile.node,
      active: tile.glance.isActive(),
      asking: tile.glance.progress.peek().phase === "asking",
      sightSince: able ? tile.sightSince : null,
      sightUntil: tile.sightUntil,
      may: !this.paused.peek() && this.#may(tile),
      notBefore: tile.notBefore,
    }));
    const { start, stop, queued } = turns(standing, seconds());
    for (const node of stop) this.tile(node).glance.stop(this.paused.peek() ? "paused" : "out-of-sight");
    for (const node of start) this.#start(this.tile(node));
    for (const tile of tiles) tile.queued.value = queued.includes(tile.node);
    this.count.value = tiles.filter((tile) => tile.glance.isActive()).length;
  }

  /** The tiles as they stand on the page. */
  #inOrder() {
    const there = [...this.#elements].sort(([a], [b]) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
    const nodes = new Set([...there.map(([, node]) => node), ...this.#tiles.keys()]);
    return [...nodes].map((node) => this.tile(node));
  }

  /** @param {Tile} tile */
  #may(tile) {
    const offer = offers.peek().get(tile.node);
    if (!offer || offer.refusal || !offer.displays.length) return false;
    return (!offer.asks || tile.agreed.peek()) && (!offer.reason_required || this.reason.peek() !== "");
  }

  /** @param {Tile} tile */
  #start(tile) {
    const offer = /** @type {Offer} */ (offers.peek().get(tile.node));
    const known = new Set(offer.displays.map((each) => each.number));
    const before = tile.glance.chosen.peek().filter((number) => known.has(number));
    const chosen = before.length ? before : firstChoice(offer.displays);
    const display = offer.displays.find((each) => each.number === chosen[0]);
    const scale = scaleFor(tile.width, display?.width ?? 1920);
    void tile.glance.start(tile.node, offer.displays, chosen, { reason: this.reason.peek(), scale });
  }
}
