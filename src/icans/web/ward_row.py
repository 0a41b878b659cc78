"""One row of the ward: what a team must see of a patient from across the room, and how much it needs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from icans.patient_review import Review
from icans.record.catalogue import catalogue
from icans.record.totals import parts_of
from icans.report.chart import ICE_PARTS
from icans.report.series import Point, points, summed
from icans.report.words import says_nothing
from icans.web.advised import possible

RISING, FALLING, SAME = "rising", "falling", "same"
UNKNOWN_COUNTS_AS = 2
"""What a grade of which nothing is known counts as where the ward is sorted. Our choice."""


@dataclass(frozen=True)
class Grade:
    """A grade as an interval; trend: rising, falling, same, or None where one of the two is unknown."""

    low: int | None
    high: int | None
    trend: str | None
    since: datetime | None

    @property
    def known(self) -> bool:
        """Whether anything is known of it."""
        return not says_nothing(self.low, self.high)


@dataclass(frozen=True)
class Test:
    """The last ICE or CAPD: its total, from `low` to `high` where parts were not asked."""

    name: str
    low: float
    high: float
    time: datetime


@dataclass(frozen=True)
class DueCheck:
    """A check: when it was or is due (None: at once)."""

    label: str
    due: datetime | None
    certain: bool


@dataclass(frozen=True)
class WardRow:
    """A patient on the ward, at a moment.

    possible  how many MUST actions depend on what is unknown
    problem   why nothing could be worked out, '' where it could
    """

    day: float | None
    product: str
    label: str
    age: float | None
    crs: Grade
    icans: Grade
    test: Test | None
    overdue: tuple[DueCheck, ...]
    next: DueCheck | None
    last_seen: datetime | None
    possible: int = 0
    ended: bool = False
    problem: str = ""


def ward_row(review: Review, hours: float) -> WardRow:
    """The row of a review; trends look back over `hours`."""
    due = review.guidance.due if review.guidance else None
    coming = [*(due.now if due else ()), *(due.next if due else ())]
    checks = tuple(DueCheck(c.short or c.label, c.due, c.certain) for c in (due.overdue if due else ()))
    crs, icans = _grade(review, "crs", hours), _grade(review, "icans", hours)
    first = next((c for c in coming if not c.optional), None)
    # There is no guidance before the infusion, and after a death of any cause.
    over = review.guidance is None and (review.day is None or review.day >= 0)
    open_ = possible(review.guidance.advice if review.guidance else None)
    seen = review.records.observations.filter(pl.col("time") <= review.now)["time"].max()
    return WardRow(
        review.day, review.product or "", review.label or "", review.age, crs, icans, _test(review), checks,
        DueCheck(first.short or first.label, first.due, first.certain) if first else None,
        seen if isinstance(seen, datetime) else None, open_, over,
    )  # fmt: skip


def _grade(review: Review, outcome: str, hours: float) -> Grade:
    answer = review.current.get(outcome)
    if answer is None:
        return Grade(None, None, None, None)
    then = review.now - timedelta(hours=hours)
    # A grade of long before the moment to compare with says nothing of that moment.
    near = (pl.col("time") <= then) & (pl.col("time") > then - timedelta(hours=hours))
    earlier = review.course.filter((pl.col("outcome") == outcome) & near).sort("time")
    before = earlier.row(-1, named=True) if earlier.height else None
    trend = _trend((before["min"], before["max"]), (answer.min, answer.max)) if before else None
    return Grade(answer.min, answer.max, trend, review.since.get(outcome))


def _trend(before: tuple[int | None, int | None], now: tuple[int | None, int | None]) -> str | None:
    """Which way a grade surely moved. An interval that only became wider or narrower is knowledge, not a movement."""
    (first, last), (low, high) = before, now
    if first is None or last is None or low is None or high is None or says_nothing(*before) or says_nothing(*now):
        return None
    if low > last:
        return RISING
    if high < first:
        return FALLING
    return SAME if first == last == low == high else None


def _test(review: Review) -> Test | None:
    asked = parts_of("capd_total")
    found = points(review, (*ICE_PARTS, "ice_total", "capd_total", *asked))
    totals = [("ICE", p) for p in (*found.get("ice_total", ()), *summed(found, ICE_PARTS, "ice_total"))]
    totals += [("CAPD", p) for p in (*found.get("capd_total", ()), *_capd(found, asked))]
    if not totals:
        return None
    name, last = max(totals, key=lambda pair: pair[1].time)
    return Test(name, last.low, last.high, last.time)


def _capd(found: Mapping[str, Sequence[Point]], asked: Sequence[str]) -> list[Point]:
    """CAPD totals from its questions, each an answer from never to always: the worse end has the most points."""
    scored = {}
    for name in asked:
        item = catalogue()[name]
        most = len(item.values) - 1
        as_points = [(p, most - p.low if item.worse == "low" else p.low) for p in found.get(name, ())]
        scored[name] = [p._replace(low=value, high=value) for p, value in as_points]
    times = {p.time for values in scored.values() for p in values}
    most = sum(len(catalogue()[name].values) - 1 for name in asked)
    totals = []
    for time in sorted(times):
        there = [p for values in scored.values() for p in values if p.time == time]
        low = sum(p.low for p in there)
        room = most - sum(len(catalogue()[p.item].values) - 1 for p in there)
        totals.append(there[0]._replace(low=low, high=low + room, item="capd_total"))
    return totals


def need(row: WardRow, waiting: int, now: datetime) -> tuple[float, ...]:
    """How the ward is sorted, the greatest need first: a record that could not be worked out, then the highest grade
    that is possible (an unknown one counts as 2: somebody must look), what is sure of it, how many MUST actions wait,
    how long a check is overdue. Who died comes last. Our choice.
    """
    ranks = [(g.low or 0, g.high or 0) if g.known else (0, UNKNOWN_COUNTS_AS) for g in (row.crs, row.icans)]
    graded = row.crs.low is not None or row.icans.low is not None
    low, high = max(r[0] for r in ranks), max(r[1] for r in ranks)
    late = max((_hours(c, now) for c in row.overdue), default=0.0)
    return (float(row.ended), -float(row.problem != ""), -high if graded else 0, -low, -waiting, -late)


def _hours(check: DueCheck, now: datetime) -> float:
    return (now - check.due) / timedelta(hours=1) if check.due else 0.0
