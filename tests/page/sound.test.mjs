// A call's sound in the page, without a browser: packets, and what is held between the network and the ear.

import assert from "node:assert/strict";
import { test } from "node:test";

import { SILENCE, loudness } from "../../lanassist/web/static/call/sound/level.js";
import { InOrder, MalformedPacket, SAMPLES, pack, unpack } from "../../lanassist/web/static/call/sound/packet.js";
import { Playout } from "../../lanassist/web/static/call/sound/playout.js";

const RATE = 48_000;
const BLOCK = 128;
const packet = (sequence, first = false) => ({ sequence, timestamp: 0, first, sound: new Uint8Array([1, 2, 3]) });

/** A tone, packet by packet. */
function tone(hertz, rate = RATE) {
  let at = 0;
  return () => Float32Array.from({ length: SAMPLES }, () => 0.5 * Math.sin((2 * Math.PI * hertz * at++) / rate));
}

/**
 * Play for some seconds; `arrivals` are the moments of the packets, in seconds.
 * @returns {{heard: Float32Array, playout: Playout}}
 */
function played(seconds, arrivals, next = tone(440)) {
  const playout = new Playout();
  const heard = new Float32Array(Math.floor((seconds * RATE) / BLOCK) * BLOCK);
  let come = 0;
  for (let start = 0; start < heard.length; start += BLOCK) {
    while (come < arrivals.length && arrivals[come] * RATE <= start) {
      playout.push(next());
      come++;
    }
    playout.read(heard.subarray(start, start + BLOCK));
  }
  return { heard, playout };
}

const steady = (seconds, every = 0.02) => Array.from({ length: Math.floor(seconds / every) }, (_, index) => index * every);

/** A small generator, the same numbers each time. */
function random(seed) {
  return () => ((seed = (seed * 1664525 + 1013904223) >>> 0) / 2 ** 32);
}

test("a packet comes out as it went in", () => {
  const { sound, ...head } = unpack(pack({ sequence: 2 ** 32 - 1, timestamp: 960, first: true, sound: new Uint8Array([7, 8]) }));
  assert.deepEqual(head, { sequence: 2 ** 32 - 1, timestamp: 960, first: true });
  assert.deepEqual([...sound], [7, 8]);
});

test("what is no packet is refused", () => {
  for (const bytes of [[], [1, 2, 3], new Array(9).fill(0), new Array(4000).fill(0), [0, 0, 0, 0, 0, 0, 0, 0, 2, 1]]) {
    assert.throws(() => unpack(new Uint8Array(bytes).buffer), MalformedPacket);
  }
});

test("each packet is heard once, and none that comes late", () => {
  const order = new InOrder();
  const heard = [5, 6, 6, 5, 9, 8, 10].map((sequence) => order.missing(packet(sequence)));
  assert.deepEqual(heard, [0, 0, null, null, 2, null, 0]);
});

test("the numbers go round", () => {
  const order = new InOrder();
  assert.deepEqual([2 ** 32 - 2, 2 ** 32 - 1, 0, 1].map((sequence) => order.missing(packet(sequence))), [0, 0, 0, 0]);
});

test("another stream is believed once two of its packets follow each other", () => {
  const order = new InOrder();
  order.missing(packet(1));
  assert.deepEqual([900_000, 2, 900_001, 900_002, 900_003].map((sequence) => order.missing(packet(sequence))), [null, 0, 0, 0, 0]);
});

test("sound that comes evenly is heard without a gap, a twentieth of a second late", () => {
  const { heard, playout } = played(5, steady(5));
  assert.equal(playout.gaps, 0);
  assert.ok(playout.held < 0.08);
  for (let start = RATE; start < 4 * RATE; start += 2400) {
    assert.ok(Math.abs(loudness(heard.subarray(start, start + 2400)) + 9) < 0.5);
  }
});

test("under jitter a little more is held until nothing is missing", () => {
  const chance = random(7);
  const late = steady(60).map((at) => at + 0.03 * chance());
  for (let index = 1; index < late.length; index++) late[index] = Math.max(late[index], late[index - 1]);
  const { playout } = played(60, late);
  assert.ok(playout.gaps <= 3, `${playout.gaps} gaps`);
  assert.ok(playout.target <= 0.12);
});

for (const parts of [-200, 200]) {
  test(`a sender whose clock is ${parts} parts in a million off is followed for twenty minutes`, () => {
    const { playout } = played(1200, steady(1200, 0.02 * (1 + parts / 1e6)), () => new Float32Array(SAMPLES));
    assert.equal(playout.gaps, 0);
    assert.ok(playout.held < 0.1, `${playout.held} s held`);
  });
}

test("a gap fades away and comes back without a click", () => {
  const { heard, playout } = played(3, steady(3).filter((at) => at < 1 || at > 1.3));
  assert.equal(playout.gaps, 1);
  let steepest = 0;
  for (let index = 1; index < heard.length; index++) steepest = Math.max(steepest, Math.abs(heard[index] - heard[index - 1]));
  assert.ok(steepest < 0.3, `a step of ${steepest}`);
  assert.equal(loudness(heard.subarray(1.15 * RATE, 1.25 * RATE)), SILENCE);
});

test("after a page has slept the newest is heard, not all that was missed", () => {
  const playout = new Playout();
  const next = tone(300);
  for (let count = 0; count < 500; count++) playout.push(next());
  assert.ok(playout.held < 0.35);
});

test("loudness is in dB of full scale", () => {
  assert.equal(loudness(new Float32Array(100)), SILENCE);
  assert.equal(loudness(new Float32Array(100).fill(1)), 0);
  assert.ok(Math.abs(loudness(new Float32Array(100).fill(0.1)) + 20) < 0.001);
});
