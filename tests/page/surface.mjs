// Draws the updates of a file (tests/web/test_page_decoder.py) with the page's own code on canvases made of
// arrays, and compares with what the Python viewer shows. Updates marked as malformed must be refused.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

/** As much of a canvas as the viewer uses. */
class ArrayCanvas {
  #width;
  #height;
  constructor(width, height) {
    [this.#width, this.#height] = [width, height];
    this.#clear();
  }
  get width() { return this.#width; }
  set width(value) { this.#width = value; this.#clear(); }
  get height() { return this.#height; }
  set height(value) { this.#height = value; this.#clear(); }
  getContext() { return this.context; }
  #clear() {
    this.pixels = new Uint32Array(this.#width * this.#height).fill(0xff000000);
    this.context ??= new ArrayContext(this);
  }
}

class ArrayContext {
  constructor(canvas) { this.canvas = canvas; }
  #put(pixels, stride, sx, sy, width, height, x, y) {
    for (let row = 0; row < height; row++)
      this.canvas.pixels.set(pixels.subarray((sy + row) * stride + sx, (sy + row) * stride + sx + width), (y + row) * this.canvas.width + x);
  }
  drawImage(from, ...places) {
    if (places.length === 2) places = [0, 0, from.width, from.height, ...places, from.width, from.height];
    const [sx, sy, width, height, x, y, toWidth, toHeight] = places;
    assert.deepEqual([toWidth, toHeight], [width, height], "nothing is stretched");
    this.#put(from.pixels.slice(), from.width, sx, sy, width, height, x, y);
  }
  putImageData(image, x, y) {
    const { buffer, byteOffset, byteLength } = image.data;
    this.#put(new Uint32Array(buffer, byteOffset, byteLength / 4), image.width, 0, 0, image.width, image.height, x, y);
  }
  fillRect(x, y, width, height) {
    const [r, g, b] = this.fillStyle.match(/\d+/g).map(Number);
    this.#put(new Uint32Array(width * height).fill(0xff000000 + b * 65536 + g * 256 + r), width, 0, 0, width, height, x, y);
  }
}

globalThis.OffscreenCanvas = ArrayCanvas;
globalThis.ImageData = class { constructor(data, width, height) { Object.assign(this, { data, width, height }); } };

const picture = "../../lanassist/web/static/glance/picture/";
const { Surface } = await import(`${picture}surface.js`);
const { MalformedUpdate, parseUpdate } = await import(`${picture}update.js`);
const { zstdFrom } = await import(`${picture}zstd.js`);

const zstd = await zstdFrom(readFileSync(new URL("../../lanassist/web/static/vendor/zstd.wasm", import.meta.url)));
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
for (const [name, updates] of Object.entries(JSON.parse(readFileSync(process.argv[2], "utf8")))) {
  const canvas = new ArrayCanvas(1, 1);
  const surface = new Surface(canvas);
  for (const [index, { update, shown }] of updates.entries()) {
    const draw = () => surface.draw(parseUpdate(bytes(update)), zstd);
    if (shown === null) {
      assert.throws(draw, (error) => error instanceof MalformedUpdate || error instanceof RangeError, `${name}: refused`);
      continue;
    }
    assert.equal(draw(), undefined, `${name}: drawn at once`);
    const rgb = bytes(shown);
    const drawn = new Uint8Array(canvas.pixels.length * 3);
    canvas.pixels.forEach((word, i) => drawn.set([word & 255, (word >> 8) & 255, (word >> 16) & 255], 3 * i));
    assert.ok(Buffer.compare(Buffer.from(drawn), Buffer.from(rgb)) === 0, `${name}: update ${index} is drawn as it was meant`);
  }
}
console.log("ok");
