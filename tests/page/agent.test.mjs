// The agent's page without a browser: what it makes of the board, and what leaves it in which order.
import assert from "node:assert/strict";
import { test } from "node:test";

import { categoryNow, clientRows, consentWords, displays, idleWords, minutes, ownState, sameArrays, secondsToday, watching } from "../../lanassist/web/static/agent/agent-shape.js";
import { Outgoing } from "../../lanassist/web/static/agent/outgoing.js";

const held = (conversation, about = {}) => ({
  conversation, client: { id: conversation, name: conversation, contact: "" }, category: "billing", state: "held", epoch: 1, since: 500, desk: "d",
  desk_online: true, entries: 0, waiting_since: null, typing: false, pending: [], refused: [], ...about,
});
const own = (about = {}) => ({ status: "available", reason: "", since: 0, idle: false, available: true, capacity: 3, break_reasons: [], set_by: "", completed: 0, aht: null, locked: false, ...about });

test("clients are those in hand and those of today", () => {
  const mine = [
    held("waits", { waiting_since: 700, typing: true }), held("goes on", { desk_online: false }), held("today", { state: "done" }),
    held("yesterday", { state: "done", since: 50 }), held("not sent", { state: "moved", since: 50, refused: [{ id: "a", kind: "say", text: "" }] }),
    held("soon", { state: "completing", typing: true }),
  ];
  const log = [1, 2, 3].map((seq) => ({ seq, id: `${seq}`, kind: "client", text: `text ${seq}` }));
  const rows = clientRows(mine, new Map([["waits", log]]), new Map([["waits", 1]]), 100);
  assert.deepEqual(rows.map((row) => `${row.id}: ${row.part}${row.typing ? ", typing" : ""}${row.mark ? `, ${row.mark}` : ""}`), [
    "waits: waiting, typing", "goes on: ongoing, desk offline", "today: done", "not sent: done, 1 message not sent", "soon: done, completing…",
  ]);
  assert.deepEqual([rows[0].unread, rows[0].preview], [2, "text 3"]);
  assert.equal(secondsToday(new Date(2026, 4, 31, 1, 2, 3)), 3723);
});

test("a category counts from the click on", () => {
  const row = held("a", { pending: [{ id: "1", kind: "categorise", text: "returns" }] });
  assert.equal(categoryNow(row, []), "returns");
  assert.equal(categoryNow(row, [{ id: "2", kind: "categorise", text: "delivery", error: "" }, { id: "3", kind: "categorise", text: "x", error: "no" }]), "delivery");
});

test("a status in words", () => {
  const load = { available: true, reason: "", active: 4, total: 3 };
  const words = (status, of = null) => Object.values(ownState(own(status), of)).join("|");
  assert.equal(words({}), "available|Available|");
  assert.equal(words({}, load), "connected|Connected|full 4/3");
  assert.equal(words({ status: "break", reason: "lunch", locked: true }), "absent|On break|lunch");
  assert.equal(words({ locked: true, idle: true }, load), "absent|Absent|screen locked");
  assert.equal(words({ idle: true }), "absent|Absent|idle");
});

test("nobody there: why", () => {
  const desk = new Map([["d", {}]]);
  const title = (status, desks = desk, known = true) => idleWords(status, desks, known).title;
  assert.equal(title(null, desk, false), "Asking your node…");
  assert.equal(title(own({ status: "break", reason: "lunch" })), "You are on break: lunch.");
  assert.equal(title(own({ idle: true })), "You are absent: idle.");
  assert.equal(title(own(), new Map()), "No desk is connected.");
  assert.equal(title(own({ capacity: 0 })), "Your capacity is 0.");
  assert.equal(title(own()), "No client yet.");
});

test("who watches, in few words", () => {
  const look = (name, ...shown) => ({ name, displays: shown, shown_since: 1 });
  const comes = (name, ...shown) => ({ name, displays: shown, shown_since: null });
  assert.deepEqual([[], [1], [1, 2, 3]].map(displays), ["no display", "display 1", "displays 1, 2 and 3"]);
  assert.equal(watching([]), "");
  assert.equal(watching([look("Sam", 2)]), "Sam is viewing display 2");
  assert.equal(watching([look("Sam", 2), look("Sam", 1)]), "Sam is viewing displays 1 and 2");
  assert.equal(watching([look("Sam", 2), look("Kim", 1)]), "Sam and Kim are viewing your screen");
  const small = (name) => ({ ...look(name, 1), wall: true });
  assert.equal(watching([small("Sam")]), "Sam has you on the wall");
  assert.equal(watching([small("Sam"), small("Kim")]), "Sam and Kim have you on their walls");
  assert.equal(watching([small("Sam"), look("Kim", 2)]), "Kim is viewing display 2");
  assert.equal(watching([comes("Sam", 2)]), "Sam is about to view display 2");
  assert.equal(watching([comes("Sam", 2), comes("Kim", 1)]), "Sam and Kim are about to view your screen");
  assert.equal(watching([comes("Sam", 2), look("Kim", 1)]), "Kim is viewing display 1");
});

