// A bedside test as plain data: what was answered, what comes next, what is recorded. No page, no clock, no network.
//
// plan   { kind, questions: [{ name, item, task, points, choices: { word: points } | null }],
//          causes: { name: { item: word } }, untested: { name: { level, cause, asksLevel, reasons } } }
// state  { id, kind, began, at, given, level, cause, untested, reason, checked, past, ... }, never changed in place
//
// A question is `right`, `wrong`, a word of its choices, or NOT_ASKED. What is not asked is unknown: it is not sent.

export const NOT_ASKED = "not_asked";
export const AWAKE = "awake";

const KEPT_IN_PAST = ["at", "given", "level", "cause", "untested", "reason", "checked"];

export function begin(kind, id, began) {
  return {
    version: 1, id, kind, began, at: "start", given: {}, level: "", cause: "", untested: "", reason: "",
    checked: false, past: [],
  };
}

// Go to a step without an answer; undo comes back.
export function go(state, step) {
  return { ...remembered(state), at: step };
}

// The answer to a step, and on to the next.
export function answer(state, step, word, plan) {
  const next = remembered(state);
  if (step === "level") next.level = word;
  else if (step === "cause") next.cause = word;
  else if (step === "reason") next.reason = word;
  else if (step === "untested") Object.assign(next, untestedAs(next, word, plan));
  else next.given = { ...next.given, [step]: word };
  if (next.level === AWAKE) next.cause = "";
  next.at = following(next, step, plan);
  if (next.at === "summary") next.checked = true;
  return next;
}

export function undo(state) {
  if (state.past.length === 0) return state;
  const past = state.past.slice();
  return { ...state, ...past.pop(), past };
}

function remembered(state) {
  const now = Object.fromEntries(KEPT_IN_PAST.map((key) => [key, state[key]]));
  return { ...state, past: [...state.past.slice(-39), now] };
}

// name: why the test cannot be done; "" where it can be after all.
function untestedAs(state, name, plan) {
  if (!name) return { untested: "", reason: "" };
  const way = plan.untested[name];
  const asleep = state.level !== AWAKE && state.level !== NOT_ASKED ? state.level : "";
  return {
    untested: name,
    level: way.level || (way.asksLevel ? asleep : state.level),
    cause: way.cause || state.cause,
    reason: "",
  };
}

function following(state, step, plan) {
  const way = plan.untested[state.untested];
  if (step === "untested") {
    if (!way) return plan.questions.find(({ name }) => !state.given[name])?.name ?? "summary";
    if (way.reasons) return "reason";
    if (way.asksLevel && !state.level) return "level";
    return way.cause ? "summary" : "cause";
  }
  if (step === "reason") return "summary";
  if (step === "level" && drowsy(state) && !(way && way.cause)) return "cause";
  if (step === "level" || step === "cause") {
    return state.checked || way || state.level === "unarousable" ? "summary" : plan.questions[0].name;
  }
  if (state.checked) return "summary";
  const place = plan.questions.findIndex((question) => question.name === step);
  return place + 1 < plan.questions.length ? plan.questions[place + 1].name : "summary";
}

// True where the patient was found less than awake.
export function drowsy(state) {
  return state.level !== "" && state.level !== AWAKE && state.level !== NOT_ASKED;
}

// Points of one question as answered; null where it was not asked.
export function points(question, word) {
  if (word === undefined || word === "" || word === NOT_ASKED) return null;
  if (question.choices) return question.choices[word];
  return word === "right" ? question.points : 0;
}

// Items with their questions: item -> { task, most, sum (null: not all of it was asked), asked, questions }.
export function items(state, plan) {
  const found = new Map();
  for (const question of plan.questions) {
    const item = found.get(question.item) ?? { task: question.task, most: 0, sum: 0, asked: 0, questions: 0 };
    const got = points(question, state.given[question.name]);
    item.most += question.points;
    item.questions += 1;
    item.asked += got === null ? 0 : 1;
    item.sum = item.sum === null || got === null ? null : item.sum + got;
    found.set(question.item, item);
  }
  return found;
}

// What is sent: items of the catalogue with numbers or words, only those that were asked in full.
export function answers(state, plan) {
  const found = {};
  if (state.level && state.level !== NOT_ASKED) found.consciousness = state.level;
  if (drowsy(state)) Object.assign(found, plan.causes[state.cause]);
  if (plan.questions[0].choices) {
    for (const { name, item } of plan.questions) {
      const word = state.given[name];
      if (word && word !== NOT_ASKED) found[item] = word;
    }
    return found;
  }
  for (const [name, item] of items(state, plan)) if (item.sum !== null) found[name] = item.sum;
  return found;
}

// The total as an interval: what was not asked may be anything. asked: questions answered; of: all there are.
export function score(state, plan) {
  let low = 0;
  let high = 0;
  let most = 0;
  for (const item of items(state, plan).values()) {
    most += item.most;
    low += item.sum ?? 0;
    high += item.sum ?? item.most;
  }
  const asked = plan.questions.filter((q) => points(q, state.given[q.name]) !== null).length;
  return { low, high, most, asked, of: plan.questions.length };
}

// Tasks of which only a part was asked, such as three of the four questions on orientation.
export function inPart(state, plan) {
  const all = [...items(state, plan).values()];
  return all.filter((item) => item.sum === null && item.asked > 0).map((item) => item.task);
}

// True where there is nothing to send: no answer, no level, no reason.
export function isEmpty(state, plan) {
  return Object.keys(answers(state, plan)).length === 0 && state.reason === "" && inPart(state, plan).length === 0;
}

// The body of the request. said: { language, interpreter, note, handwriting, onPaper, age }.
export function body(state, plan, said) {
  const reason = state.reason ? `Not done: ${state.reason}.` : "";
  const details = { questions: { ...state.given } };
  if (state.untested) details.untested = state.untested;
  if (said.onPaper) details.written_on_paper = true;
  if (said.age) details.anchors = said.age;
  return {
    id: state.id,
    kind: state.kind,
    time: state.began,
    language: said.language,
    interpreter: Boolean(said.interpreter),
    answers: answers(state, plan),
    handwriting: said.handwriting,
    note: [reason, said.note.trim()].filter(Boolean).join(" "),
    details,
  };
}
