// What waits in a browser: kept until the server has it, sent once, and by nobody else. Run with `node --test`.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Draft } from "../../../src/icans/web/static/bedside_draft.js";
import { stamp, uuid } from "../../../src/icans/web/static/bedside_moment.js";
import { Outbox, meaning, wait } from "../../../src/icans/web/static/outbox_queue.js";

// localStorage, as far as it is used; with room for so many characters in all.
class Storage {
  constructor(room = Infinity) {
    Object.assign(this, { kept: new Map(), room });
  }
  get length() {
    return this.kept.size;
  }
  key(n) {
    return [...this.kept.keys()][n] ?? null;
  }
  getItem(key) {
    return this.kept.get(key) ?? null;
  }
  setItem(key, value) {
    if (value.length > this.room) throw new Error("full");
    this.kept.set(key, value);
  }
  removeItem(key) {
    this.kept.delete(key);
  }
}

const GRADED = { grade: { icans: [2, 2] }, words: "ICANS 2" };
const item = (id, account = "anna", kept = "2025-03-08T14:35:00+01:00") => ({
  id, account, kept, patient: "p", body: { kind: "ice" }, refused: null,
});

// An outbox for whoever is signed in, before a server that gives these replies one after the other.
function outbox(replies, { account = "anna", storage = new Storage() } = {}) {
  const posted = [];
  const sent = [];
  const post = async (one) => {
    posted.push(one.id);
    const reply = replies.shift();
    if (reply === undefined || reply instanceof Error) throw reply ?? new Error("no network");
    return { answer: null, after: 0, ...reply };
  };
  const box = new Outbox({ storage, post, account: () => account, sent: (one, said) => sent.push([one.id, said]) });
  return { box, posted, sent, storage };
}

test("a test that the server has is no longer kept", async () => {
  for (const status of [200, 201]) {
    const { box, sent } = outbox([{ status, answer: GRADED }]);
    box.keep(item("a"));
    assert.equal((await box.send("a")).state, "sent");
    assert.deepEqual(box.all(), []);
    assert.deepEqual(sent, [["a", GRADED]]);
  }
});

test("a test is kept when the network, the server or the sign-in fails", async () => {
  for (const [reply, why] of [
    [new Error("cut"), "offline"], [{ status: 503 }, "server"], [{ status: 429, after: 7 }, "server"],
    [{ status: 401 }, "sign-in"], [{ status: 0 }, "sign-in"],
  ]) {
    const { box } = outbox([reply]);
    box.keep(item("a"));
    const found = await box.send("a");
    assert.deepEqual([found.state, found.why], ["waiting", why]);
    assert.equal(box.mine().length, 1);
    assert.equal(box.mine()[0].refused, null);
  }
});

test("the page of a guest network is not taken for the answer of the server", () => {
  assert.equal(meaning({ status: 200, answer: null }).state, "waiting");
  assert.equal(meaning({ status: 200, answer: { hello: 1 } }).state, "waiting");
});

test("what the server refuses is kept with its words, and not sent again by itself", async () => {
  const refused = { status: 422, answer: { detail: "set the clock" } };
  const { box, posted } = outbox([refused, { status: 201, answer: GRADED }]);
  box.keep(item("a"));
  assert.equal((await box.send("a")).state, "refused");
  assert.deepEqual(box.find("a").refused, { status: 422, detail: "set the clock" });
  await box.sendAll();
  assert.deepEqual(posted, ["a"]);
  await box.sendAll(() => true);
  assert.deepEqual(posted, ["a", "a"]);
  assert.deepEqual(box.all(), []);
});

test("what the server refuses can be discarded", () => {
  const { box } = outbox([]);
  box.keep(item("a"));
  box.discard("a");
  assert.deepEqual(box.all(), []);
});

test("a list of mistakes is said in one line", () => {
  const detail = [{ msg: "no such item" }, { msg: "a whole number" }];
  assert.equal(meaning({ status: 422, answer: { detail } }).detail, "no such item; a whole number");
});

