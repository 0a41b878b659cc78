"""The course as a few lines of text: one line an outcome, one block of colour and digits every 12 hours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rich.text import Text

from icans.report.palette import GRADES
from icans.report.series import Stretch, origin, stretches
from icans.report.words import day_of, in_order, outcome_name, says_nothing, short_interval

if TYPE_CHECKING:
    from icans.patient_review import Review

_NAME = 7
_CELL = 4
_STEPS = (0.5, 1.0, 2.0, 7.0, 14.0, 28.0, 91.0, 365.0)


def strip(review: Review, width: int) -> list[Text]:
    """Lines for a terminal of `width` columns, the days above; long courses continue below.

    A block shows the worst of its hours: `2`, `2–3` where uncertain, `?` where nothing is known, `·` where
    there is no grade at all. Its span is 12 hours, or more where that would take over four lines.
    """
    zero = origin(review)
    courses = [stretches(review.course, o) for o in in_order(review.course["outcome"].unique().to_list())]
    courses = [course for course in courses if course]
    if zero is None or not courses:
        return []
    first = math.floor(min(day_of(c[0].start, zero) for c in courses))
    last = max(day_of(c[-1].end, zero) for c in courses)
    across = max((width - _NAME) // _CELL, 2)
    step = next((s for s in _STEPS if (last - first) / s <= 4 * across), _STEPS[-1])
    count = max(math.ceil((last - first) / step - 1e-9), 1)
    lines = []
    for start in range(0, count, across):
        starts = [first + step * i for i in range(start, min(start + across, count))]
        lines += [_days(starts), *(_line(course, starts, step, zero) for course in courses)]
    return lines


def _days(starts: Sequence[float]) -> Text:
    """The days over the blocks in which they begin."""
    words = "day".ljust(_NAME) + "".join(f"{f'{d:g}' if d == int(d) else '':<{_CELL}}" for d in starts)
    return Text(words.rstrip(), "dim")


def _line(course: Sequence[Stretch], starts: Sequence[float], step: float, zero: datetime) -> Text:
    line = Text(outcome_name(course[0].outcome)[: _NAME - 1].ljust(_NAME))
    for start in starts:
        within = [s for s in course if day_of(s.start, zero) < start + step and day_of(s.end, zero) > start]
        line.append_text(_cell(within))
    return line


def _cell(within: Sequence[Stretch]) -> Text:
    """The worst of some stretches: the highest lower and the highest upper bound."""
    if not within:
        return Text("·".ljust(_CELL), "dim")
    known = [s for s in within if not says_nothing(s.min, s.max)]
    low, high = max((s.min or 0 for s in known), default=None), max((s.max or 0 for s in known), default=None)
    words = short_interval(low, high).center(_CELL - 1)
    return Text.assemble((words, _style(low, high)), " ")


def _style(low: int | None, high: int | None) -> str:
    if low is None or high is None or says_nothing(low, high) or high == 0:
        return "dim"
    ink = "#ffffff" if high >= 3 else "#000000"
    return f"{ink} on {GRADES[high]}"
