// @ts-check
// One display's canvas: takes updates in order, shows each all at once.

import { UPDATES_IN_FLIGHT } from "../../frame/limits.js";
import { contextOf, newCanvas } from "./canvas.js";
import { KeptTiles } from "./kept-tiles.js";
import { COLOURS_BYTES, bgrxToRgba, blendToRgba, grainToRgba } from "./pixels.js";
import { BLEND, CACHED, COPY, FILL, GRAIN, JPEG, KEEP, LOSSLESS, MalformedUpdate, VIDEO, copySource } from "./update.js";
import { Videos, parseVideo } from "./video.js";

/** @import { Canvas } from "./canvas.js" */
/** @import { Patch, Update } from "./update.js" */
/** @import { Zstd } from "./zstd.js" */
/** @typedef {ReadonlyMap<Patch, CanvasImageSource>} Pictures  what of an update is ready to be drawn as it is */

export class Surface {
  #canvas;
  #context;
  #kept = new KeptTiles();
  #videos = new Videos();
  #sized = false;
  #waiting = 0;
  #tail = /** @type {Promise<unknown>} */ (Promise.resolve());

  /** @param {Canvas} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = contextOf(canvas);
  }

  /**
   * Draw an update after all before it. At once if it needs nothing that takes time; else the result is a
   * promise. Throws or rejects with what is wrong with the update.
   * @param {Update} update
   * @param {Zstd} zstd
   * @returns {void | Promise<void>}
   */
  draw(update, zstd) {
    if (this.#waiting >= UPDATES_IN_FLIGHT) throw new MalformedUpdate("more updates than were asked for");
    const coded = update.patches.filter((patch) => patch.codec === JPEG || patch.codec === VIDEO);
    if (!coded.length && !this.#waiting) return this.#apply(update, zstd, new Map());
    this.#waiting++;
    const decoded = Promise.all(coded.map((patch) => (patch.codec === VIDEO ? this.#decodeVideo(patch) : decodeJpeg(patch))));
    const before = this.#tail;
    const done = (async () => {
      const [pictures] = await Promise.all([decoded, before]);
      this.#waiting--;
      this.#apply(update, zstd, new Map(coded.map((patch, i) => [patch, pictures[i]])));
      for (const picture of pictures) picture.close();
    })();
    this.#tail = done;
    return done;
  }

  /** Nothing of the picture stays. */
  clear() {
    this.#canvas.width = 1;
    this.#canvas.height = 1;
    this.#kept.clear();
    this.#videos.close();
    this.#sized = false;
  }

  /**
   * @param {Patch} patch
   * @returns {Promise<VideoFrame>}
   */
  async #decodeVideo(patch) {
    const clip = parseVideo(patch.payload, patch);
    if (!clip) throw new MalformedUpdate("a VIDEO that cannot be read");
    const picture = await this.#videos.decode(clip, patch);
    if (picture.displayWidth === patch.width && picture.displayHeight === patch.height) return picture;
    picture.close();
    throw new MalformedUpdate("a VIDEO of another size than it said");
  }

  /**
   * @param {Update} update
   * @param {Zstd} zstd
   * @param {Map<Patch, CanvasImageSource>} pictures
   */
  #apply(update, zstd, pictures) {
    this.#prepare(update);
    this.#setCopiedAside(update.patches, pictures);
    for (const patch of update.patches) this.#patch(patch, zstd, pictures);
  }

  /** @param {Update} update */
  #prepare({ width, height, reset }) {
    if (reset || !this.#sized) {
      this.#canvas.width = width;
      this.#canvas.height = height;
      this.#kept.clear();
      this.#sized = true;
    } else if (this.#canvas.width !== width || this.#canvas.height !== height) {
      throw new MalformedUpdate(`another size (${width}×${height}) without a reset`);
    }
  }

  /**
   * A COPY shows the display as it was before the update: set aside what earlier patches could paint over.
   * @param {Patch[]} patches
   * @param {Map<Patch, CanvasImageSource>} pictures
   */
  #setCopiedAside(patches, pictures) {
    const first = patches.findIndex((patch) => patch.codec !== KEEP);
    for (const patch of patches.slice(first + 1)) {
      if (patch.codec !== COPY) continue;
      const { x, y } = copySource(patch);
      const kept = newCanvas(patch.width, patch.height);
      contextOf(kept).drawImage(this.#canvas, x, y, patch.width, patch.height, 0, 0, patch.width, patch.height);
      pictures.set(patch, kept);
    }
  }

  /**
   * @param {Patch} patch
   * @param {Zstd} zstd
   * @param {Pictures} pictures
   */
  #patch(patch, zstd, pictures) {
    const { x, y, width, height, codec, payload } = patch;
    const picture = pictures.get(patch);
    if (picture) {
      this.#context.drawImage(picture, x, y);
    } else if (codec === LOSSLESS) {
      const pixels = bgrxToRgba(zstd.decode(payload, width * height * 4));
      this.#context.putImageData(new ImageData(pixels, width, height), x, y);
    } else if (codec === GRAIN) {
      const pixels = grainToRgba(zstd.decode(payload, width * height * 3), width, height);
      this.#context.putImageData(new ImageData(pixels, width, height), x, y);
    } else if (codec === BLEND) {
      const planes = zstd.decode(payload.subarray(COLOURS_BYTES), width * height * 4);
      this.#context.putImageData(new ImageData(blendToRgba(payload, planes), width, height), x, y);
    } else if (codec === FILL) {
      this.#context.fillStyle = `rgb(${payload[0]} ${payload[1]} ${payload[2]})`;
      this.#context.fillRect(x, y, width, height);
    } else if (codec === KEEP) {
      this.#kept.keep(patch, this.#canvas);
    } else if (codec === CACHED) {
      this.#kept.show(patch, this.#context);
    } else {
      const from = copySource(patch);
      this.#context.drawImage(this.#canvas, from.x, from.y, width, height, x, y, width, height);
    }
  }
}

/**
 * @param {Patch} patch
 * @returns {Promise<ImageBitmap>}
 */
async function decodeJpeg(patch) {
  const blob = new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (patch.payload)], { type: "image/jpeg" });
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none", imageOrientation: "none" });
  if (bitmap.width !== patch.width || bitmap.height !== patch.height) throw new MalformedUpdate("a JPEG of another size than it said");
  return bitmap;
}
