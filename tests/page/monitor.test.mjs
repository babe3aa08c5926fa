// A mirrored conversation as row and log, and why control ended.
import assert from "node:assert/strict";
import { test } from "node:test";

import { endWords } from "../../lanassist/web/static/monitoring/control-words.js";
import { clientRow, joined } from "../../lanassist/web/static/monitoring/mirrored.js";

const row = (about = {}) => ({
  agent: "dana", conversation: "c1", desk: "desk", client: { id: "eve", name: "Eve", contact: "" }, category: "billing", state: "held",
  epoch: 2, unsent: 0, entries: 0, since: 50, typing: false, waiting_since: null, act: null, ...about,
});
const entry = (seq, kind, at, text = kind) => ({ conversation: "c1", seq, id: `e${seq}`, kind, text, node: "", name: "", actor: "", actor_name: "", at });

test("a client waits while the agent has it and owes an answer", () => {
  assert.equal(clientRow(row(), [], 0, 0).part, "ongoing");
  assert.equal(clientRow(row({ waiting_since: 60 }), [], 0, 0).part, "waiting");
  assert.equal(clientRow(row({ waiting_since: 60, state: "completing" }), [], 0, 0).part, "ongoing");
  assert.equal(clientRow(row({ waiting_since: 60, state: "done" }), [], 0, 0).part, "done");
});

test("what was said before the page looked on counts as read, and so does what it showed", () => {
  const log = [entry(1, "client", 10), entry(2, "client", 110), entry(3, "client", 120)];
  const unread = (from, read) => clientRow(row(), log, from, read).unread;
  assert.deepEqual([unread(100, 0), unread(100, 2), unread(100, 3), unread(130, 0)], [2, 1, 0, 0]);
  assert.equal(clientRow(row({ state: "done" }), log, 100, 0).unread, 0);
});

test("a row tells what is not sent, and what was said last", () => {
  const shown = clientRow(row({ unsent: 2, typing: true }), [entry(1, "client", 10, "one\n two"), entry(2, "note", 20)], 0, 0);
  assert.deepEqual([shown.mark, shown.preview, shown.typing], ["not sent", "one two", true]);
  assert.equal(clientRow(row({ state: "completing" }), [], 0, 0).mark, "completing");
});

test("a desk's log goes before the mirror's, each entry once", () => {
  const seqs = (desk, mirror) => joined(desk.map((seq) => entry(seq, "client", seq)), mirror.map((seq) => entry(seq, "client", seq))).map((each) => each.seq);
  assert.deepEqual(seqs([1, 2, 3], [3, 4]), [1, 2, 3, 4]);
  assert.deepEqual(seqs([1, 2], []), [1, 2]);
  assert.deepEqual(seqs([], [3, 4]), [3, 4]);
});

test("every end of control is a sentence", () => {
  assert.equal(endWords("reclaimed", "the agent took control back", "Dana"), "Dana took it back.");
  assert.match(endWords("link-lost", "", "Dana"), /Dana's node/);
  assert.equal(endWords("not-in-control", "Control is not in your hands.", "Dana"), "Control is not in your hands.");
  assert.equal(endWords("new-in-1.9", "something else happened", "Dana"), "Something else happened.");
  assert.equal(endWords("unheard-of", "", "Dana"), "It is over.");
  for (const code of ["taken-again", "lease", "shutdown", "revoked", "missing-grant", "node-lost"]) assert.match(endWords(code, "why.", "Dana"), /^[A-Z].*\.$/);
});
