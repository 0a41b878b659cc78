// What the page shows of a test: one step at a time, how far it is, and all answers before they are saved.
//
// The page is written by the server; this module only shows and hides, and puts words in where they depend on answers.

import { NOT_ASKED, drowsy, inPart, points, score } from "./bedside_answers.js";

const SAID = { right: "right", wrong: "wrong", [NOT_ASKED]: "not asked" };

export class Screen {
  constructor(root) {
    this.root = root;
    this.steps = [...root.querySelectorAll("[data-step]")];
    this.live = root.querySelector("[data-live]");
    this.plan = planOf(root, this.steps);
  }

  // Shows the step that a state is at. focus: put the focus on its heading, as after a tap.
  show(state, focus = true) {
    for (const step of this.steps) step.hidden = step.dataset.step !== state.at;
    const step = this.step(state.at);
    const named = this.question(state.at);
    this.root.dataset.at = named ? "question" : state.at;
    this.strip(state, named);
    if (state.at === "level") this.levels(state);
    if (state.at === "summary") this.summary(state);
    this.chosen(step, state);
    for (const place of step.querySelectorAll("[data-expects]")) place.textContent = today(this.root, place);
    this.part("undo").hidden = state.past.length === 0 || state.at === "result";
    this.part("skip").hidden = !skippable(state.at, named, this.plan.untested[state.untested]);
    this.part("unable").hidden = !(named || state.at === "level");
    if (focus) this.focus(step);
  }

  step(name) {
    return this.steps.find((step) => step.dataset.step === name);
  }

  // The name of the question that a step asks, or undefined: writing has two steps.
  question(name) {
    const { dataset } = this.step(name);
    const asked = dataset.for ?? name;
    return this.plan.questions.some((question) => question.name === asked) ? asked : undefined;
  }

  part(name) {
    return this.root.querySelector(`[data-part="${name}"]`);
  }

  focus(step) {
    globalThis.scrollTo({ top: 0 });
    step.querySelector("h2")?.focus({ preventScroll: true });
  }

  say(words) {
    this.live.textContent = words;
  }

  strip(state, current) {
    for (const cell of this.root.querySelectorAll("[data-cell]")) {
      const question = this.plan.questions.find(({ name }) => name === cell.dataset.cell);
      cell.dataset.is = looks(question, state.given[question.name]);
      cell.toggleAttribute("data-now", question.name === current);
    }
    const { asked, of } = score(state, this.plan);
    this.part("progress").textContent = `${asked} of ${of}`;
  }

  // Where something else explains a low level, "awake" is no answer.
  levels(state) {
    const awake = this.step("level").querySelector('[data-answer="awake"]');
    awake.hidden = this.plan.untested[state.untested]?.asksLevel === true;
  }

  chosen(step, state) {
    const name = step.dataset.for ?? step.dataset.step;
    const said = { level: state.level, cause: state.cause, untested: state.untested, reason: state.reason }[name];
    for (const button of step.querySelectorAll("[data-answer]")) {
      const mine = button.dataset.answer === (said ?? state.given[name]) && button.dataset.answer !== "";
      button.setAttribute("aria-pressed", String(mine));
    }
  }

  summary(state) {
    const rows = this.rows(state).map(([step, label, said, is]) => row(this.root, step, label, said, is));
    this.part("rows").replaceChildren(...rows);
    this.part("total").textContent = totalWords(state, this.plan, this.root.dataset.title);
    const parts = inPart(state, this.plan);
    this.part("in-part").hidden = parts.length === 0;
    this.part("in-part").textContent = parts.length
      ? `${parts.join(" and ")}: only a part was asked, so its points stay unknown.`
      : "";
  }

  rows(state) {
    const rows = [["level", "Consciousness", this.said("level", state.level), ""]];
    if (drowsy(state)) rows.push(["cause", "Another cause", this.said("cause", state.cause), ""]);
    if (state.untested) {
      const said = state.reason || this.said("untested", state.untested);
      rows.push(["untested", "Not tested", said, ""]);
    }
    for (const question of this.plan.questions) {
      const word = state.given[question.name];
      const said = SAID[word] ?? (word ? this.said(question.name, word) : "not asked");
      rows.push([question.name, question.label, said, looks(question, word)]);
    }
    return rows;
  }

  // The words on the button of an answer.
  said(step, word) {
    if (!word || word === NOT_ASKED) return "not asked";
    const button = this.step(step).querySelector(`[data-answer="${CSS.escape(word)}"]`);
    return button?.dataset.said ?? word;
  }
}

// The total as far as it is known: "ICE 7 of 10", or "ICE 5 to 9 of 10: 4 questions not asked".
export function totalWords(state, plan, title) {
  const { low, high, most, asked, of } = score(state, plan);
  if (asked === 0) return `${title} not done`;
  if (low === high) return `${title} ${low} of ${most}`;
  const left = of - asked === 1 ? "1 question" : `${of - asked} questions`;
  return `${title} ${low} to ${high} of ${most}: ${left} not asked`;
}

function planOf(root, steps) {
  const questions = steps
    .filter((step) => step.dataset.item)
    .map(({ dataset }) => ({
      name: dataset.step,
      item: dataset.item,
      task: dataset.task,
      label: dataset.label,
      points: Number(dataset.points),
      choices: dataset.choices ? JSON.parse(dataset.choices) : null,
    }));
  const ways = [...root.querySelectorAll("[data-way]")].map(({ dataset }) => [
    dataset.answer,
    {
      level: dataset.level,
      cause: dataset.because,
      asksLevel: dataset.asksLevel === "yes",
      reasons: dataset.reasons === "yes",
    },
  ]);
  const causes = [...root.querySelectorAll("[data-cause]")].map(({ dataset }) => [
    dataset.answer,
    JSON.parse(dataset.records),
  ]);
  return { kind: root.dataset.kind, questions, causes: Object.fromEntries(causes), untested: Object.fromEntries(ways) };
}

function looks(question, word) {
  if (word === undefined || word === "") return "open";
  const got = points(question, word);
  if (got === null) return "skipped";
  if (question.choices) return "given";
  return got === question.points ? "right" : "wrong";
}

function skippable(at, question, way) {
  if (at === "level") return !way?.asksLevel;
  return Boolean(question) || at === "cause";
}

function row(root, step, label, said, is) {
  const made = root.querySelector("[data-row]").content.firstElementChild.cloneNode(true);
  const button = made.querySelector("button");
  button.dataset.go = step;
  button.dataset.is = is;
  made.querySelector("[data-label]").textContent = label;
  made.querySelector("[data-said]").textContent = said;
  return made;
}

function today(root, place) {
  const now = new Date();
  if (place.dataset.expects === "year") return String(now.getFullYear());
  return JSON.parse(root.dataset.months)[now.getMonth()];
}
