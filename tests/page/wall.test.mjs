// Which tiles of the wall are streamed, and what the others wait for.
import assert from "node:assert/strict";
import { test } from "node:test";

import { MOST, failed, pauseAfter, scaleFor, turns } from "../../lanassist/web/static/wall/turns.js";

const tile = (node, about = {}) => ({ node, active: false, asking: false, sightSince: 0, sightUntil: 0, may: true, notBefore: 0, ...about });
const row = (count, about = {}) => Array.from({ length: count }, (_, i) => tile(`agent-${i}`, about));

test("what is in sight for a moment is started, in the order of the page, a few at a time", () => {
  assert.deepEqual(turns(row(6), 10).start, ["agent-0", "agent-1", "agent-2", "agent-3"]);
  assert.deepEqual(turns(row(6, { sightSince: 9.9 }), 10).start, []);
  assert.deepEqual(turns([tile("asked", { active: true, asking: true }), ...row(6)], 10).start.length, 3);
});

test("what is out of sight is not started, and stopped a moment later", () => {
  assert.deepEqual(turns([tile("gone", { sightSince: null })], 10).start, []);
  const left = (at) => turns([tile("gone", { active: true, sightSince: null, sightUntil: at })], 10).stop;
  assert.deepEqual([left(9.5), left(8)], [[], ["gone"]]);
});

test("what may not be watched is stopped at once and never started", () => {
  assert.deepEqual(turns([tile("locked", { may: false, active: true })], 10), { stop: ["locked"], start: [], queued: [] });
  assert.deepEqual(turns([tile("locked", { may: false })], 10).start, []);
});

test("no more than so many are streamed, and the others wait for a place", () => {
  const running = row(MOST - 1, { active: true });
  const { start, queued } = turns([...running, tile("next"), tile("later")], 10);
  assert.deepEqual([start, queued], [["next"], ["later"]]);
  const gone = { ...running[0], sightSince: null, sightUntil: 0 };
  assert.deepEqual(turns([gone, ...running.slice(1), tile("next"), tile("later")], 10).start, ["next", "later"]);
});

test("what broke is tried again later each time; what was meant is left to a person", () => {
  const again = (code, failures, began = true) => pauseAfter({ began, code }, failures);
  assert.deepEqual([1, 2, 3, 9].map((failures) => again("link-lost", failures)), [2, 4, 8, 60]);
  assert.deepEqual([again("stopped", 1), again("refused-by-policy", 1, false), again("no-answer", 1, false)], [null, null, 2]);
  assert.deepEqual([again("hidden", 1), again("out-of-sight", 4)], [0, 0]);
  assert.deepEqual([failed("hidden"), failed("link-lost")], [false, true]);
  assert.deepEqual(turns([tile("later", { notBefore: 11 })], 10).start, []);
});

test("a tile asks for the smallest scale that is sharp enough, and is never the display itself", () => {
  assert.equal(scaleFor(300, 1920), 1 / 6);
  assert.equal(scaleFor(480, 1920), 0.25);
  assert.equal(scaleFor(481, 1920), 0.25);
  assert.equal(scaleFor(600, 1920), 1 / 3);
  assert.equal(scaleFor(4000, 1280), 1 / 2);
});
