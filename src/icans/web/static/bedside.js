// Runs a bedside test: what was tapped becomes a state, the state is kept and shown, and at its end it is sent.

import { NOT_ASKED, answer, begin, body, go, isEmpty, undo } from "./bedside_answers.js";
import { Draft } from "./bedside_draft.js";
import { Ink, paint } from "./bedside_ink.js";
import { clock, stamp, uuid } from "./bedside_moment.js";
import { Result } from "./bedside_result.js";
import { Screen, totalWords } from "./bedside_screen.js";
import { outbox, sendNow } from "./outbox.js";

const DEAF = 350; // ms after a step appears in which a second tap of the same finger is not taken for its answer

const root = document.querySelector("#bedside");
const account = document.querySelector('meta[name="account-id"]')?.content ?? "";
const { kind, patient, language, title, points } = root.dataset;
const screen = new Screen(root);
const result = new Result(screen.step("result"));
const draft = new Draft(localStorage, account, patient, kind);
const field = (name) => root.querySelector(`[name="${name}"]`);
const canvas = root.querySelector("canvas[data-ink]");
const ink = canvas && new Ink(canvas, () => settled());

let state = begin(kind, uuid(), "");
let shown = 0;

function become(next, focus = true) {
  state = next;
  shown = performance.now();
  screen.show(state, focus);
  if (state.at === "writing_judged") paint(root.querySelector("canvas[data-written]"), ink.written());
  settled();
}

// Keeps the test in progress. Before its start there is nothing to keep.
function settled() {
  if (!state.began || state.at === "result") return;
  const kept = draft.keep({ ...state, ...said(), ink: ink?.written() ?? null });
  screen.part("unkept").hidden = kept;
}

function said() {
  return {
    interpreter: field("interpreter").checked,
    note: field("note").value,
    age: field("age")?.value ?? "",
    onPaper: field("on-paper")?.checked ?? false,
  };
}

function start() {
  state = { ...begin(kind, uuid(), stamp(new Date())), at: "start" };
  ink?.clear();
  field("note").value = "";
  if (field("on-paper")) field("on-paper").checked = false;
  become(go(state, "level"));
}

function resume(kept) {
  const { interpreter, note, age, onPaper, ink: written, ...rest } = kept;
  field("interpreter").checked = interpreter;
  field("note").value = note;
  if (field("age") && age) field("age").value = age;
  if (field("on-paper")) field("on-paper").checked = onPaper;
  ink?.restore(written);
  anchors();
  become(rest);
}

async function save() {
  if (isEmpty(state, screen.plan)) {
    screen.say("Nothing was asked. Answer a question, or say why the test cannot be done.");
    become(go(state, "untested"));
    return;
  }
  const handwriting = ink?.written() ?? null;
  const item = {
    id: state.id,
    patient,
    account,
    kept: stamp(new Date()),
    body: body(state, screen.plan, { ...said(), language, handwriting }),
    refused: null,
  };
  const kept = outbox.keep(item);
  state = { ...state, at: "result" };
  if (kept) draft.drop();
  screen.show(state, false);
  await send(kept);
}

async function send(kept = true) {
  const total = totalWords(state, screen.plan, title);
  result.sending(total);
  globalThis.scrollTo({ top: 0 });
  result.focus();
  const found = await sendNow(state.id);
  if (found.state === "waiting") result.waiting(found.why, total, kept);
  else if (found.state === "refused") result.refused(found, total);
  else if (found.state === "gone") result.gone();
  result.focus();
}

function anchors() {
  const age = field("age")?.value ?? "";
  for (const place of root.querySelectorAll("[data-anchor]")) place.hidden = place.dataset.anchor !== age;
  for (const place of root.querySelectorAll("[data-no-age]")) place.hidden = age !== "";
}

const TAPS = {
  start,
  resume: () => resume(draft.find()),
  anew: () => {
    draft.drop();
    become(begin(kind, uuid(), ""));
    fresh();
  },
  undo: () => {
    become(undo(state));
    screen.say("Taken back.");
  },
  skip: () => become(answer(state, screen.question(state.at) ?? state.at, NOT_ASKED, screen.plan)),
  clear: () => ink.clear(),
  reason: () => {
    const words = field("other-reason").value.trim();
    if (words) become(answer(state, "reason", words, screen.plan));
    else field("other-reason").focus();
  },
  save,
  again: () => send(),
};

root.addEventListener("click", (event) => {
  const tapped = event.target.closest("button");
  if (!tapped || (event.detail > 0 && performance.now() - shown < DEAF)) return;
  const { answer: word, go: step, tap } = tapped.dataset;
  if (tap) TAPS[tap]();
  else if (step) become(go(state, step));
  else if (word !== undefined) become(answer(state, screen.question(state.at) ?? state.at, word, screen.plan));
});
for (const name of ["interpreter", "note", "on-paper"]) field(name)?.addEventListener("change", settled);
field("note").addEventListener("input", settled);
field("age")?.addEventListener("change", () => {
  anchors();
  settled();
});
window.addEventListener("icans:sent", ({ detail }) => {
  if (detail.id !== state.id || state.at !== "result") return;
  draft.drop();
  result.graded(detail.answer, title, points, totalWords(state, screen.plan, title));
  result.focus();
});

// A test begun before is offered, if anything was answered; a new one starts from the first screen.
function fresh(found = null) {
  const kept = found && (found.level || found.untested || Object.keys(found.given).length) ? found : null;
  root.querySelector("[data-resume]").hidden = kept === null;
  root.querySelector("[data-fresh]").hidden = kept !== null;
  if (kept === null) return;
  const asked = Object.keys(kept.given).length;
  const hours = Math.floor((Date.now() - Date.parse(kept.began)) / 3600e3);
  const ago = hours >= 1 ? `, ${hours} h ago,` : "";
  const of = screen.plan.questions.length;
  const begun = `A test begun at ${clock(kept.began)}${ago} is not finished`;
  screen.part("begun").textContent = `${begun}: ${asked} of ${of} asked.`;
}

root.hidden = false;
anchors();
screen.show(state, false);
fresh(draft.find());
