"""How often and from when an order is to be given: the timing of a FHIR dosage, as far as it is said in numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import isfinite
from typing import Any

from icans.web.cds.reading import timestamp

_HOURS: Mapping[str, float] = {"s": 1 / 3600, "min": 1 / 60, "h": 1, "d": 24, "wk": 168, "mo": 730.5, "a": 8766}
_CODES: Mapping[str, float] = {"QD": 24, "AM": 24, "PM": 24, "BED": 24, "BID": 12, "TID": 8, "QID": 6, "QOD": 48}
_EVERY = re.compile(r"Q(\d{1,2})H")
_MOST = 1000


@dataclass(frozen=True)
class Schedule:
    """every: hours between two doses, None where nothing is said; doses: how many; start: of the first, UTC."""

    every: float | None = None
    doses: int = 1
    start: datetime | None = None


def schedule(timing: object) -> Schedule:
    """The schedule of a FHIR Timing; what is not said as a number, or cannot be, is left out."""
    if not isinstance(timing, dict):
        return Schedule()
    events = timing.get("event")
    times = sorted(t for e in (events if isinstance(events, list) else ()) if (t := timestamp(e)) is not None)
    if times:
        gaps = [(later - earlier).total_seconds() / 3600 for earlier, later in pairwise(times)]
        return Schedule(min(gaps, default=None), len(times), times[0])
    repeat = timing.get("repeat")
    repeat = repeat if isinstance(repeat, dict) else {}
    every = _every(repeat) or _coded(timing.get("code"))
    start, length = _bounds(repeat)
    return Schedule(every, _doses(repeat, every, length), start)


def joined(schedules: list[Schedule]) -> Schedule:
    """Several parts of one order as one: the shortest interval, every dose, the earliest start."""
    every = [one.every for one in schedules if one.every is not None]
    starts = [one.start for one in schedules if one.start is not None]
    return Schedule(min(every, default=None), sum(one.doses for one in schedules) or 1, min(starts, default=None))


def number(value: object) -> float | None:
    """A number above 0; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if isfinite(value) and value > 0 else None


def _every(repeat: Mapping[str, Any]) -> float | None:
    period, unit = number(repeat.get("period")), repeat.get("periodUnit")
    if period is None or not isinstance(unit, str) or unit not in _HOURS:
        return None
    times = number(repeat.get("frequencyMax")) or number(repeat.get("frequency")) or 1.0
    return period * _HOURS[unit] / times


def _coded(code: object) -> float | None:
    """The interval of a word such as BID or Q8H."""
    for word in _words(code):
        if word in _CODES:
            return _CODES[word]
        if (found := _EVERY.fullmatch(word)) and int(found[1]):
            return float(found[1])
    return None


def _words(code: object) -> Iterator[str]:
    if not isinstance(code, dict):
        return
    codings = code.get("coding")
    listed = [
        coding.get("code") for coding in (codings if isinstance(codings, list) else ()) if isinstance(coding, dict)
    ]
    for word in (*listed, code.get("text")):
        if isinstance(word, str):
            yield word.strip().upper()


def _bounds(repeat: Mapping[str, Any]) -> tuple[datetime | None, float | None]:
    """(start, hours from the first dose to the end) of a schedule that ends."""
    period, length = repeat.get("boundsPeriod"), repeat.get("boundsDuration")
    if isinstance(period, dict):
        start, end = timestamp(period.get("start")), timestamp(period.get("end"))
        return start, (end - start).total_seconds() / 3600 if start and end and end > start else None
    if isinstance(length, dict):
        unit = length.get("code") or length.get("unit")
        value = number(length.get("value"))
        return None, value * _HOURS[unit] if value is not None and isinstance(unit, str) and unit in _HOURS else None
    return None, None


def _doses(repeat: Mapping[str, Any], every: float | None, length: float | None) -> int:
    count = number(repeat.get("countMax")) or number(repeat.get("count"))
    if count is None and every is not None and length is not None:
        count = length / every
    return 1 if count is None else max(1, min(_MOST, round(count)))
