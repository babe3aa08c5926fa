// @ts-check
// A zstd decoder that never allocates more than it was told: one WebAssembly instance whose two buffers are
// kept between calls, so that a frame costs one copy in and none out.

/**
 * What the module gives; sizes and places are 32-bit numbers in its memory.
 * @typedef {object} Exports
 * @property {WebAssembly.Memory} memory
 * @property {(size: number) => number} malloc
 * @property {(place: number) => void} free
 * @property {(to: number, capacity: number, from: number, size: number) => number} ZSTD_decompress
 * @property {(result: number) => number} ZSTD_isError
 */

/** A place in the module's memory that grows when more is needed. */
class Buffer {
  place = 0;
  #size = 0;
  #exports;

  /** @param {Exports} exports */
  constructor(exports) {
    this.#exports = exports;
  }

  /** @param {number} size */
  reserve(size) {
    if (size <= this.#size) return;
    if (this.place) this.#exports.free(this.place);
    this.#size = 0;
    this.place = this.#exports.malloc(size);
    if (!this.place) throw new RangeError(`no memory for ${size} bytes`);
    this.#size = size;
  }
}

export class Zstd {
  #exports;
  #input;
  #output;

  /** @param {Exports} exports */
  constructor(exports) {
    this.#exports = exports;
    this.#input = new Buffer(exports);
    this.#output = new Buffer(exports);
  }

  /**
   * The content of a frame, which must be exactly `size` bytes. The result lies in the decoder's own memory
   * and is valid until the next call. Throws RangeError.
   * @param {Uint8Array} frame
   * @param {number} size
   * @returns {Uint8Array<ArrayBuffer>}
   */
  decode(frame, size) {
    const { memory, ZSTD_decompress, ZSTD_isError } = this.#exports;
    this.#input.reserve(frame.length);
    this.#output.reserve(size);
    new Uint8Array(memory.buffer).set(frame, this.#input.place);
    const written = ZSTD_decompress(this.#output.place, size, this.#input.place, frame.length);
    if (ZSTD_isError(written) || written !== size) throw new RangeError(`a zstd frame that is not ${size} bytes of pixels`);
    return new Uint8Array(/** @type {ArrayBuffer} */ (memory.buffer), this.#output.place, size);
  }
}

/**
 * A decoder from the bytes of vendor/zstd.wasm.
 * @param {BufferSource} wasm
 */
export async function zstdFrom(wasm) {
  const imports = { env: { emscripten_notify_memory_growth: () => undefined } };
  const { instance } = await WebAssembly.instantiate(wasm, imports);
  return new Zstd(/** @type {Exports} */ (/** @type {unknown} */ (instance.exports)));
}

let loading = /** @type {Promise<Zstd> | null} */ (null);

/**
 * The decoder of this thread, from the node's own copy of the module: loaded once, and again if that failed.
 * A wall has many viewers, and none needs one of its own: what a call gives is drawn before the next.
 */
export function loadZstd() {
  loading ??= load().catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function load() {
  const response = await fetch(new URL("../../vendor/zstd.wasm", import.meta.url));
  if (!response.ok) throw new Error(`vendor/zstd.wasm: ${response.status}`);
  return zstdFrom(await response.arrayBuffer());
}
