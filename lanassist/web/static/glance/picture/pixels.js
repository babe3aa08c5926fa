// @ts-check

/**
 * Turn pixels of B G R X into R G B A where they lie, opaque. `bytes` must begin at a multiple of 4.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Uint8ClampedArray<ArrayBuffer>}
 */
export function bgrxToRgba(bytes) {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    words[i] = 0xff000000 | ((word & 0xff) << 16) | (word & 0xff00) | ((word >>> 16) & 0xff);
  }
  return new Uint8ClampedArray(bytes.buffer, bytes.byteOffset, bytes.length);
}
