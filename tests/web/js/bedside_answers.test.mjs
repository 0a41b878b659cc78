// A test as plain data: what is sent, what stays unknown, what comes next. Run with `node --test`.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  NOT_ASKED, answer, answers, begin, body, go, inPart, isEmpty, score, undo,
} from "../../../src/icans/web/static/bedside_answers.js";

const question = (name, item, task) => ({ name, item, task, label: name, points: 1, choices: null });
const ICE = {
  kind: "ice",
  questions: [
    ...["year", "month", "city", "hospital"].map((name) => question(name, "ice_orientation", "Orientation")),
    ...["first", "second", "third"].map((name) => question(name, "ice_naming", "Naming")),
    question("command", "ice_commands", "Command"),
    question("writing", "ice_writing", "Writing"),
    question("counting", "ice_attention", "Attention"),
  ],
  causes: {
    none: { consciousness_other_cause: "no" },
    sedative: { consciousness_other_cause: "yes", sedated: "yes" },
  },
  untested: {
    unarousable: { level: "unarousable" },
    sedated: { cause: "sedative", asksLevel: true },
    not_done: { reasons: true },
  },
};
const WORDS = ["never", "rarely", "sometimes", "often", "always"];
const scored = (points) => Object.fromEntries(WORDS.map((word, n) => [word, points[n]]));
const CAPD = {
  ...ICE,
  kind: "capd",
  questions: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => ({
    ...question(`q${n}`, `capd_${n}`, `Q${n}`),
    points: 4,
    choices: scored(n <= 4 ? [4, 3, 2, 1, 0] : [0, 1, 2, 3, 4]),
  })),
};

// Answers the steps in order: { level: "awake", year: "right", ... }.
const answered = (steps, plan = ICE) =>
  Object.entries(steps).reduce(
    (state, [step, word]) => answer(state, step, word, plan),
    go(begin("ice", "id", "2025-03-08T14:35:00+01:00"), "level"),
  );
const all = (word, changed = {}) => ({
  level: "awake",
  ...Object.fromEntries(ICE.questions.map(({ name }) => [name, word])),
  ...changed,
});

test("an ICE with everything right is 4 + 3 + 1 + 1 + 1 points", () => {
  const state = answered(all("right"));
  assert.deepEqual(answers(state, ICE), {
    consciousness: "awake", ice_orientation: 4, ice_naming: 3, ice_commands: 1, ice_writing: 1, ice_attention: 1,
  });
  assert.deepEqual(score(state, ICE), { low: 10, high: 10, most: 10, asked: 10, of: 10 });
  assert.equal(state.at, "summary");
});

test("a wrong answer is zero points, and is sent", () => {
  const state = answered(all("right", { city: "wrong", writing: "wrong" }));
  assert.equal(answers(state, ICE).ice_orientation, 3);
  assert.equal(answers(state, ICE).ice_writing, 0);
  assert.equal(score(state, ICE).low, 8);
});

test("what was not asked is not sent, and the total is an interval", () => {
  const state = answered(all("right", { writing: NOT_ASKED, counting: NOT_ASKED }));
  const sent = answers(state, ICE);
  assert.ok(!("ice_writing" in sent) && !("ice_attention" in sent));
  assert.deepEqual(score(state, ICE), { low: 8, high: 10, most: 10, asked: 8, of: 10 });
});

test("three of the four questions on orientation are no orientation: its points stay unknown", () => {
  const state = answered(all("right", { hospital: NOT_ASKED }));
  assert.ok(!("ice_orientation" in answers(state, ICE)));
  assert.deepEqual(inPart(state, ICE), ["Orientation"]);
  assert.deepEqual([score(state, ICE).low, score(state, ICE).high], [6, 10]);
  assert.equal(body(state, ICE, { note: "" }).details.questions.year, "right");
});

