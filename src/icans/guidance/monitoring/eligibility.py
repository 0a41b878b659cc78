"""Lists in which every line has to hold: care at home after the infusion, and discharge. `eligibility.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import polars as pl

from icans.errors import DataError
from icans.guidance.cited import Cited, read_cited
from icans.guidance.monitoring.answer import Criterion, Eligibility
from icans.guidance.monitoring.timing import EVERY_PRODUCT, Fit, opened, text_of
from icans.guidance.situation import Situation
from icans.guidance.truth import inputs, missing, truths
from icans.guidance.vocabulary import label_of
from icans.rules.document import Reader
from icans.rules.expression import Node

_KEYS = ("id", "label", "when", "fever_free", "costimulation", "source", "mark")


@dataclass(frozen=True)
class Line:
    """One line of a list: a condition, hours without fever, a kind of product, or nothing: somebody has to be asked."""

    id: str
    label: str
    when: Node | None
    fever_free: float | None
    fit: Fit
    cited: Cited


@dataclass(frozen=True)
class Lists:
    """The file: the temperature that counts as fever, in °C, and name of a list -> its label and lines."""

    fever: float
    lists: dict[str, tuple[str, tuple[Line, ...]]]


def read_eligibility(text: str, file: str) -> Lists:
    """The lists of a file like `eligibility.yaml`. Raises RuleError listing all its mistakes."""
    raw, reader = opened(text, file)
    reader.only(raw, ("sources", "fever", "lists"), file)
    if not isinstance(raw.get("fever"), int | float):
        reader.mistakes.add("'fever' is needed: a temperature in °C", raw, file)
    found = {}
    for entry in reader.entries(raw, "lists", file):
        name = str(entry.get("list", "a list without a name"))
        reader.only(entry, ("list", "label", "criteria"), name)
        lines = tuple(_read_line(line, reader) for line in reader.entries(entry, "criteria", name))
        found[name] = (str(entry.get("label", name)), lines)
    reader.mistakes.check()
    return Lists(float(raw["fever"]), found)


def _read_line(entry: dict[str, Any], reader: Reader) -> Line:
    name = str(entry.get("id", "a line without an id"))
    reader.only(entry, _KEYS, name)
    if sum(key in entry for key in ("when", "fever_free", "costimulation")) > 1 or "label" not in entry:
        reader.mistakes.add("a line needs a label, and at most one of: when, fever_free, costimulation", entry, name)
    when = reader.truth(entry["when"], entry, name) if "when" in entry else None
    fit = Fit(costimulation=str(entry["costimulation"])) if "costimulation" in entry else EVERY_PRODUCT
    hours = float(entry["fever_free"]) if "fever_free" in entry else None
    return Line(name, str(entry.get("label")), when, hours, fit, read_cited(entry, reader, name))


@cache
def lists() -> Lists:
    """The lists of `eligibility.yaml`."""
    return read_eligibility(text_of("eligibility.yaml"), "eligibility.yaml")


def eligibility(situation: Situation, name: str) -> Eligibility:
    """Whether every line of a list, 'outpatient' or 'discharge', holds now. Raises DataError for another name.

    Lines the record cannot show stay open, so that the answer is at best None: somebody has to ask.
    """
    if name not in lists().lists:
        raise DataError(f"there is no list '{name}'. Known are: {', '.join(lists().lists)}")
    label, lines = lists().lists[name]
    criteria = tuple(_criteria(lines, situation))
    answers = {c.holds for c in criteria}
    holds = False if False in answers else None if None in answers else True
    return Eligibility(name, label, holds, criteria)


def _criteria(lines: tuple[Line, ...], situation: Situation) -> Iterator[Criterion]:
    nodes = {line.id: line.when for line in lines if line.when is not None}
    found = truths(situation.state, nodes) if nodes else {}
    for line in lines:
        if line.when is not None:
            holds, why = found[line.id], _inputs(situation, line.when)
        elif line.fever_free is not None:
            holds, why = _fever_free(situation, line.fever_free, lists().fever)
        elif line.fit != EVERY_PRODUCT:
            holds = line.fit.holds(situation.product)
            why = situation.product or "the product is not known"
        else:
            holds, why = None, "to be asked: a record cannot show it"
        yield Criterion(line.id, line.label, holds, why, line.cited)


def _inputs(situation: Situation, node: Node) -> str:
    known = [f"{label} {words}" for label, words in inputs(situation.state, [node]).items()]
    gaps = [f"{label_of(item)} not recorded" for item in missing(situation.state, [node])]
    return ", ".join(known + gaps) or "not known"


def _fever_free(situation: Situation, hours: float, fever: float) -> tuple[bool | None, str]:
    """Whether no fever was measured over so many hours; unknown where the first half of them holds no temperature."""
    begin = situation.now - timedelta(hours=hours)
    wanted = (pl.col("item") == "temperature") & pl.col("time").is_between(begin, situation.now)
    seen = situation.records.observations.filter(wanted, ~pl.col("implausible").fill_null(False))
    if seen.filter(pl.col("value") >= fever).height:
        return False, f"{fever:g} °C or more within {hours:g} h"
    if seen.is_empty():
        return None, f"no temperature recorded within {hours:g} h"
    half = begin + timedelta(hours=hours / 2)
    if seen.filter(pl.col("time") <= half).is_empty():
        return None, f"no temperature recorded in the first half of {hours:g} h"
    return True, f"all temperatures of {hours:g} h below {fever:g} °C"
