"""Which ICANS grade a finding bears on. The grade itself comes from the items of the scale, never from here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from icans.guidance.findings.condition import Condition, hold
from icans.guidance.findings.criterion import Criterion, Judged, judged, read_condition
from icans.guidance.findings.files import File


@dataclass(frozen=True)
class BearingRule:
    """A line of the file: when the finding is there, the grade it bears on (None: on none), how a record holds it."""

    criterion: Criterion
    grade: int | None
    recorded: Condition | None
    record: str


@dataclass(frozen=True)
class Bearing:
    """A finding that bears on the ICANS grade.

    finding   the criterion it meets, may meet (met is None)
    grade     the grade of ASTCT 2019 that goes with it; None: it sets no grade, or takes the signs out of ICANS
    recorded  whether the items of the scale hold it already; None: not known, or nothing to hold
    record    how to record it, in words; the grade follows only then
    """

    finding: Judged
    grade: int | None
    recorded: bool | None
    record: str

    @property
    def is_to_record(self) -> bool:
        """True where the finding is there and the items of the scale do not hold it."""
        return bool(self.finding.met) and bool(self.record) and not self.recorded


def read_bearings(file: File) -> tuple[BearingRule, ...]:
    """The section `bearings` of a file; mistakes are noted."""
    criteria = {c.id: c for c in file.criteria("bearings", ("grade", "recorded", "record"))}
    return tuple(
        _rule(criteria[entry["id"]], entry, file)
        for entry in file.reader.entries(file.raw, "bearings", "bearings")
        if entry.get("id") in criteria
    )


def _rule(criterion: Criterion, entry: dict[str, object], file: File) -> BearingRule:
    grade, record = entry.get("grade"), str(entry.get("record", ""))
    if grade is not None and grade not in (0, 1, 2, 3, 4):
        file.reader.mistakes.add("grade is a whole number from 0 to 4", entry, criterion.id)
        grade = None
    if ("recorded" in entry) != bool(record):
        file.reader.mistakes.add("'recorded' and 'record' go together", entry, criterion.id)
    held = None
    if "recorded" in entry:
        held = read_condition(entry, "recorded", file.reader, file.definitions, criterion.id)
    return BearingRule(criterion, int(str(grade)) if grade is not None else None, held, record)


def bearings(state: pl.DataFrame, rules: Sequence[BearingRule]) -> tuple[Bearing, ...]:
    """What bears or may bear on the grade, in the order of the file; what surely does not is left out."""
    conditions = {rule.criterion.id: rule.criterion.when for rule in rules}
    conditions |= {f"{r.criterion.id} recorded": r.recorded for r in rules if r.recorded is not None}
    held = hold(state, conditions)
    return tuple(
        Bearing(judged(state, r.criterion, met), r.grade, held.get(f"{r.criterion.id} recorded"), r.record)
        for r in rules
        if (met := held[r.criterion.id]) is not False
    )
