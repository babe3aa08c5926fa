// @ts-check
// The messages of the media channel: pieces of updates in, words of what was drawn out.

import { MEDIA_MESSAGE_BYTES, UPDATE_BYTES } from "../../frame/limits.js";
import { MalformedUpdate } from "./update.js";

const PIECE = 1;
const DRAWN = 2;
const LAST = 0x01;

/** The whole word, one byte: somebody is still looking. */
export const RENEW = new Uint8Array([3]);

/**
 * The word that an update has been drawn.
 * @param {number} display
 * @param {number} sequence
 */
export function drawn(display, sequence) {
  const word = new DataView(new ArrayBuffer(6));
  word.setUint8(0, DRAWN);
  word.setUint8(1, display);
  word.setUint32(2, sequence, true);
  return new Uint8Array(word.buffer);
}

/** Puts pieces together until an update is whole. */
export class Pieces {
  #parts = /** @type {Uint8Array[]} */ ([]);
  #size = 0;

  /**
   * Take one message in; gives the update's bytes when this was its last piece.
   * @param {ArrayBuffer} message
   * @returns {Uint8Array | null}
   */
  add(message) {
    const bytes = new Uint8Array(message);
    if (bytes.length < 2 || bytes.length > MEDIA_MESSAGE_BYTES) throw new MalformedUpdate(`a message of ${bytes.length} bytes`);
    if (bytes[0] !== PIECE) throw new MalformedUpdate(`a message of kind ${bytes[0]}`);
    if (bytes[1] & ~LAST) throw new MalformedUpdate(`a piece with flags ${bytes[1]}`);
    const part = bytes.subarray(2);
    this.#size += part.length;
    if (this.#size > UPDATE_BYTES) throw new MalformedUpdate(`an update of more than ${UPDATE_BYTES} bytes`);
    if (!(bytes[1] & LAST)) {
      this.#parts.push(part);
      return null;
    }
    return this.#parts.length ? this.#join(part) : this.#reset(part);
  }

  /** @param {Uint8Array} last */
  #join(last) {
    const whole = new Uint8Array(this.#size);
    let offset = 0;
    for (const part of [...this.#parts, last]) {
      whole.set(part, offset);
      offset += part.length;
    }
    return this.#reset(whole);
  }

  /** @param {Uint8Array} whole */
  #reset(whole) {
    this.#parts = [];
    this.#size = 0;
    return whole;
  }
}
