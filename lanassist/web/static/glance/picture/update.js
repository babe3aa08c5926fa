// @ts-check
// The wire format of an update: some rectangles of one display, applied in order and all at once.
// Everything is checked here, before any payload is decoded.

import * as limits from "../../frame/limits.js";
import { jpegSize } from "./jpeg.js";
import { parseVideo } from "./video.js";

export const FILL = 0;
export const LOSSLESS = 1;
export const JPEG = 2;
export const COPY = 3;
export const CACHED = 4;
export const VIDEO = 5;
export const KEEP = 6;
export const GRAIN = 7;
export const BLEND = 8;

const CODECS = new Set([FILL, LOSSLESS, JPEG, COPY, CACHED, VIDEO, KEEP, GRAIN, BLEND]);
/** Of codecs whose payload always has the same size. */
const PAYLOAD_BYTES = new Map([[FILL, 3], [COPY, 4], [CACHED, 2], [KEEP, 2]]);
const EXACT = 0x01;
const RESET = 0x02;
const HEADER_BYTES = 12;
const PATCH_BYTES = 13;

/** What came as an update breaks the format; the message says where. */
export class MalformedUpdate extends Error {}

/**
 * One rectangle of the display and what to put there.
 * @typedef {object} Patch
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {number} codec
 * @property {Uint8Array} payload
 */

/**
 * The next state of one display, as patches on the one before.
 * @typedef {object} Update
 * @property {number} display
 * @property {number} width
 * @property {number} height
 * @property {number} sequence
 * @property {boolean} exact  once drawn, nothing shown of this display is lossy
 * @property {boolean} reset  clear everything first; the size may have changed
 * @property {Patch[]} patches
 */

/**
 * The update in `data`, with every size checked; no payload is decoded. Throws MalformedUpdate.
 * @param {Uint8Array} data
 * @returns {Update}
 */
export function parseUpdate(data) {
  if (data.length < HEADER_BYTES) throw new MalformedUpdate(`${data.length} bytes, less than a header`);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const flags = view.getUint8(1);
  if (flags & ~(EXACT | RESET)) throw new MalformedUpdate(`unknown flags ${flags}`);
  const head = {
    display: view.getUint8(0),
    width: view.getUint16(2, true),
    height: view.getUint16(4, true),
    sequence: view.getUint32(6, true),
    exact: (flags & EXACT) !== 0,
    reset: (flags & RESET) !== 0,
  };
  checkDisplay(head.display, head.width, head.height);
  return { ...head, patches: parsePatches(data, view, head.width, head.height) };
}

/**
 * @param {number} display
 * @param {number} width
 * @param {number} height
 */
function checkDisplay(display, width, height) {
  if (display < 1 || display > limits.DISPLAYS) throw new MalformedUpdate(`display ${display}`);
  const side = limits.DISPLAY_SIDE;
  const fits = width >= 1 && height >= 1 && width <= side && height <= side;
  if (!fits || width * height > limits.DISPLAY_PIXELS) throw new MalformedUpdate(`a display of ${width}×${height}`);
}

/**
 * @param {Uint8Array} data
 * @param {DataView} view
 * @param {number} width
 * @param {number} height
 */
