// Moving pictures in the page: what is taken of them, and what the browser's decoder is given.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { MalformedUpdate, VIDEO, parseUpdate } from "../../lanassist/web/static/glance/picture/update.js";
import { Videos, decodableCodecs, parseVideo } from "../../lanassist/web/static/glance/picture/video.js";

const SIZE = { width: 64, height: 48 };
const KEY = [0x10, 0, 0, 0x9d, 0x01, 0x2a, 64, 0, 48, 0, 1, 2, 3];
const DELTA = [0x11, 5, 6, 7];

/** A payload as bytes. */
function payload(frames, { stream = 0, flags = 1, codec = 1 } = {}) {
  const parts = frames.map((frame) => [...new Uint8Array(new Uint32Array([frame.length]).buffer), ...frame]);
  return new Uint8Array([stream, flags, codec, ...parts.flat()]);
}

test("a clip is read as it was written", () => {
  const clip = parseVideo(payload([KEY, DELTA, DELTA], { stream: 3 }), SIZE);
  assert.deepEqual({ ...clip, frames: clip.frames.map((frame) => [...frame]) }, { stream: 3, key: true, frames: [KEY, DELTA, DELTA] });
  assert.equal(parseVideo(payload([DELTA], { flags: 0 }), SIZE).key, false);
});

const broken = {
  "nothing": new Uint8Array(),
  "only a header": payload([]),
  "a fifth stream": payload([KEY], { stream: 4 }),
  "an unknown flag": payload([KEY], { flags: 3 }),
  "an unknown codec": payload([KEY], { codec: 2 }),
  "a key frame that was not announced": payload([KEY], { flags: 0 }),
  "a key frame announced that is none": payload([DELTA]),
  "a second key frame": payload([KEY, KEY]),
  "a key frame of another size": payload([KEY.with(6, 65)]),
  "a key frame that asks for scaling": payload([KEY.with(7, 0x40)]),
  "a key frame cut short": payload([KEY.slice(0, 9)]),
  "an empty frame": payload([KEY, []]),
  "bytes left over": new Uint8Array([...payload([KEY]), 1]),
  "a frame cut off": payload([KEY]).slice(0, -1),
  "eleven frames": payload(Array(11).fill(DELTA), { flags: 0 }),
};
for (const [what, bytes] of Object.entries(broken))
  test(`refused: ${what}`, () => assert.equal(parseVideo(bytes, SIZE), null));

test("an update with a broken clip is refused before anything is decoded", () => {
  const update = (bytes) => {
    const head = Buffer.alloc(25);
    head.writeUInt8(1, 0);
    [SIZE.width, SIZE.height].forEach((side, i) => (head.writeUInt16LE(side, 2 + 2 * i), head.writeUInt16LE(side, 16 + 2 * i)));
    head.writeUInt16LE(1, 10);
    head.writeUInt8(VIDEO, 20);
    head.writeUInt32LE(bytes.length, 21);
    return new Uint8Array(Buffer.concat([head, bytes]));
  };
  assert.equal(parseUpdate(update(payload([KEY]))).patches[0].codec, VIDEO);
  for (const bytes of Object.values(broken)) assert.throws(() => parseUpdate(update(bytes)), MalformedUpdate);
});

/** A browser's decoder that gives a picture for each frame when it is told to. */
class FakeDecoder {
  static made = [];
  static supported = true;
  static isConfigSupported = async () => ({ supported: FakeDecoder.supported });
  state = "unconfigured";
  given = [];
  pictures = [];

  constructor(callbacks) {
    this.callbacks = callbacks;
    FakeDecoder.made.push(this);
  }

  configure(configuration) {
    this.configuration = configuration;
    this.state = "configured";
  }

  decode(chunk) {
    this.given.push(chunk);
  }

  close() {
    this.state = "closed";
  }

  /** Give a picture for all that was given so far. */
  gives() {
    for (const { timestamp } of this.given.splice(0)) {
      const picture = { timestamp, closed: false, close: () => (picture.closed = true) };
      this.pictures.push(picture);
      this.callbacks.output(picture);
    }
  }
}

beforeEach(() => {
  globalThis.VideoDecoder = FakeDecoder;
  globalThis.EncodedVideoChunk = class {
    constructor(chunk) {
      Object.assign(this, chunk);
    }
  };
  FakeDecoder.made = [];
  FakeDecoder.supported = true;
});

const clip = (frames, options) => parseVideo(payload(frames, options), SIZE);

test("the last frame's picture is what is drawn, the others are let go", async () => {
  const videos = new Videos();
  const drawn = videos.decode(clip([KEY, DELTA, DELTA]), SIZE);
  const [decoder] = FakeDecoder.made;
  assert.deepEqual(decoder.given.map(({ type }) => type), ["key", "delta", "delta"]);
  decoder.gives();
  assert.equal(await drawn, decoder.pictures[2]);
  assert.deepEqual(decoder.pictures.map(({ closed }) => closed), [true, true, false]);
});

test("pictures come in the order in which they were asked for", async () => {
  const videos = new Videos();
  const both = [videos.decode(clip([KEY]), SIZE), videos.decode(clip([DELTA], { flags: 0 }), SIZE)];
  FakeDecoder.made[0].gives();
  assert.deepEqual(await Promise.all(both), FakeDecoder.made[0].pictures);
});

test("a stream that goes on without having begun is refused", () => {
  assert.throws(() => new Videos().decode(clip([DELTA], { flags: 0 }), SIZE), /without having begun/);
});

test("a region of another size gets a decoder of its own, and the old one is closed", () => {
  const videos = new Videos();
  videos.decode(clip([KEY]), SIZE).catch(() => undefined);
  videos.decode(parseVideo(payload([KEY.with(6, 32)]), { width: 32, height: 48 }), { width: 32, height: 48 }).catch(() => undefined);
  assert.deepEqual(FakeDecoder.made.map(({ state }) => state), ["closed", "configured"]);
  videos.close();
});

test("what the decoder complains of is told to all who wait", async () => {
  const videos = new Videos();
  const drawn = videos.decode(clip([KEY]), SIZE);
  FakeDecoder.made[0].callbacks.error(new Error("damaged"));
  await assert.rejects(drawn, /damaged/);
});

test("closing lets nobody wait", async () => {
  const videos = new Videos();
  const drawn = videos.decode(clip([KEY]), SIZE);
  videos.close();
  await assert.rejects(drawn, /closed/);
  assert.equal(FakeDecoder.made[0].state, "closed");
});

test("a browser says what it decodes", async () => {
  assert.deepEqual(await decodableCodecs(), ["vp8"]);
  FakeDecoder.supported = false;
  assert.deepEqual(await decodableCodecs(), []);
  delete globalThis.VideoDecoder;
  assert.deepEqual(await decodableCodecs(), []);
});
