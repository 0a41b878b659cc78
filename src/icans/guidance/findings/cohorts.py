"""What published cohorts found, to stand beside a reading. No figure decides anything."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from icans.guidance.cited import Cited, read_cited
from icans.guidance.findings.condition import Condition, hold
from icans.guidance.findings.criterion import read_condition
from icans.guidance.findings.files import File, opened

TESTS = ("eeg", "mri", "prophylaxis")
_KEYS = ("id", "test", "people", "when", "says", "source", "mark")


@dataclass(frozen=True)
class Figure:
    """One result of one cohort: who was studied, what was found.

    test  the reading it belongs to: eeg, mri or prophylaxis
    when  for which reading it is shown; always true where the file has no condition
    """

    id: str
    test: str
    people: str
    when: Condition
    says: str
    cited: Cited


@dataclass(frozen=True)
class Cohorts:
    """Every figure, and what was left out."""

    figures: tuple[Figure, ...]
    unsure: tuple[str, ...]


@cache
def cohorts() -> Cohorts:
    """The figures of `cohorts.yaml`. Raises RuleError listing all mistakes of the file."""
    return read_cohorts(opened("cohorts.yaml"))


def read_cohorts(file: File) -> Cohorts:
    """The figures of an opened file. Raises RuleError listing all its mistakes."""
    file.only(("figures",))
    found = [_figure(entry, file) for entry in file.reader.entries(file.raw, "figures", "figures")]
    file.check()
    return Cohorts(tuple(f for f in found if f), file.unsure)


def _figure(entry: dict[str, Any], file: File) -> Figure | None:
    name = str(entry.get("id", "a figure without an id"))
    file.reader.only(entry, _KEYS, name)
    file.once(name, entry)
    if not {"id", "people", "says"} <= entry.keys() or entry.get("test") not in TESTS:
        file.reader.mistakes.add(f"needs id, people, says, and test: one of {', '.join(TESTS)}", entry, name)
    cited = read_cited(entry, file.reader, name)
    when = read_condition(entry, "when", file.reader, file.definitions, name)
    if when is None:
        return None
    people, says = str(entry.get("people", "")), str(entry.get("says", "")).strip()
    return Figure(name, str(entry.get("test")), people, when, says, cited)


def figures(state: pl.DataFrame, test: str) -> tuple[Figure, ...]:
    """The figures that belong beside a reading: those whose condition surely holds, then those without a condition."""
    of_test = [f for f in cohorts().figures if f.test == test]
    shown = hold(state, {f.id: f.when for f in of_test})
    return tuple(sorted((f for f in of_test if shown[f.id]), key=lambda f: not f.when.text))