test("a CAPD is sent in the words of its answers: case W55 of the grading cases is 0+0+1+1+1+0+2+2 = 7", () => {
  const words = ["always", "always", "often", "often", "rarely", "never", "sometimes", "sometimes"];
  const state = answered({ level: "awake", ...Object.fromEntries(words.map((w, n) => [`q${n + 1}`, w])) }, CAPD);
  assert.equal(answers(state, CAPD).capd_3, "often");
  assert.deepEqual([score(state, CAPD).low, score(state, CAPD).high], [7, 7]);
});

test("a CAPD question that was not asked may be 0 to 4 points", () => {
  const asked = Object.fromEntries(CAPD.questions.slice(1).map(({ name }, n) => [name, n < 3 ? "always" : "never"]));
  const state = answered({ level: "awake", q1: NOT_ASKED, ...asked }, CAPD);
  assert.deepEqual([score(state, CAPD).low, score(state, CAPD).high], [0, 4]);
  assert.ok(!("capd_1" in answers(state, CAPD)));
});

test("unarousable: the level and its cause are sent, and no point of the ICE", () => {
  const state = answered({ level: "unarousable", cause: "none" });
  assert.equal(state.at, "summary");
  assert.deepEqual(answers(state, ICE), { consciousness: "unarousable", consciousness_other_cause: "no" });
});

test("unarousable in the middle of the test keeps what was asked before", () => {
  let state = answered({ level: "to_voice", cause: "none", year: "right", month: "wrong" });
  state = answer(go(state, "untested"), "untested", "unarousable", ICE);
  assert.equal(state.at, "cause");
  state = answer(state, "cause", "none", ICE);
  assert.equal(answers(state, ICE).consciousness, "unarousable");
  assert.equal(body(state, ICE, { note: "" }).details.questions.month, "wrong");
});

test("sedated: the level is asked for, as an earlier test would go on counting without it", () => {
  const state = answer(go(answered({ level: "awake" }), "untested"), "untested", "sedated", ICE);
  assert.equal(state.at, "level");
  const done = answer(state, "level", "to_tactile", ICE);
  assert.equal(done.at, "summary");
  assert.deepEqual(answers(done, ICE), {
    consciousness: "to_tactile", consciousness_other_cause: "yes", sedated: "yes",
  });
});

test("a refusal sends a reason and no point", () => {
  let state = answer(go(answered({ level: NOT_ASKED }), "untested"), "untested", "not_done", ICE);
  assert.equal(state.at, "reason");
  state = answer(state, "reason", "Refuses", ICE);
  const sent = body(state, ICE, { note: " wants to sleep ", language: "de", interpreter: true, handwriting: null });
  assert.deepEqual(sent.answers, {});
  assert.equal(sent.note, "Not done: Refuses. wants to sleep");
  assert.equal(sent.interpreter, true);
  assert.equal(isEmpty(state, ICE), false);
});

test("nothing asked and no reason is nothing to send", () => {
  assert.equal(isEmpty(answered({ level: NOT_ASKED }), ICE), true);
});

test("a patient who turns out awake has no other cause of drowsiness", () => {
  const state = answered({ level: "to_voice", cause: "sedative", });
  assert.deepEqual(answers(answer(state, "level", "awake", ICE), ICE), { consciousness: "awake" });
});

test("undo takes back one answer at a time, to the first screen and no further", () => {
  const begun = answered({ level: "awake", year: "right", month: "wrong" });
  const one = undo(begun);
  assert.equal(one.at, "month");
  assert.deepEqual(one.given, { year: "right" });
  assert.equal(undo(undo(undo(undo(undo(one))))).at, "start");
});

test("an answer changed before saving leads back to the summary", () => {
  const state = answer(go(answered(all("right")), "city"), "city", "wrong", ICE);
  assert.equal(state.at, "summary");
  assert.equal(score(state, ICE).low, 9);
});

test("a drowsy patient is asked on once the cause is said", () => {
  assert.equal(answered({ level: "to_voice" }).at, "cause");
  assert.equal(answered({ level: "to_voice", cause: "none" }).at, "year");
});

test("a test that can be done after all goes on at the first open question", () => {
  const state = answer(go(answered({ level: "awake", year: "right" }), "untested"), "untested", "", ICE);
  assert.equal(state.at, "month");
});
