// What the chat page says, and what it keeps.
import assert from "node:assert/strict";
import { test } from "node:test";

import { forget, freshId, remember, remembered } from "../../lanassist/web/static/chat/chat-memory.js";
import { clock, goesOn, happened, standing, whyNotContact } from "../../lanassist/web/static/chat/chat-words.js";

test("how things stand is one line", () => {
  const say = (state, position = 0, agent = "") => standing({ state, position, agent });
  assert.equal(say("waiting", 3), "You are number 3 in line");
  assert.equal(say("waiting"), "You are in line");
  assert.equal(say("open", 0, "Dana"), "Talking with Dana");
  assert.equal(say("done"), "Completed");
});

test("what happened is told from the client's side", () => {
  assert.equal(happened({ kind: "joined", name: "Dana" }, "Eve"), "Dana joined");
  assert.equal(happened({ kind: "left", name: "Eve" }, "Eve"), "You left the conversation");
  assert.equal(happened({ kind: "say", name: "Dana" }, "Eve"), "");
});

test("lines of one person soon after each other go together", () => {
  const line = (name, at, kind = "say") => ({ kind, name, at });
  assert.equal(goesOn(line("Dana", 1000), line("Dana", 0)), true);
  assert.equal(goesOn(line("Dana", 1000), line("Sam", 0)), false);
  assert.equal(goesOn(line("Dana", 1000), line("Dana", 0, "client")), false);
  assert.equal(goesOn(line("Dana", 600_000), line("Dana", 0)), false);
  assert.equal(goesOn(line("Dana", 0), undefined), false);
});

test("a time of another day carries its day", () => {
  const now = new Date(2026, 10, 22, 10, 42);
  assert.match(clock(now.getTime(), now), /10:42/);
  assert.match(clock(now.getTime() - 86_400_000, now), /21.*10:42/);
});

test("a contact is an address or a number, or nothing", () => {
  for (const good of ["", " ", "eve@acme.example", "+49 (0)30 123-456", "0171/555"]) assert.equal(whyNotContact(good), "", good);
  for (const bad of ["eve", "eve@", "@x", "12", "call me"]) assert.notEqual(whyNotContact(bad), "", bad);
});

test("a browser that keeps nothing still remembers while the page is open", () => {
  remember({ name: "Eve", conversation: "c1", outbox: [{ id: "1", text: "hello", at: 0 }] });
  remember({ conversation: "c2" });
  assert.deepEqual([remembered().name, remembered().conversation, remembered().outbox.length], ["Eve", "c2", 1]);
  forget();
  assert.deepEqual([remembered().name, remembered().conversation, remembered().outbox.length], ["Eve", "", 0]);
});

test("ids are long and differ", () => {
  const ids = new Set(Array.from({ length: 100 }, freshId));
  assert.equal(ids.size, 100);
  for (const id of ids) assert.match(id, /^[0-9a-f]{32}$/);
});
