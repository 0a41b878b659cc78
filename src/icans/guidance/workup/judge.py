"""The status of each cause: what its conditions say of the state, and which sentence explains it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from icans.guidance.workup.cause import Cause
from icans.guidance.workup.exposure import Exposure
from icans.guidance.workup.known import Known, inputs, missing
from icans.guidance.workup.ledger import (
    CLOSED,
    EXCLUDED,
    NOT_EXCLUDED,
    NOT_TESTED,
    PRESENT,
    TOO_OLD,
    TREATED,
    GatedTest,
    Line,
)
from icans.guidance.workup.plan import Asks, Plan, Row
from icans.record.catalogue import catalogue
from icans.rules.vocabulary import hi, lo


def lines(known: Known, plan: Plan, tests: Mapping[str, GatedTest]) -> tuple[Line, ...]:
    """The ledger: a line a cause, tier by tier. tests: id -> the tests that can do harm, for a word of caution."""
    causes = plan.library.causes
    found = {c.id: _line(c, known, plan.asks[c.id], tests) for c in causes if c.joins is None}
    for cause in causes:
        if cause.joins is not None:
            found[cause.id] = _joined(cause, [line for line in found.values() if line.tier == cause.joins])
    return tuple(found[cause.id] for cause in causes)


def _line(cause: Cause, known: Known, asks: Asks, tests: Mapping[str, GatedTest]) -> Line:
    values = known.fresh if cause.fresh else known.values
    answers = _answers(cause, known)
    unknown, dose = missing(values, asks.closing), known.exposures.get(cause.id)
    old = {name: known.seen[name].time for name in unknown if name in known.seen}
    # Of a drug, facts such as the day say nothing: only its doses, or a sign of it, count as looked at.
    looked_at = bool(inputs(values, asks.closing)) if dose is None else dose.given is not None
    tested = looked_at or answers.get("suspect") is True
    status, weak = _status(answers, bool(old), tested)
    gaps = tuple(_label(name) for name in unknown) + _gaps(known, asks)
    gaps += _open_doses(dose) if dose is not None else ()
    read = inputs(known.values, asks.items) | _windows(known, asks) | ({"doses": dose.words} if dose else {})
    suspected = answers.get("suspect") is True and status not in (PRESENT, EXCLUDED)
    return Line(
        cause.id, cause.tier, cause.label, status, suspected, weak,
        _why(cause, status, weak, answers.get("rules_out"), gaps, old, known), read,
        () if status in (PRESENT, *CLOSED) else gaps, {_label(name): time for name, time in old.items()},
        cause.tests, cause.act, _caution(cause, tests), cause.note, cause.evidence, cause.cited,
        dose.given if dose is not None else None,
    )  # fmt: skip


def _answers(cause: Cause, known: Known) -> Row:
    """condition -> whether it holds; what excludes a cause is asked of fresh results where the cause says so."""
    closing = known.held_fresh if cause.fresh else known.held
    return {
        name: (closing if name.startswith("rules_out") else known.held)[f"{cause.id} {name}"] for name in cause.nodes
    }


def _status(answers: Row, old: bool, tested: bool) -> tuple[str, bool]:
    """(status, whether only the weaker test excludes); what is found counts before what is excluded (W10)."""
    for name, status in (("rules_in", PRESENT), ("rules_out", EXCLUDED), ("treated", TREATED)):
        if answers.get(name):
            return status, False
    if answers.get("rules_out_weakly"):
        return EXCLUDED, True
    if answers.get("rules_out", None) is False:
        return NOT_EXCLUDED, False
    if old:
        return TOO_OLD, False
    return (NOT_EXCLUDED if tested else NOT_TESTED), False


def _why(
    cause: Cause,
    status: str,
    weak: bool,
    out: bool | None,
    gaps: Sequence[str],
    old: Mapping[str, datetime],
    known: Known,
) -> str:
    if status == PRESENT:
        return cause.present_when
    if status in CLOSED:
        return f"{cause.excluded_when}{'; by the weaker test' if weak else ''}"
    if status == TOO_OLD:
        words = "; ".join(f"{_label(name)}: {_too_old(time, known)}" for name, time in old.items())
        return f"{words}. Needed: {cause.excluded_when}"
    if out is False:
        return f"does not hold: {cause.excluded_when}"
    return f"not known: {'; '.join(gaps) or 'a test'}. Needed: {cause.excluded_when}"


def _too_old(time: datetime, known: Known) -> str:
    before = known.since is not None and time < known.since
    return "seen before the signs grew worse" if before else "out of date"


def _caution(cause: Cause, tests: Mapping[str, GatedTest]) -> str | None:
    gate = tests.get(cause.gate or "")
    words = [cause.caution] if cause.caution else []
    if gate is not None and gate.is_blocked:
        words.append(f"The {gate.label} must wait.")
    return " ".join(words) or None


def _joined(cause: Cause, parts: Sequence[Line]) -> Line:
    """The line that sums up a tier: present where one of it is, excluded where all of it are."""
    present = [line for line in parts if line.status == PRESENT]
    still = [line for line in parts if line.is_open]
    if present:
        status, why = PRESENT, f"found: {', '.join(line.label for line in present)}"
    elif not still:
        status, why = EXCLUDED, cause.excluded_when
    else:
        untested = all(line.status == NOT_TESTED for line in parts)
        status, why = NOT_TESTED if untested else NOT_EXCLUDED, _open_drugs(parts, still)
    return Line(
        cause.id, cause.tier, cause.label, status, any(line.suspected for line in parts), False, why,
        {line.label: line.inputs.get("doses", line.why) for line in (*present, *still) if line.status != NOT_TESTED},
        () if status in (PRESENT, EXCLUDED) else tuple(line.label for line in still), {}, cause.tests, cause.act,
        cause.caution, cause.note, cause.evidence, cause.cited,
    )  # fmt: skip


def _open_drugs(parts: Sequence[Line], still: Sequence[Line]) -> str:
    """Those of which the record holds something by name; the others as a number."""
    named = [line.label for line in still if line.status != NOT_TESTED]
    rest = len(still) - len(named)
    words = [f"open: {', '.join(named)}"] if named else []
    words += [f"{rest} of {len(parts)} not tested"] if rest else []
    return "; ".join(words)


def _label(name: str) -> str:
    return catalogue()[name].label


def _windows(known: Known, asks: Asks) -> dict[str, str]:
    """What was lowest, highest or changed over some hours, where both ends are known."""
    ends = {name: (known.values[lo(name)], known.values[hi(name)]) for name in asks.windows}
    return {known.windows[name]: f"{round(low, 1):g}" for name, (low, high) in ends.items() if low == high}


def _open_doses(dose: Exposure) -> tuple[str, ...]:
    """What is not known of doses: whether there was one, or, in a complete record, whether there was one before it."""
    if dose.given is None:
        return (f"whether {dose.name} was given",)
    return () if dose.given else (f"whether {dose.name} was given before the record",)


def _gaps(known: Known, asks: Asks) -> tuple[str, ...]:
    """Stretches of hours that values do not cover."""
    return tuple(known.windows[n] for n in asks.windows if known.values[lo(n)] != known.values[hi(n)])
