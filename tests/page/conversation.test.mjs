// A conversation's log as lines, and clients in the order of the list.
import assert from "node:assert/strict";
import { test } from "node:test";

import { inParts, neighbour } from "../../lanassist/web/static/conversation/clients.js";
import { byConversation, lines, preview, unread } from "../../lanassist/web/static/conversation/conversation.js";

const entry = (seq, kind, text = "", about = {}) => ({
  conversation: "c", seq, id: `e${seq}`, kind, text, node: "", name: "", actor: "", actor_name: "", at: seq, ...about,
});
const dana = { node: "node-dana", name: "Dana" };
const sam = { actor: "node-sam", actor_name: "Sam" };
const you = { node: "node-dana", name: "You", as: "you" };
const told = (all) => all.map((line) => `${line.side}: ${line.who ? `${line.who}: ` : ""}${line.text}${line.state === "sent" ? "" : ` (${line.state})`}`);

test("a log reads as what was said and what happened", () => {
  const entries = [
    entry(1, "client", "hello"), entry(2, "joined", "", { ...dana, ...sam }), entry(3, "say", "hi", dana), entry(4, "note", "VIP", dana),
    entry(5, "say", "I am Dana too", { ...dana, ...sam }), entry(6, "categorise", "billing", { ...dana, ...sam }), entry(7, "queued"),
    entry(8, "joined", "", { node: "node-lena", name: "Lena" }), entry(9, "say", "Lena here", { node: "node-lena", name: "Lena" }),
    entry(10, "complete", "", dana), entry(11, "left"), entry(12, "blocked", "abuse", sam),
  ];
  assert.deepEqual(told(lines({ entries, voice: you, client: "Maria" })), [
    "client: Maria: hello", "event: You joined · by Sam", "own: You: hi", "note: You: VIP", "own: Sam, as you: I am Dana too",
    "event: Category: billing · Sam, as you", "event: Back in the queue", "event: Lena joined", "colleague: Lena: Lena here",
    "event: Completed · You", "event: Maria ended the conversation", "event: Maria was blocked: abuse · by Sam",
  ]);
  const watched = lines({ entries: entries.slice(4, 5), voice: { ...you, name: "Dana", as: "Dana" }, client: "Maria", me: "node-sam" });
  assert.deepEqual([watched[0].who, watched[0].controlled], ["You, as Dana", true]);
});

test("what is not in the log follows it, once", () => {
  const entries = [entry(1, "client", "hello"), entry(2, "say", "a", { ...dana, id: "a" })];
  const pending = [{ id: "b", kind: "say", text: "b" }, { id: "x", kind: "complete", text: "" }];
  const refused = [{ id: "c", kind: "say", text: "c" }];
  const local = ["a", "b", "c", "d"].map((id) => ({ id, kind: "say", text: id, error: "" })).concat({ id: "f", kind: "note", text: "f", error: "no" });
  assert.deepEqual(told(lines({ entries, pending, refused, local, voice: you, client: "Maria" })), [
    "client: Maria: hello", "own: You: a", "own: You: b (unsent)", "event: Completed · You (unsent)", "own: You: c (refused)",
    "own: You: d (unsent)", "note: You: f (failed)",
  ]);
});

test("names are told once for what one person says in a row", () => {
  const entries = [entry(1, "client", "a"), entry(2, "client", "b"), entry(3, "say", "c", dana), entry(4, "client", "d"), entry(5, "client", "e", { at: 1000 })];
  assert.deepEqual(lines({ entries, voice: you, client: "Maria" }).map((line) => line.first), [true, false, true, true, true]);
});

test("entries find their conversation, in the log's order", () => {
  const values = new Map([["agent/c/000000002", entry(2, "client")], ["agent/d/000000001", entry(1, "client")], ["agent/c/000000001", entry(1, "client")]]);
  const found = byConversation(values);
  assert.deepEqual([...found.keys()], ["agent/c", "agent/d"]);
  assert.deepEqual(found.get("agent/c").map((each) => each.seq), [1, 2]);
});

test("unread is what the client wrote after what was seen, and after any answer", () => {
  const log = [entry(1, "client"), entry(2, "say", "", dana), entry(3, "client"), entry(4, "note", "", dana), entry(5, "client", "a\n b")];
  assert.deepEqual([0, 3, 5].map((seen) => unread(log, seen)), [2, 1, 0]);
  assert.equal(preview(log), "a b");
  assert.equal(preview([]), "");
});

test("who waits longest is first, and the keys go down the list", () => {
  const row = (id, part, about = {}) => ({ id, name: id, category: "", part, since: 0, waitingSince: null, unread: 0, typing: false, mark: "", preview: "", ...about });
  const rows = [row("done", "done"), row("short", "waiting", { waitingSince: 90 }), row("new", "ongoing", { since: 9 }), row("old", "ongoing", { since: 5 }), row("long", "waiting", { waitingSince: 10 })];
  assert.deepEqual(inParts(rows).map((part) => `${part.title}: ${part.rows.map((each) => each.id)}`), ["Waiting: long,short", "Ongoing: old,new", "Done: done"]);
  assert.deepEqual([neighbour(rows, "short", 1), neighbour(rows, "long", -1), neighbour(rows, "done", 1), neighbour(rows, "gone", 1), neighbour([], "", 1)], ["old", "long", "done", "long", ""]);
});
