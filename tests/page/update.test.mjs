// The checks that an update passes before anything of it is decoded.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { zstdCompressSync } from "node:zlib";

import { jpegSize } from "../../lanassist/web/static/glance/picture/jpeg.js";
import { Pieces, drawn } from "../../lanassist/web/static/glance/picture/pieces.js";
import { bgrxToRgba, blendToRgba, grainToRgba } from "../../lanassist/web/static/glance/picture/pixels.js";
import { COPY, FILL, JPEG, LOSSLESS, MalformedUpdate, copySource, parseUpdate } from "../../lanassist/web/static/glance/picture/update.js";
import { zstdFrom } from "../../lanassist/web/static/glance/picture/zstd.js";

/** An update of display 1 as bytes; `patches` are [x, y, width, height, codec, payload]. */
function update(patches, { display = 1, flags = 0, width = 64, height = 48, sequence = 7, count = patches.length } = {}) {
  const head = Buffer.alloc(12);
  head.writeUInt8(display, 0);
  head.writeUInt8(flags, 1);
  head.writeUInt16LE(width, 2);
  head.writeUInt16LE(height, 4);
  head.writeUInt32LE(sequence, 6);
  head.writeUInt16LE(count, 10);
  const parts = patches.map(([x, y, w, h, codec, payload]) => {
    const each = Buffer.alloc(13);
    [x, y, w, h].forEach((value, i) => each.writeUInt16LE(value, 2 * i));
    each.writeUInt8(codec, 8);
    each.writeUInt32LE(payload.length, 9);
    return Buffer.concat([each, Buffer.from(payload)]);
  });
  return new Uint8Array(Buffer.concat([head, ...parts]));
}

const jpegHeader = (width, height, components = 3) =>
  [0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 17, 8, height >> 8, height & 255, width >> 8, width & 255, components, 1, 2, 3, 4, 5];

test("an update is read as it was written", () => {
  const read = parseUpdate(update([[1, 2, 3, 4, FILL, [9, 8, 7]], [0, 0, 64, 8, COPY, [0, 0, 40, 0]]], { flags: 3 }));
  assert.deepEqual({ ...read, patches: read.patches.length }, { display: 1, width: 64, height: 48, sequence: 7, exact: true, reset: true, patches: 2 });
  assert.deepEqual(copySource(read.patches[1]), { x: 0, y: 40 });
});

const broken = {
  "no header": new Uint8Array(11),
  "display 0": update([], { display: 0 }),
  "display 17": update([], { display: 17 }),
  "an unknown flag": update([], { flags: 4 }),
  "no width": update([], { width: 0 }),
  "too wide": update([], { width: 16385 }),
  "too many pixels": update([], { width: 16384, height: 16384 }),
  "more rectangles announced than sent": update([], { count: 1 }),
  "bytes left over": new Uint8Array([...update([]), 0]),
  "a rectangle outside": update([[60, 0, 5, 1, FILL, [0, 0, 0]]]),
  "an empty rectangle": update([[0, 0, 0, 1, FILL, [0, 0, 0]]]),
  "an unknown codec": update([[0, 0, 1, 1, 4, [0]]]),
  "a fill of four bytes": update([[0, 0, 1, 1, FILL, [0, 0, 0, 0]]]),
  "an empty lossless": update([[0, 0, 1, 1, LOSSLESS, []]]),
  "a copy from outside": update([[0, 0, 8, 8, COPY, [60, 0, 0, 0]]]),
  "a JPEG of another size": update([[0, 0, 8, 8, JPEG, jpegHeader(9, 8)]]),
  "no JPEG at all": update([[0, 0, 8, 8, JPEG, [1, 2, 3]]]),
  "the display covered three times": update(Array(3).fill([0, 0, 64, 48, FILL, [0, 0, 0]])),
};
for (const [what, bytes] of Object.entries(broken))
  test(`refused: ${what}`, () => assert.throws(() => parseUpdate(bytes), MalformedUpdate));