test("what policy means for the agent, in a sentence or two", () => {
  const words = (glance, reason_required = false) => consentWords({ glance, reason_required });
  assert.equal(words("notify"), "You are told when a supervisor views your screen.");
  assert.equal(words("ask", true), "You are asked before a supervisor views your screen. They must say why.");
  assert.equal(words("off", true), "Supervisors may not view your screen.");
  assert.deepEqual([5, 1, 1.5].map(minutes), ["5 minutes", "1 minute", "90 seconds"]);
});

test("a log that did not change stays the same array", () => {
  const [a, b] = [{ seq: 1 }, { seq: 2 }];
  const before = new Map([["x", [a]], ["y", [a]]]);
  const after = sameArrays(before, new Map([["x", [a]], ["y", [a, b]]]));
  assert.equal(after.get("x"), before.get("x"));
  assert.equal(after.get("y").length, 2);
});

/** A node that answers when it is told to, and a clock that only sleeping moves. */
function node() {
  const said = [];
  const waiting = [];
  let time = 0;
  let ids = 0;
  const command = (name, { text, kind, id }) => {
    said.push(name === "conversations.draft" ? `draft ${text}` : `${kind} ${text} (${id})`);
    return new Promise((answer, refuse) => waiting.push({ answer, refuse }));
  };
  const out = new Outgoing(command, () => `id${++ids}`, { now: () => time, sleep: async (pause) => void (time += pause) });
  const settle = async () => { for (let i = 0; i < 20; i++) await null; };
  const done = async (error) => { const { answer, refuse } = waiting.shift(); if (error) refuse(error); else answer({}); await settle(); };
  return { out, said, done, waiting, at: () => time };
}

test("a draft goes out at once, then the newest at most each 80 ms, one at a time", async () => {
  const { out, said, done, at } = node();
  out.type("c", "h");
  out.type("c", "he");
  out.type("c", "hel");
  assert.deepEqual(said, ["draft h"]);
  await done();
  assert.deepEqual(said, ["draft h", "draft hel"]);
  assert.equal(at(), 80);
  await done();
  assert.equal(said.length, 2);
});

test("what is said follows its draft and is followed by the next", async () => {
  const { out, said, done } = node();
  out.type("c", "hello");
  out.act("c", "say", "hello");
  out.type("c", "n");
  assert.equal(out.local("c").value[0].text, "hello");
  await done();
  await done();
  await done();
  assert.deepEqual(said, ["draft hello", "say hello (id1)", "draft n"]);
});

test("a note goes out once and is no draft; complete counts once", async () => {
  const { out, said, done } = node();
  out.note("c").value = "VIP";
  out.act("c", "note", "VIP");
  assert.equal(out.note("c").value, "");
  await done();
  out.act("c", "complete");
  out.act("c", "complete");
  await done();
  assert.deepEqual(said, ["note VIP (id1)", "complete  (id2)"]);
});

test("what the node did not take stays, and goes again under the same id", async () => {
  const { out, said, done } = node();
  out.act("c", "say", "hello");
  await done(new Error("Your own node does not answer."));
  assert.equal(out.local("c").value[0].error, "Your own node does not answer.");
  out.retry("c", "id1");
  assert.equal(out.local("c").value[0].error, "");
  await done();
  assert.deepEqual(said, ["say hello (id1)", "say hello (id1)"]);
  out.forget("c", (each) => each.id === "id1");
  assert.deepEqual(out.local("c").value, []);
});

test("an earlier page's draft comes back until something is typed", async () => {
  const { out, said } = node();
  out.restore("c", "half a sen");
  assert.equal(out.draft("c").value, "half a sen");
  assert.deepEqual(said, []);
  out.type("c", "half a sentence");
  out.restore("c", "late");
  assert.equal(out.draft("c").value, "half a sentence");
});

test("conversations do not wait for one another", () => {
  const { out, said } = node();
  out.act("a", "say", "1");
  out.act("b", "say", "2");
  assert.deepEqual(said, ["say 1 (id1)", "say 2 (id2)"]);
});
