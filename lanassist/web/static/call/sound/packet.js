// @ts-check
// One packet of sound as it travels: nine bytes of header, then one Opus frame of 20 ms (node/sound/packet.py).

/** Samples in a packet, at 48 kHz. */
export const SAMPLES = 960;
export const RATE = 48_000;
const HEADER = 9;
const MOST = Math.max(1275, 2 * SAMPLES);
/** A new stretch of sound begins here. */
const FIRST = 1;
/** Packets ahead of the newest that are believed; a minute. */
const LEAP = 3000;

/** @typedef {{sequence: number, timestamp: number, first: boolean, sound: Uint8Array}} Packet  sound: Opus, or samples of 16 bits where a browser has no Opus */

export class MalformedPacket extends Error {}

/**
 * @param {ArrayBuffer} data
 * @returns {Packet}
 * @throws {MalformedPacket}
 */
export function unpack(data) {
  if (data.byteLength <= HEADER || data.byteLength > HEADER + MOST) throw new MalformedPacket(`a packet of ${data.byteLength} bytes`);
  const view = new DataView(data);
  const flags = view.getUint8(8);
  if (flags & ~FIRST) throw new MalformedPacket(`a packet with flags ${flags}`);
  return { sequence: view.getUint32(0), timestamp: view.getUint32(4), first: flags === FIRST, sound: new Uint8Array(data, HEADER) };
}

/**
 * @param {Packet} packet
 * @returns {ArrayBuffer}
 */
export function pack({ sequence, timestamp, first, sound }) {
  const bytes = new Uint8Array(HEADER + sound.byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, sequence);
  view.setUint32(4, timestamp);
  view.setUint8(8, first ? FIRST : 0);
  bytes.set(sound, HEADER);
  return bytes.buffer;
}

/**
 * Lets each packet of a stream through once and in order. What comes late is too late here: the way from the
 * node keeps the order.
 */
export class InOrder {
  #newest = /** @type {number | null} */ (null);
  #strange = -1;

  /**
   * How many packets before this one are missing; null if it is not to be heard.
   * @param {Packet} packet
   */
  missing(packet) {
    const ahead = this.#newest === null ? 1 : (packet.sequence - this.#newest) | 0;
    if (ahead > LEAP || ahead < -LEAP) return this.#leap(packet.sequence);
    if (ahead <= 0) return null;
    this.#newest = packet.sequence;
    return packet.first ? 0 : ahead - 1;
  }

  /**
   * Numbers far away are another stream, once two follow each other there.
   * @param {number} sequence
   */
  #leap(sequence) {
    const expected = this.#strange;
    this.#strange = (sequence + 1) >>> 0;
    if (sequence !== expected) return null;
    this.#newest = sequence;
    return 0;
  }
}
