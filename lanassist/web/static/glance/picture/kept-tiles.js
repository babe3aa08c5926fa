// @ts-check
// Tiles that a display showed, kept to be shown again. The agent's node says what goes into which slot.

import { CACHED_TILES, TILE_SIDE } from "../../frame/limits.js";
import { contextOf, newCanvas } from "./canvas.js";
import { MalformedUpdate, slotOf } from "./update.js";

/** @import { Canvas, Context } from "./canvas.js" */
/** @import { Patch } from "./update.js" */

/** Tiles side by side on a sheet: a run of neighbours is one or two pictures to draw. */
const ACROSS = 32;
/** Rows of tiles of a sheet, which is made when the first of its slots is used. */
const DOWN = 8;

export class KeptTiles {
  /** Canvases of ACROSS × DOWN tiles, slots in reading order. */
  #sheets = /** @type {Context[]} */ ([]);
  /** By slot: width × 256 + height of its tile; 0: empty. */
  #sizes = new Uint16Array(CACHED_TILES);

  /**
   * Keep the tiles of a KEEP, as the canvas shows them.
   * @param {Patch} patch
   * @param {Canvas} from
   */
  keep(patch, from) {
    for (const [slot, x, width] of runs(patch)) {
      const sheet = (this.#sheets[sheetOf(slot)] ??= contextOf(newCanvas(ACROSS * TILE_SIDE, DOWN * TILE_SIDE)));
      const [left, top] = placeOf(slot);
      sheet.drawImage(from, x, patch.y, width, patch.height, left, top, width, patch.height);
    }
    for (const [slot, width] of tiles(patch)) this.#sizes[slot] = width * 256 + patch.height;
  }

  /**
   * Show the tiles of a CACHED. Throws MalformedUpdate if a slot holds no such tile.
   * @param {Patch} patch
   * @param {Context} to
   */
  show(patch, to) {
    for (const [slot, width] of tiles(patch))
      if (this.#sizes[slot] !== width * 256 + patch.height) throw new MalformedUpdate(`slot ${slot} holds no tile of ${width}×${patch.height}`);
    for (const [slot, x, width] of runs(patch)) {
      const [left, top] = placeOf(slot);
      to.drawImage(this.#sheets[sheetOf(slot)].canvas, left, top, width, patch.height, x, patch.y, width, patch.height);
    }
  }

  /** Nothing is kept any more. */
  clear() {
    for (const { canvas } of this.#sheets.filter(Boolean)) canvas.width = canvas.height = 1;
    this.#sheets = [];
    this.#sizes.fill(0);
  }
}

/** @param {number} slot */
const sheetOf = (slot) => Math.floor(slot / (ACROSS * DOWN));

/**
 * @param {number} slot
 * @returns {[x: number, y: number]}
 */
const placeOf = (slot) => [(slot % ACROSS) * TILE_SIDE, (Math.floor(slot / ACROSS) % DOWN) * TILE_SIDE];

/**
 * The slots of a patch with the width of each tile.
 * @param {Patch} patch
 * @returns {Generator<[slot: number, width: number]>}
 */
function* tiles(patch) {
  for (let slot = slotOf(patch), left = 0; left < patch.width; slot++, left += TILE_SIDE)
    yield [slot, Math.min(TILE_SIDE, patch.width - left)];
}

/**
 * The parts of a patch whose slots lie side by side on a sheet.
 * @param {Patch} patch
 * @returns {Generator<[slot: number, x: number, width: number]>}
 */
function* runs(patch) {
  let slot = slotOf(patch);
  for (let left = 0; left < patch.width; ) {
    const count = ACROSS - (slot % ACROSS);
    const width = Math.min(count * TILE_SIDE, patch.width - left);
    yield [slot, patch.x + left, width];
    slot += count;
    left += width;
  }
}
