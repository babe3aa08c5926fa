// @ts-check
// Moving pictures: frames of VP8, each made from the one before, decoded by the browser (WebCodecs).

import { VIDEO_FRAMES, VIDEO_STREAMS } from "../../frame/limits.js";

const KEY = 0x01;
const VP8 = 1;
const HEADER_BYTES = 3;
const VP8_KEY_BYTES = 10;
/** Milliseconds after which a decoder that has not given a picture never will. */
const PATIENCE = 5000;

/**
 * Frames of one stream, oldest first; only the first may be a key frame, which needs none before it.
 * @typedef {object} Clip
 * @property {number} stream
 * @property {boolean} key
 * @property {Uint8Array[]} frames
 */

/** @typedef {{width: number, height: number}} Size */

/**
 * What a payload holds; null if it breaks the format. Nothing is decoded.
 * @param {Uint8Array} payload
 * @param {Size} size  of the rectangle that it is for
 * @returns {Clip | null}
 */
export function parseVideo(payload, size) {
  const [stream, flags, codec] = payload;
  if (payload.length <= HEADER_BYTES || stream >= VIDEO_STREAMS || flags & ~KEY || codec !== VP8) return null;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const frames = /** @type {Uint8Array[]} */ ([]);
  for (let at = HEADER_BYTES; at < payload.length; ) {
    const left = payload.length - at - 4;
    const length = left > 0 ? view.getUint32(at, true) : 0;
    if (!length || length > left || frames.length === VIDEO_FRAMES) return null;
    const frame = payload.subarray(at + 4, at + 4 + length);
    const key = (frame[0] & 1) === 0;
    if (key !== (!frames.length && flags === KEY) || (key && !isKeyOf(frame, size))) return null;
    frames.push(frame);
    at += 4 + length;
  }
  return { stream, key: flags === KEY, frames };
}

/**
 * Whether a key frame's own header says that size, and asks for no scaling.
 * @param {Uint8Array} frame
 * @param {Size} size
 */
function isKeyOf(frame, { width, height }) {
  if (frame.length < VP8_KEY_BYTES || frame[3] !== 0x9d || frame[4] !== 0x01 || frame[5] !== 0x2a) return false;
  return (frame[6] | (frame[7] << 8)) === width && (frame[8] | (frame[9] << 8)) === height;
}

/**
 * How the browser is to decode pictures of a size: at once, on the processor, as colours of the display.
 * @param {Size} size
 * @returns {VideoDecoderConfig}
 */
function configuration({ width, height }) {
  return {
    codec: "vp8",
    codedWidth: width,
    codedHeight: height,
    optimizeForLatency: true,
    hardwareAcceleration: "prefer-software",
    colorSpace: { primaries: "bt709", transfer: "iec61966-2-1", matrix: "smpte170m", fullRange: false },
  };
}

/**
 * The codecs that this browser decodes, by the names that a request for a glance has for them.
 * @returns {Promise<string[]>}
 */
export async function decodableCodecs() {
  if (typeof VideoDecoder === "undefined") return [];
  try {
    const { supported } = await VideoDecoder.isConfigSupported(configuration({ width: 640, height: 360 }));
    return supported ? ["vp8"] : [];
  } catch {
    return [];
  }
}

/** @typedef {{timestamp: number, resolve: (picture: VideoFrame) => void, reject: (error: Error) => void}} Waiting */

/** One region's decoder. */
class Stream {
  #decoder;
  #count = 0;
  #waiting = /** @type {Waiting[]} */ ([]);
  #size;

  /** @param {Size} size */
  constructor(size) {
    this.#size = size;
    this.#decoder = new VideoDecoder({
      output: (picture) => this.#take(picture),
      error: (error) => this.#fail(error),
    });
    this.#decoder.configure(configuration(size));
  }

  /** @param {Size} size */
  isOf({ width, height }) {
    return this.#decoder.state === "configured" && this.#size.width === width && this.#size.height === height;
  }

  /**
   * The picture after the clip's last frame. To be closed by whoever draws it.
   * @param {Clip} clip
   * @returns {Promise<VideoFrame>}
   */
  decode(clip) {
    return new Promise((resolve, reject) => {
      clip.frames.forEach((data, i) => {
        const type = clip.key && !i ? "key" : "delta";
        this.#decoder.decode(new EncodedVideoChunk({ type, timestamp: ++this.#count, data }));
      });
      const timestamp = this.#count;
      const late = setTimeout(() => this.#fail(new Error("this browser's video decoder gives no picture")), PATIENCE);
      this.#waiting.push({
        timestamp,
        resolve: (picture) => (clearTimeout(late), resolve(picture)),
        reject: (error) => (clearTimeout(late), reject(error)),
      });
    });
  }

  close() {
    if (this.#decoder.state !== "closed") this.#decoder.close();
    this.#fail(new Error("the video was closed"));
  }

  /** @param {VideoFrame} picture */
  #take(picture) {
    if (picture.timestamp !== this.#waiting[0]?.timestamp) return picture.close();
    this.#waiting.shift()?.resolve(picture);
  }

  /** @param {Error} error */
  #fail(error) {
    for (const each of this.#waiting.splice(0)) each.reject(error);
  }
}

/** The streams of one display. */
export class Videos {
  #streams = /** @type {Map<number, Stream>} */ (new Map());

  /**
   * Decode after all before it. Throws, or rejects, with what is wrong.
   * @param {Clip} clip
   * @param {Size} size
   * @returns {Promise<VideoFrame>}
   */
  decode(clip, size) {
    let stream = this.#streams.get(clip.stream);
    if (!stream?.isOf(size)) {
      if (!clip.key) throw new Error(`video ${clip.stream} goes on without having begun`);
      stream?.close();
      stream = new Stream(size);
      this.#streams.set(clip.stream, stream);
    }
    return stream.decode(clip);
  }

  close() {
    for (const stream of this.#streams.values()) stream.close();
    this.#streams.clear();
  }
}
