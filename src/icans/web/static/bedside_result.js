// The last screen: the grade and what follows, or where the answers are while the server has not got them.

const WHY = {
  offline: "The server is not reached.",
  server: "The server cannot take it just now.",
  stranger: "Something else than the server answers on this network.",
  "sign-in": "You are no longer signed in.",
  other: "Somebody else is signed in now.",
};

export class Result {
  constructor(step) {
    this.step = step;
    this.done = false;
  }

  part(name) {
    return this.step.querySelector(`[data-result="${name}"]`);
  }

  // total: as worked out in the browser, for the time until the server has answered
  sending(total) {
    this.only("sending");
    this.part("sending-total").textContent = total;
  }

  waiting(why, total, kept) {
    this.only("waiting");
    this.part("waiting-total").textContent = total;
    this.part("waiting-why").textContent = WHY[why] ?? WHY.offline;
    this.part("waiting-kept").textContent = kept
      ? "Kept on this tablet, not yet sent. It is sent when the connection is back."
      : "This browser cannot keep it. Leave this page open until it is sent.";
    this.part("sign-in").hidden = why !== "sign-in";
  }

  refused({ status, detail }, total) {
    this.only("refused");
    this.part("refused-total").textContent = total;
    this.part("refused-detail").textContent = detail || `The server refused it (${status}).`;
  }

  // answer: { grade: { crs, icans }, words, total, says, actions, missing, patient }
  graded(answer, title, most, total) {
    this.done = true;
    this.only("graded");
    const [low, high] = answer.grade.icans ?? [null, null];
    const grade = this.part("grade");
    grade.textContent = interval("ICANS", answer.grade.icans) || answer.words || "Not graded";
    grade.dataset.grade = high ?? "";
    grade.classList.toggle("open", low !== high);
    const known = answer.total !== null && answer.total !== undefined && answer.total !== "";
    this.part("graded-total").textContent = known ? `${title} ${answer.total} of ${most}` : total;
    this.part("crs").textContent = interval("CRS", answer.grade.crs);
    this.list("says", answer.says, (item, words) => (item.textContent = words));
    this.list("missing", answer.missing, (item, words) => (item.textContent = words));
    this.list("actions", answer.actions, action);
    const link = this.part("patient");
    if (answer.patient) link.href = answer.patient;
  }

  // The server has it, but its answer went to another page.
  gone() {
    if (!this.done) this.only("gone");
  }

  list(name, entries, fill) {
    const made = (entries ?? []).map((entry) => {
      const item = this.step.querySelector(`[data-item="${name}"]`).content.firstElementChild.cloneNode(true);
      fill(item, entry);
      return item;
    });
    this.part(name).replaceChildren(...made);
    this.part(`${name}-box`).hidden = made.length === 0;
  }

  only(name) {
    for (const part of this.step.querySelectorAll("[data-state]")) part.hidden = part.dataset.state !== name;
  }

  focus() {
    this.step.querySelector("[data-state]:not([hidden]) h2")?.focus({ preventScroll: true });
  }
}

function action(item, { strength, says, dose }) {
  const tag = item.querySelector("[data-strength]");
  tag.textContent = strength.replace("_", " ");
  tag.dataset.strength = strength;
  item.querySelector("[data-says]").textContent = says;
  const place = item.querySelector("[data-dose]");
  place.textContent = dose ?? "";
  place.hidden = !dose;
}

function interval(title, ends) {
  const [low, high] = ends ?? [null, null];
  if (low === null || high === null) return "";
  return low === high ? `${title} ${low}` : `${title} ${low}–${high}`;
}
