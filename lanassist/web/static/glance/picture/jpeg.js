// @ts-check

/** Start-of-frame markers: baseline, extended and progressive. */
const FRAMES = new Set([0xc0, 0xc1, 0xc2]);

/**
 * Width and height as a JPEG's own header declares them; null if there is no such header or if the picture
 * is of a kind that is never sent (other than 8 bits deep, other than grey or three components).
 * @param {Uint8Array} bytes
 * @returns {{width: number, height: number} | null}
 */
export function jpegSize(bytes) {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1];
    const length = (bytes[at + 2] << 8) | bytes[at + 3];
    if (FRAMES.has(marker)) return frameSize(bytes, at + 4);
    if (marker < 0xc0 || marker === 0xd9 || marker === 0xda || length < 2) return null;
    at += 2 + length;
  }
  return null;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at  where the frame header's fields begin
 */
function frameSize(bytes, at) {
  const [depth, heightHigh, heightLow, widthHigh, widthLow, components] = bytes.subarray(at, at + 6);
  if (depth !== 8 || (components !== 1 && components !== 3)) return null;
  return { width: (widthHigh << 8) | widthLow, height: (heightHigh << 8) | heightLow };
}