test("no cut or flipped byte of an update makes anything but a clean refusal", () => {
  const whole = update([[0, 0, 8, 8, JPEG, jpegHeader(8, 8)], [0, 0, 8, 8, COPY, [1, 0, 1, 0]], [1, 1, 2, 2, FILL, [1, 2, 3]]]);
  const tries = [...whole.keys()].flatMap((at) => [whole.slice(0, at), ...[0x01, 0x80, 0xff].map((bit) => whole.map((byte, i) => (i === at ? byte ^ bit : byte)))]);
  for (const bytes of tries) {
    try {
      parseUpdate(bytes);
    } catch (error) {
      assert.ok(error instanceof MalformedUpdate, String(error));
    }
  }
});

test("a JPEG's size is read behind other segments", () => {
  assert.deepEqual(jpegSize(new Uint8Array(jpegHeader(640, 360))), { width: 640, height: 360 });
  assert.equal(jpegSize(new Uint8Array(jpegHeader(640, 360, 4))), null);
  assert.equal(jpegSize(new Uint8Array(jpegHeader(640, 360).slice(0, 15))), null);
});

test("pieces become an update; other messages are refused", () => {
  const pieces = new Pieces();
  const message = (...bytes) => new Uint8Array(bytes).buffer;
  assert.equal(pieces.add(message(1, 0, 10, 11)), null);
  assert.deepEqual([...pieces.add(message(1, 1, 12))], [10, 11, 12]);
  assert.deepEqual([...pieces.add(message(1, 1, 13))], [13]);
  for (const bad of [message(), message(1), message(2, 0, 1), message(1, 2, 1), new ArrayBuffer(65537)])
    assert.throws(() => new Pieces().add(bad), MalformedUpdate);
});

test("an update that never ends is given up", () => {
  const pieces = new Pieces();
  const message = new Uint8Array(65536).fill(1);
  message[1] = 0;
  assert.throws(() => { for (let i = 0; i < 1000; i++) pieces.add(message.buffer); }, MalformedUpdate);
});

test("the word that an update was drawn", () => {
  assert.deepEqual([...drawn(3, 0x01020304)], [2, 3, 4, 3, 2, 1]);
});

test("zstd gives exactly the pixels announced, in place, or refuses", async () => {
  const zstd = await zstdFrom(readFileSync(new URL("../../lanassist/web/static/vendor/zstd.wasm", import.meta.url)));
  const pixels = Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7) & 255));
  const frame = zstdCompressSync(pixels);
  assert.deepEqual(Buffer.from(zstd.decode(frame, 4000)), pixels);
  for (const size of [3996, 4004]) assert.throws(() => zstd.decode(frame, size), RangeError);
  assert.throws(() => zstd.decode(frame.subarray(0, 20), 4000), RangeError);
  assert.throws(() => zstd.decode(new Uint8Array([1, 2, 3, 4]), 4), RangeError);
  const large = zstdCompressSync(Buffer.alloc(8_000_000, 5));
  assert.equal(zstd.decode(large, 8_000_000)[7_999_999], 5);
  assert.throws(() => zstd.decode(large, 4000), RangeError);
  assert.deepEqual(Buffer.from(zstd.decode(frame, 4000)), pixels);
});

test("B G R X becomes R G B A, opaque", () => {
  assert.deepEqual([...bgrxToRgba(new Uint8Array([1, 2, 3, 0, 255, 254, 253, 9]))], [3, 2, 1, 255, 253, 254, 255, 255]);
});

test("the planes of a photograph become R G B A", () => {
  // Two rows of two pixels, as differences to the left: G 10 250 | 0 5; B - G 5 0 | 255 1; R - G 250 0 | 0 0.
  const planes = [10, 240, 0, 5, 5, 251, 255, 2, 250, 6, 0, 0];
  const pixels = [[4, 10, 15], [250, 250, 250], [0, 0, 255], [5, 5, 6]];
  assert.deepEqual([...grainToRgba(new Uint8Array(planes), 2, 2)], pixels.flatMap((pixel) => [...pixel, 255]));
});

test("shares of two colours become R G B A", () => {
  const colours = [0, 10, 20, 255, 110, 0];
  // Shares 0, 255 and 128; then what is to be added in B, G and R.
  const planes = [0, 255, 128, 0, 255, 0, 0, 1, 2, 0, 1, 0];
  const pixels = [[0, 10, 20], [0, 111, 255], [128, 62, 10]];
  assert.deepEqual([...blendToRgba(new Uint8Array(colours), new Uint8Array(planes))], pixels.flatMap((pixel) => [...pixel, 255]));
});
