"""Patients for tests of the work-up: what was seen and given so many hours before now, day 10 after the cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from icans.guidance.situation import Situation
from icans.guidance.situation_of import situation_of
from icans.guidance.workup.ledger import Line, Workup
from icans.guidance.workup.workup import workup
from made import at, record

NOW = 240.0
"""Hours after the infusion at which every patient is looked at."""


def patient(
    seen: Mapping[str, Any], given: Iterable[Mapping[str, Any]] = (), now: float = NOW, **facts: object
) -> Situation:
    """The situation of one patient.

    seen   item -> value seen now; or a list of [hours ago, value]; one temperature is always seen
    given  drugs: {drug, ago (hours since it began), until (hours ago it ended; left out: a single dose)}
    facts  columns of the patients, such as product; an adult unless told otherwise
    """
    rows: list[tuple[float, str, object]] = [(now, "temperature", 36.8)]
    for item, value in seen.items():
        for ago, each in value if isinstance(value, list) and value and isinstance(value[0], list) else [[0, value]]:
            word = ("yes" if each else "no") if isinstance(each, bool) else each
            rows.append((now - ago, item, ";".join(each) if isinstance(each, list) else word))
    doses = [
        {"drug": d["drug"], "start": now - d["ago"]} | ({"end": now - d["until"]} if "until" in d else {})
        for d in given
    ]
    return situation_of(record(*rows, given=doses, **{"age": 58, **facts}), at=at(now))


def worked_up(seen: Mapping[str, Any], given: Iterable[Mapping[str, Any]] = (), **more: Any) -> Workup:
    """The work-up of such a patient."""
    return workup(patient(seen, given, **more))


def line_of(found: Workup, cause: str) -> Line:
    """The line of one cause."""
    return next(line for line in found.lines if line.id == cause)
