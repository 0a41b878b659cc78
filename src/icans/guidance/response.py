"""What came of a treatment: the grades of one outcome since it began."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl
import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HOUR = 3600


@cache
def settings() -> Mapping[str, Any]:
    """The times and regimens of `history.yaml`: readings of this platform."""
    return yaml.load(files("icans.guidance").joinpath("history.yaml").read_text("utf-8"), _Loader)


def hours(start: datetime, end: datetime) -> float:
    """Hours from one time to another."""
    return (end - start).total_seconds() / _HOUR


@dataclass(frozen=True)
class Grades:
    """The interval of one outcome over time, the newest last."""

    times: tuple[datetime, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]

    def at(self, time: datetime) -> tuple[int, int] | None:
        """The interval in force at a time; None before the first."""
        place = sum(t <= time for t in self.times) - 1
        return (self.low[place], self.high[place]) if place >= 0 else None

    def rows(self) -> Iterator[tuple[datetime, int, int]]:
        """(time, low, high), the newest last."""
        return zip(self.times, self.low, self.high, strict=True)

    def worst(self, start: datetime, end: datetime) -> tuple[int, int] | None:
        """The worst interval in force at any time from `start` to `end`; None before the first."""
        found = [own for own in (self.at(start), self.at(end)) if own is not None]
        found += [(low, high) for time, low, high in self.rows() if start <= time <= end]
        return (max(low for low, _ in found), max(high for _, high in found)) if found else None

    def last_clear(self, now: datetime) -> datetime | None:
        """The last time up to `now` at which the grade was surely 0; None where it is still so, or never was."""
        clear = [time for time, _, high in self.rows() if time <= now and high == 0]
        last = self.at(now)
        return None if not clear or last is None or last[0] == 0 else clear[-1]


def grades_of(course: pl.DataFrame, outcome: str) -> Grades:
    """One outcome of a course (`grading.course.COURSE`) of one patient."""
    own = course.filter(pl.col("outcome") == outcome).drop_nulls(["min", "max"]).sort("time")
    return Grades(tuple(own["time"]), tuple(own["min"]), tuple(own["max"]))


def response(own: Grades, since: datetime, now: datetime, judged_after: float) -> str | None:
    """What came of a treatment begun at `since`, in one outcome.

    'improved'        the grade is surely below where it began
    'relapsed'        it was surely at 0 since and is not any more
    'no_improvement'  it is surely not below where it began, and `judged_after` hours have passed or it was higher since
    None              nothing of that is sure, or there was nothing to answer

    Where it began is the worst grade from shortly before to shortly after, because the chart lags (`history.yaml`).
    """
    begun = own.worst(since - _span("before_hours"), since + _span("after_hours"))
    end = own.at(now)
    if begun is None or end is None or begun[1] == 0:
        return None
    later = [(low, high) for time, low, high in own.rows() if since + _span("after_hours") < time <= now]
    if end[0] > 0 and any(high == 0 for _, high in later):
        return "relapsed"
    if end[1] < begun[0]:
        return "improved"
    rose = any(low > begun[1] for low, _ in later)
    waited = hours(since, now) >= judged_after
    return "no_improvement" if end[0] >= begun[1] and (rose or waited) else None


def _span(name: str) -> timedelta:
    return timedelta(hours=settings()[name])
