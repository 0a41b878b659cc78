"""Published criteria as data, judged with three values: met, not met, or cannot be judged and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from icans.guidance.cited import Cited, read_cited
from icans.guidance.findings.condition import Condition, condition_of, hold
from icans.guidance.situation import Situation
from icans.rules.definition import Definition
from icans.rules.document import Reader
from icans.rules.expression import Constant

VERDICTS: Mapping[bool | None, str] = {True: "met", False: "not met", None: "cannot be judged"}
KEYS = ("id", "label", "when", "says", "source", "mark", "convention", "note")


@dataclass(frozen=True)
class Criterion:
    """One line of a file of criteria: when it is met, and in words what it then means."""

    id: str
    label: str
    when: Condition
    says: str
    cited: Cited
    note: str = ""


@dataclass(frozen=True)
class Judged:
    """A criterion over one patient.

    met      True, False, or None where what is unknown decides
    inputs   label -> value in words of what is known of it
    missing  labels of what is not known; empty unless it cannot be judged
    """

    id: str
    label: str
    met: bool | None
    says: str
    inputs: Mapping[str, str]
    missing: tuple[str, ...]
    cited: Cited
    note: str = ""

    @property
    def verdict(self) -> str:
        """'met', 'not met' or 'cannot be judged'."""
        return VERDICTS[self.met]


def state_of(what: Situation | pl.DataFrame) -> pl.DataFrame:
    """The one-row state of a situation; a state stays itself."""
    return what.state if isinstance(what, Situation) else what


def read_condition(
    entry: dict[str, Any], key: str, reader: Reader, definitions: Sequence[Definition], name: str
) -> Condition | None:
    """The condition under a key, one that always holds where the key is not there; None, and the mistake noted."""
    node = reader.truth(entry[key], entry, name) if key in entry else Constant(True)
    return None if node is None else condition_of(node, str(entry.get(key, "")), definitions)


def read_criterion(
    entry: dict[str, Any],
    reader: Reader,
    definitions: Sequence[Definition],
    more: Sequence[str] = (),
    *,
    always: bool = False,
) -> Criterion | None:
    """A criterion out of its YAML; None, and the mistakes noted.

    definitions  those of the file; more: keys beyond `KEYS` that the entry may have
    always       whether an entry without 'when' always holds; by default a missing 'when' is a mistake
    """
    name = str(entry.get("id", "a criterion without an id"))
    reader.only(entry, (*KEYS, *more), name)
    for key in ("id", "label", "says", *(() if always else ("when",))):
        if key not in entry:
            reader.mistakes.add(f"has no '{key}'", entry, name)
    cited = read_cited(entry, reader, name)
    when = read_condition(entry, "when", reader, definitions, name)
    if when is None:
        return None
    label, says = str(entry.get("label", name)), str(entry.get("says", "")).strip()
    return Criterion(name, label, when, says, cited, str(entry.get("note", "")).strip())


def judge(state: pl.DataFrame, criteria: Sequence[Criterion]) -> tuple[Judged, ...]:
    """Every criterion over a state of one row, in order; all in one pass."""
    met = hold(state, {c.id: c.when for c in criteria})
    return tuple(judged(state, c, met[c.id]) for c in criteria)


def judged(state: pl.DataFrame, criterion: Criterion, met: bool | None) -> Judged:
    """A criterion with its verdict, what it was judged by, and what is missing where it cannot be judged."""
    gaps = criterion.when.missing(state) if met is None else ()
    return Judged(
        criterion.id, criterion.label, met, criterion.says, criterion.when.inputs(state), gaps, criterion.cited,
        criterion.note,
    )  # fmt: skip
