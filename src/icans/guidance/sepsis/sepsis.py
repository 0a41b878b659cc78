"""CRS or sepsis in one patient: the table of evidence held against the record.

Each line tells where it points only where no gap of the record could turn it; a probability is given only where a
result with a published likelihood ratio is known. No line changes a grade or the standing rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from icans.guidance.recorded import KNOWN, TOO_OLD, recorded
from icans.guidance.sepsis.answer import CRS, INFECTION, NEITHER, UNKNOWN, UNUSABLE, Line, Posterior, Sepsis, Standing
from icans.guidance.sepsis.derived import with_findings
from icans.guidance.sepsis.ratio import percent, updated
from icans.guidance.sepsis.table import LineEntry, Reading, StandingEntry, Table, table
from icans.guidance.situation import Seen, Situation
from icans.guidance.truth import inputs, missing, truths
from icans.guidance.vocabulary import label_of
from icans.rules.expression import Node

_WAYS = {INFECTION: "point to infection", CRS: "point to CRS", NEITHER: "point neither way", UNUSABLE: "be of no use"}
"""A direction after the words 'it could'."""


def sepsis(situation: Situation, *, conventions: Mapping[str, bool] | None = None) -> Sepsis:
    """The evidence for CRS and for infection now: see `answer.Sepsis`. conventions: switches to change."""
    known = table(conventions)
    full = with_findings(situation, known.derive)
    held = truths(full.state, dict(_conditions(known)), known.definitions)
    seen = full.seen()
    lines = tuple(_line(entry, full, seen, held, known) for entry in known.lines)
    posterior = _posterior(known, lines)
    return Sepsis(
        situation.patient, situation.now, tuple(_standing(s, full, held, known) for s in _in_place(known, held)), lines,
        known.rates, posterior, None if posterior else _no_posterior(known), known.cautions, known.unsure,
    )  # fmt: skip


def _conditions(known: Table) -> Iterator[tuple[str, Node]]:
    for rule in known.standing:
        if rule.when is not None:
            yield rule.id, rule.when
    for line in known.lines:
        for place, reading in enumerate(line.readings):
            if reading.when is not None:
                yield f"{line.id}/{place}", reading.when


def _in_place(known: Table, held: Mapping[str, bool | None]) -> Iterator[StandingEntry]:
    """The standing rules, each or the one that takes its place: what holds before what may hold, its own first."""
    for rule in known.standing:
        if rule.in_place_of is None:
            same = [rule, *(other for other in known.standing if other.in_place_of == rule.id)]
            yield min(same, key=lambda entry: (True, None, False).index(held.get(entry.id, True)))


def _standing(entry: StandingEntry, situation: Situation, held: Mapping[str, bool | None], known: Table) -> Standing:
    nodes = list(known.expanded(entry.when)) if entry.when is not None else []
    holds = held.get(entry.id, True)
    gaps = missing(situation.state, nodes) if holds is None else ()
    return Standing(
        entry.id, entry.says, entry.strength, entry.actions, holds, inputs(situation.state, nodes), gaps, entry.cited
    )


def _line(
    entry: LineEntry, situation: Situation, seen: Mapping[str, Seen], held: Mapping[str, bool | None], known: Table
) -> Line:
    said = tuple(recorded(item, situation, seen) for item in entry.asks)
    left = _possible(entry, held)
    settled = len({reading.points for reading, _ in left}) == 1 and any(r.status == KNOWN for r in said)
    last = left[-1][0]
    if settled:
        return Line(
            entry.id, entry.finding, said, KNOWN, last.points, last.says, (), entry.studies, _ratio(entry, left),
            entry.note, entry.cited,
        )  # fmt: skip
    nodes = [n for r, sure in left if not sure and r.when is not None for n in known.expanded(r.when)]
    gaps = tuple(item for item in missing(situation.state, nodes) if item in entry.asks)
    old = any(r.status == TOO_OLD for r in said if r.item in gaps or not gaps)
    return Line(
        entry.id, entry.finding, said, TOO_OLD if old else UNKNOWN, UNKNOWN, _open(left, gaps), gaps, entry.studies,
        None, entry.note, entry.cited,
    )  # fmt: skip


def _possible(entry: LineEntry, held: Mapping[str, bool | None]) -> list[tuple[Reading, bool]]:
    """The readings that the gaps leave open, each with whether it surely holds; the last one does."""
    found: list[tuple[Reading, bool]] = []
    for place, reading in enumerate(entry.readings):
        holds = True if reading.when is None else held[f"{entry.id}/{place}"]
        if holds is not False:
            found.append((reading, holds is True))
        if holds:
            break
    return found


def _ratio(entry: LineEntry, left: list[tuple[Reading, bool]]) -> float | None:
    """The likelihood ratio of the patient's result; None where no single result is sure."""
    if len(left) > 1 or left[0][0].result is None or entry.used is None or entry.used.ratios is None:
        return None
    found = entry.used.ratios
    return found.positive if left[0][0].result == "positive" else found.negative


def _open(left: list[tuple[Reading, bool]], gaps: tuple[str, ...]) -> str:
    """What is said of a line that the record does not settle."""
    if not gaps:
        return "Nothing of it in the record, or too old."
    points = {reading.points for reading, _ in left}
    ways = " or ".join(words for direction, words in _WAYS.items() if direction in points)
    return f"Not settled: it could {ways}. Needed: {'; '.join(label_of(item) for item in gaps)}."


def _posterior(known: Table, lines: Iterable[Line]) -> Posterior | None:
    entry = known.posterior
    line = next(x for x in lines if x.id == entry.line)
    rate = next(r for r in known.rates if r.id == entry.rate)
    if line.ratio is None:
        return None
    prior = rate.share
    value = updated(prior.value, line.ratio)
    low, high = (updated(end, line.ratio) for end in (prior.low or 0.0, prior.high or 0.0))
    words = (
        f"1 / (1 + (1 − p) / p / LR) with p = {prior.value:.3f} and LR = {line.ratio:.3g}: "
        f"1 / (1 + {(1 - prior.value) / prior.value:.2f} / {line.ratio:.3g}) = {percent(value)}"
    )
    return Posterior(rate.of, prior, line.ratio, value, low, high, words, entry.limits, entry.cited)


def _no_posterior(known: Table) -> str:
    finding = next(x.finding for x in known.lines if x.id == known.posterior.line)
    return (
        f"No probability is given: the only finding with a published likelihood ratio is not known ({finding}). "
        "The other lines have none, so a number made of them would be invented."
    )
