"""The work-up of one patient: the ledger of causes, what may be said of ICANS so far, and the tests that must wait."""

from __future__ import annotations

from collections.abc import Sequence

from icans.guidance.situation import Situation
from icans.guidance.workup.cause import Condition, Gate
from icans.guidance.workup.judge import lines
from icans.guidance.workup.known import Known, inputs, known, missing
from icans.guidance.workup.ledger import PRESENT, GatedTest, Hold, Line, Workup
from icans.guidance.workup.plan import Plan, plan
from icans.record.catalogue import catalogue

PROVISIONAL, SUPPORTED, REJECTED = "provisional", "supported", "rejected"


def workup(situation: Situation) -> Workup:
    """What else could explain the signs of a patient at a moment.

    Every cause is asked, whether or not the work-up is due (`asked`). What the record does not hold is unknown and
    stays so: a cause is excluded only by what excludes it, never by silence.
    """
    shelf = plan()
    facts = known(situation, shelf)
    tests = tuple(_gated(gate, facts, shelf) for gate in shelf.library.gates)
    found = lines(facts, shelf, {test.id: test for test in tests})
    asked = facts.held["asked"]
    sums = {cause.id for cause in shelf.library.causes if cause.joins is not None}
    present = tuple(line for line in found if line.status == PRESENT and line.id not in sums)
    remain = tuple(line for line in found if line.tier == "A" and line.is_open and asked is not False)
    explained = any(facts.held["explained"] or facts.held.get(f"{line.id} explains") for line in present)
    attribution, says = _attribution(asked, explained, present, remain)
    return Workup(
        situation.patient, situation.now, asked, facts.since if asked else None, found, attribution, says, remain,
        present, tests, shelf.library.attribution.cited,
    )  # fmt: skip


def _attribution(
    asked: bool | None, explained: bool, present: Sequence[Line], remain: Sequence[Line]
) -> tuple[str | None, str]:
    """What may be said of ICANS as the cause, and the sentence for it (reading W9)."""
    named = ", ".join(line.label for line in present)
    if explained:
        return REJECTED, f"Not ICANS: {named} explains the findings."
    if asked is False:
        return None, "No neurological signs to attribute now."
    open_now = f"not yet exclusive: {len(remain)} causes of the first hour remain open" if remain else ""
    rest = f"; {open_now}" if open_now else ""
    if asked is None:
        return PROVISIONAL, f"Whether there are neurological signs is not known{rest}."
    if present:
        return PROVISIONAL, f"ICANS stays provisional: found {named}; correct it and grade again{rest}."
    if remain:
        return PROVISIONAL, f"ICANS stays provisional: {open_now}."
    return SUPPORTED, "ICANS is supported: every cause of the first hour is excluded or treated."


def _gated(gate: Gate, facts: Known, shelf: Plan) -> GatedTest:
    holds = [_hold(hold, facts, shelf) for hold in gate.holds if facts.held[hold.id] is not True]
    return GatedTest(gate.id, gate.label, tuple(sorted(holds, key=lambda hold: not hold.known)))


def _hold(hold: Condition, facts: Known, shelf: Plan) -> Hold:
    names, dose, known_to_block = shelf.asks[hold.id].items, facts.exposures.get(hold.id), facts.held[hold.id] is False
    read = inputs(facts.values, names) | ({"doses": dose.words} if dose else {})
    gaps = tuple(catalogue()[name].label for name in missing(facts.values, names))
    return Hold(hold.blocked if known_to_block else hold.unknown, known_to_block, read, gaps, hold.cited)
