"""What the chart draws, taken from a review: stretches of one grade, points of one item, all in days.

Day 0 is the infusion; where its time is not known, days count from the first entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from icans.grading.wording import encoded_words
from icans.record.catalogue import catalogue
from icans.report.words import day, moment

if TYPE_CHECKING:
    from icans.patient_review import Review

_LAST_STEP = timedelta(hours=12)


@dataclass(frozen=True)
class Stretch:
    """An outcome at one interval of grades from start to end."""

    outcome: str
    start: datetime
    end: datetime
    min: int | None
    max: int | None


class Point(NamedTuple):
    """A value at a time, in days; high differs from low where parts of a sum are missing."""

    day: float
    low: float
    high: float
    implausible: bool
    item: str
    time: datetime
    other_cause: bool = False
    source: str = ""

    @property
    def tip(self) -> str:
        """Time, value, source and flags in words."""
        flags = (", implausible" if self.implausible else "") + (", other cause" if self.other_cause else "")
        source = f" ({self.source})" if self.source else ""
        return f"{day(self.day)}, {moment(self.time)}: {self._value()}{flags}{source}"

    def _value(self) -> str:
        if self.low != self.high:
            return f"{self.low:g} to {self.high:g}, parts missing"
        listed = catalogue().get(self.item)
        return encoded_words(listed, self.low) if listed else f"{self.low:g}"


def origin(review: Review) -> datetime | None:
    """The time that is day 0: the infusion, else the first entry of the record; None for an empty record."""
    if review.infusion is not None:
        return review.infusion
    firsts = [
        review.records.observations["time"].min(),
        review.records.therapies["start"].min(),
        review.course["time"].min(),
    ]
    return min((t for t in firsts if isinstance(t, datetime)), default=None)


def stretches(course: pl.DataFrame, outcome: str) -> list[Stretch]:
    """The course of one outcome, neighbours with the same interval joined.

    A grade holds until the next one; the last holds for the usual step, 12 hours at most.
    """
    mine = course.filter(pl.col("outcome") == outcome).sort("time")
    rows = list(mine.select("time", "min", "max").iter_rows())
    if not rows:
        return []
    times = [row[0] for row in rows]
    steps = [b - a for a, b in pairwise(times)]
    ends = [*times[1:], times[-1] + min(median(steps) if steps else _LAST_STEP, _LAST_STEP)]
    joined: list[Stretch] = []
    for (start, low, high), end in zip(rows, ends, strict=True):
        if joined and (joined[-1].min, joined[-1].max) == (low, high):
            start = joined.pop().start
        joined.append(Stretch(outcome, start, end, low, high))
    return joined


def points(review: Review, items: Iterable[str]) -> dict[str, list[Point]]:
    """The values of each item in time, up to the moment of the review; items without a value are left out."""
    zero = origin(review)
    if zero is None:
        return {}
    after = (pl.col("time") - zero).dt.total_microseconds() / 86_400e6
    rows = (
        review.records.observations.filter(pl.col("item").is_in(list(items)) & (pl.col("time") <= review.now))
        .sort("time", "item", "value")
        .select(
            after.alias("day"),
            pl.col("value").alias("low"),
            pl.col("value").alias("high"),
            pl.col("implausible").fill_null(False),
            "item",
            "time",
            pl.col("other_cause").fill_null(False),
            pl.col("source").fill_null(""),
        )
    )
    found: dict[str, list[Point]] = {}
    for row in rows.iter_rows():
        point = Point._make(row)
        found.setdefault(point.item, []).append(point)
    return found


def summed(parts: Mapping[str, Sequence[Point]], names: Sequence[str], total: str) -> list[Point]:
    """The item `total` from parts seen at the same time; what is missing then widens it to an interval.

    The parts' limits come from the catalogue. Implausible parts count as missing.
    """
    at: dict[datetime, dict[str, Point]] = {}
    for name in names:
        for point in parts.get(name, ()):
            if not point.implausible:
                at.setdefault(point.time, {})[name] = point
    totals = []
    for time, seen in sorted(at.items()):
        any_part = next(iter(seen.values()))
        low = sum(p.low for p in seen.values())
        room = sum(catalogue()[n].limits[1] or 0 for n in names if n not in seen)
        totals.append(any_part._replace(low=low, high=low + room, item=total, time=time))
    return totals


def thinned(values: Sequence[Point], width: float) -> list[Point]:
    """As many points as can be told apart when one takes `width` days, no extreme lost.

    Of each span of that width stay the lowest and the highest, of the whole also the first and the last.
    Implausible values are drawn apart, so they are thinned apart.
    """
    spans: dict[tuple[int, bool], list[int]] = {}
    for place, point in enumerate(values):
        spans.setdefault((int(point.day // width), point.implausible), []).append(place)
    kept = {0, len(values) - 1} if values else set()
    for places in spans.values():
        kept.add(min(places, key=lambda i: values[i].low))
        kept.add(max(places, key=lambda i: values[i].high))
    return [values[i] for i in sorted(kept)]
