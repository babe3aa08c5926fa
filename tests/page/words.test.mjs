// The page's words about time and status, and the order of rows.
import assert from "node:assert/strict";
import { test } from "node:test";

import { fits, inHeldOrder, presence, reason, silent, sorted } from "../../lanassist/web/static/team/status.js";
import { ago, duration, roughly, timeOfDay } from "../../lanassist/web/static/frame/time.js";

const row = (name, about = {}) => ({
  node: name.toLowerCase(), name, email: `${name.toLowerCase()}@acme.example`, teams: [], status: "available", why: "", reason: "",
  since: 900, online: true, online_since: 100, last_activity: 950, last_heard: null, locked: false, displays: [], screen_error: "",
  active: 0, total: 3, ongoing: 0, waiting: 0, waiting_since: null, completed: 0, aht: null, break_reasons: [], ...about,
});
const names = (rows) => rows.map((each) => each.name).join(" ");

test("durations read like a stopwatch", () => {
  assert.deepEqual([0, 42, 725, 3723, 90_000, -3].map(duration), ["00:00", "00:42", "12:05", "1:02:03", "1 d 1 h", "00:00"]);
  assert.deepEqual([14, 184, 7512, 200_000].map(roughly), ["14 s", "3 min", "2 h 05 min", "2 d"]);
  assert.deepEqual([2, 14].map(ago), ["just now", "14 s ago"]);
});

test("a time of day carries its day when that was not today", () => {
  const now = new Date(2026, 10, 22, 10, 42);
  assert.equal(timeOfDay(60, now), "10:41");
  assert.match(timeOfDay(86_400, now), /21.*, 10:42/);
});

test("absence says why", () => {
  assert.equal(reason(row("Dana", { status: "absent", why: "break", reason: "lunch" }), 1000), "on break: lunch");
  assert.equal(reason(row("Dana", { status: "absent", why: "locked" }), 1000), "screen locked");
  const gone = row("Dana", { status: "absent", why: "offline", online: false, last_heard: 986 });
  assert.match(reason(gone, 1000), /^offline since \d\d:\d\d$/);
  assert.equal(presence(gone, 1000).detail, "last heard 14 s ago");
  assert.deepEqual([silent(gone, 1000), silent(gone, 2000)], [true, false]);
});

test("rows sort by a column, and by name where that is equal", () => {
  const rows = [row("Cleo", { since: 10 }), row("Ana"), row("Bo", { status: "absent" })];
  assert.equal(names(sorted(rows, "agent", false)), "Ana Bo Cleo");
  assert.equal(names(sorted(rows, "agent", true)), "Cleo Bo Ana");
  assert.equal(names(sorted(rows, "status", true)), "Bo Ana Cleo");
  assert.equal(names(sorted(rows, "since", true)), "Cleo Ana Bo");
});

test("usually whoever has a client waiting longest is first; without a figure is last either way", () => {
  const rows = [row("Ana"), row("Bo", { waiting_since: 950 }), row("Cleo", { waiting_since: 900 })];
  assert.equal(names(sorted(rows, "usual", false)), "Cleo Bo Ana");
  const handled = [row("Ana"), row("Bo", { aht: 20 }), row("Cleo", { aht: 90 })];
  assert.equal(names(sorted(handled, "aht", false)), "Bo Cleo Ana");
  assert.equal(names(sorted(handled, "aht", true)), "Cleo Bo Ana");
});

test("a full agent says how full, also beyond, and one after a call for how long", () => {
  assert.equal(reason(row("Dana", { status: "connected", active: 4 }), 1000), "full 4/3");
  assert.equal(reason(row("Dana", { status: "acw", since: 958 }), 1000), "00:42");
  assert.equal(reason(row("Dana", { status: "absent", why: "idle" }), 1000), "idle");
});

test("held rows keep their places; new ones come last", () => {
  const there = (node) => node !== "gone";
  assert.deepEqual(inHeldOrder(["ana", "bo", "cleo"], ["cleo", "gone", "ana"], there), ["cleo", "ana", "bo"]);
  assert.deepEqual(inHeldOrder(["bo"], ["ana", "bo"], there), ["ana", "bo"]);
});

test("the search finds names, mail, teams and states by every word", () => {
  const dana = row("Dana", { teams: ["billing"], status: "absent", why: "break", reason: "lunch" });
  for (const text of ["dan", "ACME", "billing lunch", "absent", ""]) assert.ok(fits(dana, text), text);
  assert.ok(!fits(dana, "dana sales"));
});