test("nobody sends what somebody else asked", async () => {
  const storage = new Storage();
  outbox([], { storage }).box.keep(item("a", "anna"));
  const bert = outbox([{ status: 201, answer: GRADED }], { account: "bert", storage });
  await bert.box.sendAll();
  assert.equal((await bert.box.send("a")).why, "other");
  assert.deepEqual(bert.posted, []);
  assert.equal(bert.box.others().length, 1);
  const anna = outbox([{ status: 201, answer: GRADED }], { storage });
  await anna.box.sendAll();
  assert.deepEqual(anna.posted, ["a"]);
});

test("nothing is sent while nobody is signed in", async () => {
  const { box, posted } = outbox([], { account: "" });
  box.keep(item("a"));
  await box.sendAll();
  assert.deepEqual(posted, []);
  assert.equal(box.others().length, 1);
});

test("an item that is being sent is not sent a second time", async () => {
  const { box, posted } = outbox([{ status: 201, answer: GRADED }]);
  box.keep(item("a"));
  await Promise.all([box.send("a"), box.send("a"), box.sendAll()]);
  assert.deepEqual(posted, ["a"]);
});

test("the oldest goes first, and the rest waits while the server is away", async () => {
  const { box, posted } = outbox([new Error("cut")]);
  box.keep(item("late", "anna", "2025-03-08T15:00:00+01:00"));
  box.keep(item("early", "anna", "2025-03-08T14:00:00+01:00"));
  await box.sendAll();
  assert.deepEqual(posted, ["early"]);
});

test("where the browser has no room, the page holds the test and says so", async () => {
  const { box } = outbox([{ status: 201, answer: GRADED }], { storage: new Storage(10) });
  assert.equal(box.keep(item("a")), false);
  assert.equal(box.unkept.size, 1);
  assert.equal((await box.send("a")).state, "sent");
  assert.equal(box.unkept.size, 0);
});

test("other keys of the browser, and broken ones, are left alone", () => {
  const { box, storage } = outbox([]);
  storage.setItem("theme", "dark");
  storage.setItem("icans.outbox.x", "{broken");
  assert.deepEqual(box.all(), []);
});

test("pauses grow to a minute, and the server may ask for longer ones", () => {
  assert.deepEqual([0, 1, 2, 9].map((n) => wait(n, 0, 0.5)), [2, 4, 8, 60]);
  assert.equal(wait(0, 120, 0.5), 120);
});

test("a draft is found again by whoever began it, of the same patient and test only", () => {
  const storage = new Storage();
  const state = { version: 1, began: "2025-03-08T14:35:00+01:00", given: { year: "right" } };
  const soon = Date.parse(state.began) + 3600e3;
  new Draft(storage, "anna", "p", "ice").keep(state);
  assert.deepEqual(new Draft(storage, "anna", "p", "ice").find(soon), state);
  for (const other of [["bert", "p", "ice"], ["anna", "q", "ice"], ["anna", "p", "capd"]]) {
    assert.equal(new Draft(storage, ...other).find(soon), null);
  }
});

test("a draft of yesterday is dropped, also one of somebody else", () => {
  const storage = new Storage();
  new Draft(storage, "bert", "q", "ice").keep({ version: 1, began: "2025-03-08T14:35:00+01:00" });
  new Draft(storage, "anna", "p", "ice").find(Date.parse("2025-03-09T14:36:00+01:00"));
  assert.equal(storage.length, 0);
});

test("a draft too large for the browser is kept without the handwriting", () => {
  const storage = new Storage(120);
  const draft = new Draft(storage, "anna", "p", "ice");
  const state = { version: 1, began: "2025-03-08T14:35:00+01:00", ink: "x".repeat(200) };
  assert.equal(draft.keep(state), false);
  assert.equal(draft.find(Date.parse(state.began)).ink, null);
});

test("a moment is written with the offset of the clock", () => {
  assert.match(stamp(new Date()), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
  const moment = new Date("2025-03-08T14:35:00Z");
  assert.equal(Date.parse(stamp(moment)), moment.getTime());
});

test("an id is a UUID of version 4, and no two are alike", () => {
  const ids = new Set(Array.from({ length: 100 }, uuid));
  assert.equal(ids.size, 100);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