function parsePatches(data, view, width, height) {
  const count = view.getUint16(10, true);
  if (count > limits.UPDATE_RECTANGLES) throw new MalformedUpdate(`${count} rectangles`);
  const patches = /** @type {Patch[]} */ ([]);
  let offset = HEADER_BYTES;
  let area = 0;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    if (data.length - offset < PATCH_BYTES) throw new MalformedUpdate("cut off inside a rectangle");
    const size = view.getUint32(offset + 9, true);
    const start = offset + PATCH_BYTES;
    if (size > data.length - start) throw new MalformedUpdate(`a payload of ${size} bytes where ${data.length - start} are left`);
    const patch = {
      x: view.getUint16(offset, true),
      y: view.getUint16(offset + 2, true),
      width: view.getUint16(offset + 4, true),
      height: view.getUint16(offset + 6, true),
      codec: view.getUint8(offset + 8),
      payload: data.subarray(start, start + size),
    };
    checkPatch(patch, width, height);
    if (patch.codec === KEEP) {
      kept += patch.width * patch.height;
      if (i && patches[i - 1].codec !== KEEP) throw new MalformedUpdate("tiles to keep after something was drawn");
    } else area += patch.width * patch.height;
    offset = start + size;
    patches.push(patch);
  }
  if (offset !== data.length) throw new MalformedUpdate(`${data.length - offset} bytes after the last rectangle`);
  if (area > limits.UPDATE_OVERDRAW * width * height || kept > width * height) throw new MalformedUpdate(`rectangles of ${area} pixels in all`);
  return patches;
}

/**
 * @param {Patch} patch
 * @param {number} width
 * @param {number} height
 */
function checkPatch(patch, width, height) {
  if (!inside(patch.x, patch.y, patch, width, height))
    throw new MalformedUpdate(`a rectangle ${patch.width}×${patch.height} at ${patch.x},${patch.y} on ${width}×${height}`);
  const size = patch.payload.length;
  if (!CODECS.has(patch.codec)) throw new MalformedUpdate(`unknown codec ${patch.codec}`);
  if (!size || size !== (PAYLOAD_BYTES.get(patch.codec) ?? size))
    throw new MalformedUpdate(`codec ${patch.codec} with ${size} bytes`);
  if (patch.codec === COPY) {
    const from = copySource(patch);
    if (!inside(from.x, from.y, patch, width, height)) throw new MalformedUpdate(`a copy from ${from.x},${from.y}`);
  }
  if (patch.codec === CACHED || patch.codec === KEEP) checkRun(patch, width, height);
  if (patch.codec === JPEG) checkJpeg(patch);
  if (patch.codec === VIDEO && !parseVideo(patch.payload, patch)) throw new MalformedUpdate("a VIDEO that cannot be read");
}

/**
 * A run of tiles begins on the tile grid, is one row of it high, and ends on it or at the display's edge.
 * @param {Patch} patch
 * @param {number} width
 * @param {number} height
 */
function checkRun(patch, width, height) {
  const side = limits.TILE_SIDE;
  const right = patch.x + patch.width;
  const bottom = patch.y + patch.height;
  const onGrid = patch.x % side === 0 && patch.y % side === 0 && patch.height <= side;
  if (!onGrid || (right % side && right !== width) || (bottom % side && bottom !== height))
    throw new MalformedUpdate(`tiles of ${patch.width}×${patch.height} at ${patch.x},${patch.y}`);
  if (slotOf(patch) + Math.ceil(patch.width / side) > limits.CACHED_TILES) throw new MalformedUpdate(`tiles from slot ${slotOf(patch)}`);
}

/** @param {Patch} patch */
function checkJpeg(patch) {
  const size = jpegSize(patch.payload);
  if (!size) throw new MalformedUpdate("a JPEG whose header cannot be read");
  if (size.width !== patch.width || size.height !== patch.height)
    throw new MalformedUpdate(`a JPEG of ${size.width}×${size.height} for ${patch.width}×${patch.height}`);
}

/**
 * Where a COPY takes its pixels from.
 * @param {Patch} patch
 */
export function copySource(patch) {
  const [a, b, c, d] = patch.payload;
  return { x: a | (b << 8), y: c | (d << 8) };
}

/**
 * The first slot of a CACHED or KEEP.
 * @param {Patch} patch
 */
export function slotOf({ payload }) {
  return payload[0] | (payload[1] << 8);
}

/**
 * @param {number} x
 * @param {number} y
 * @param {{width: number, height: number}} size
 * @param {number} width
 * @param {number} height
 */
function inside(x, y, size, width, height) {
  return size.width > 0 && size.height > 0 && x + size.width <= width && y + size.height <= height;
}
