"""The days of a monitoring plan over the page: the first month wide, the rest of the year narrow beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from icans.report.axes import LABEL_SIZE
from icans.report.palette import INK, RULE, SOFT
from icans.report.svg import group, line, number, text

FIRST, MONTH, YEAR = -5.0, 30.0, 365.0
TICKS = (-5, 0, 3, 7, 10, 14, 21, 30, 180, 365)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_GAP = 10.0


@dataclass(frozen=True)
class PlanAxis:
    """From a day to its place: FIRST to MONTH over left to `middle`, MONTH to YEAR from a gap later to right."""

    left: float
    middle: float
    right: float

    def at(self, day: float) -> float:
        """The place of a day, held inside the axis."""
        inside = min(max(day, FIRST), YEAR)
        if inside <= MONTH:
            return self.left + (inside - FIRST) / (MONTH - FIRST) * (self.middle - self.left)
        return self._year + (inside - MONTH) / (YEAR - MONTH) * (self.right - self._year)

    @property
    def _year(self) -> float:
        return self.middle + _GAP

    def pieces(self, first: float, last: float) -> list[tuple[float, float]]:
        """The stretches of the page a bar covers: one, or two with the gap between them."""
        if first >= MONTH:
            return [(self._year if first == MONTH else self.at(first), self.at(last))]
        if last <= MONTH:
            return [(self.at(first), self.at(last))]
        return [(self.at(first), self.middle), (self._year, self.at(last))]


def short_date(time: datetime) -> str:
    """'2 Mar'."""
    return f"{time.day} {_MONTHS[time.month - 1]}"


def long_date(time: datetime) -> str:
    """'2 Mar 2026'."""
    return f"{short_date(time)} {time.year}"


def plan_ticks(axis: PlanAxis, infusion: datetime, top: float, bottom: float) -> str:
    """The axis under the lanes: days from the infusion, and the dates they fall on."""
    rules = [line(axis.at(d), top, axis.at(d), bottom) for d in TICKS]
    strokes = [line(axis.left, bottom, axis.middle, bottom), line(axis.middle + _GAP, bottom, axis.right, bottom)]
    strokes += [line(axis.at(d), bottom, axis.at(d), bottom + 4) for d in TICKS]
    # A slanting stroke at each side of the gap: the axis is broken here.
    strokes += [line(x - 2, bottom + 4, x + 2, bottom - 4) for x in (axis.middle + 2, axis.middle + _GAP - 2)]
    days = [text(axis.at(d), bottom + 14, str(d).replace("-", "−"), text_anchor=_anchor(d)) for d in TICKS]
    dates = [
        text(axis.at(d), bottom + 25, short_date(infusion + timedelta(days=d)), text_anchor=_anchor(d)) for d in TICKS
    ]
    names = [text(2, bottom + 14, "day after the infusion"), text(2, bottom + 25, "date (UTC)")]
    zero = line(axis.at(0), top - 4, axis.at(0), bottom, stroke=INK, stroke_width="0.9", class_="c-line")
    size = {"font_size": number(LABEL_SIZE - 0.5)}
    return (
        group(rules, class_="c-rule", stroke=RULE, stroke_width="0.4")
        + group(strokes, class_="c-line", stroke=INK, stroke_width="0.9")
        + group(days, class_="c-ink", fill=INK, **size)
        + group(dates, class_="c-soft", fill=SOFT, **size)
        + group(names, class_="c-soft", fill=SOFT, font_size=number(LABEL_SIZE - 0.5))
        + zero
    )


def _anchor(day: float) -> str:
    return "end" if day == YEAR else "middle"
