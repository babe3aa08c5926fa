// @ts-check
// Pixels as they travel into pixels as a canvas takes them.

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

/**
 * Turn the planes of a GRAIN into R G B A: G, B - G and R - G, each less its left neighbour's, modulo 256.
 * @param {Uint8Array} planes
 * @param {number} width
 * @param {number} height
 * @returns {Uint8ClampedArray<ArrayBuffer>}
 */
export function grainToRgba(planes, width, height) {
  const size = width * height;
  const words = new Uint32Array(size);
  for (let row = 0; row < size; row += width) {
    let green = 0;
    let blue = 0;
    let red = 0;
    for (let i = row; i < row + width; i++) {
      green += planes[i];
      blue += planes[size + i];
      red += planes[2 * size + i];
      words[i] = 0xff000000 | (((blue + green) & 0xff) << 16) | ((green & 0xff) << 8) | ((red + green) & 0xff);
    }
  }
  return new Uint8ClampedArray(words.buffer);
}

/** Of the two colours of a BLEND, R G B each. */
export const COLOURS_BYTES = 6;

/**
 * Turn a BLEND into R G B A: each pixel a mixture of two colours, and what is to be added in B, G and R, modulo 256.
 * @param {Uint8Array} colours  begins with both
 * @param {Uint8Array} planes  the second colour's share in 255ths, then B, G and R
 * @returns {Uint8ClampedArray<ArrayBuffer>}
 */
export function blendToRgba(colours, planes) {
  const size = planes.length >> 2;
  const words = new Uint32Array(size);
  for (let i = 0; i < size; i++) {
    const share = planes[i];
    const mixed = (/** @type {number} */ at, /** @type {number} */ plane) =>
      (Math.floor((colours[at] * (255 - share) + colours[at + 3] * share + 127) / 255) + planes[plane * size + i]) & 0xff;
    words[i] = 0xff000000 | (mixed(2, 1) << 16) | (mixed(1, 2) << 8) | mixed(0, 3);
  }
  return new Uint8ClampedArray(words.buffer);
}
