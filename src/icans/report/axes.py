"""From values to places on the page: the time axis, upright axes, and where their ticks stand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from icans.report.palette import INK, RULE, SOFT
from icans.report.svg import group, line, number, text

LABEL_SIZE = 9.5
DAY_STEPS = (1, 2, 5, 7, 14, 28, 56, 91, 182, 365)
_WIDE_RANGE = 50.0


@dataclass(frozen=True)
class DayAxis:
    """The time axis all panels share: days from the infusion, first to last, over left to right."""

    first: float
    last: float
    left: float
    right: float

    def at(self, day: float) -> float:
        """The place of a day, held inside the axis."""
        inside = min(max(day, self.first), self.last)
        return self.left + (inside - self.first) / (self.last - self.first) * (self.right - self.left)

    def holds(self, day: float) -> bool:
        """Whether a day lies on the axis."""
        return self.first <= day <= self.last

    def ticks(self) -> list[int]:
        """Whole days, as many as can be read."""
        room = (self.right - self.left) / 26
        step = next((s for s in DAY_STEPS if (self.last - self.first) / s <= room), None)
        if step is None:
            step = 365 * math.ceil((self.last - self.first) / 365 / room)
        return [day for day in range(math.ceil(self.first), math.floor(self.last) + 1) if day % step == 0]


@dataclass(frozen=True)
class Upright:
    """A vertical axis: low at the bottom, high at the top, or the other way round where reversed."""

    low: float
    high: float
    top: float
    bottom: float
    log: bool = False
    reversed: bool = False

    def at(self, value: float) -> float:
        """The place of a value, held inside the axis."""
        share = self._share(min(max(value, self.low), self.high))
        return self.top + (share if self.reversed else 1 - share) * (self.bottom - self.top)

    def holds(self, value: float) -> bool:
        """Whether a value lies on the axis."""
        return self.low <= value <= self.high

    def _share(self, value: float) -> float:
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def ticks(self, count: int = 3) -> list[float]:
        """Round values on the axis: about `count` of them, or the powers of ten on a log axis."""
        if self.log:
            return powers(self.low, self.high)
        step = nice_step((self.high - self.low) / max(count, 1))
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [round(i * step, 10) for i in range(first, last + 1)]


def nice_step(rough: float) -> float:
    """The next of 1, 2, 2.5, 5 times a power of ten that is not below `rough` (which is above 0)."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= rough * (1 - 1e-9))


def powers(low: float, high: float) -> list[float]:
    """The powers of ten from low to high."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    return [10.0**e for e in range(first, last + 1)]


def is_wide(values: Iterable[float]) -> bool:
    """Whether values, all above 0, range so far that only a log axis shows the small ones."""
    known = list(values)
    return bool(known) and min(known) > 0 and max(known) / min(known) > _WIDE_RANGE


def fitted(values: Sequence[float], least: tuple[float, float], top: float, bottom: float, log: bool) -> Upright:
    """An axis that holds `values` and at least the range `least`, ending on round numbers.

    A log axis ends on powers of ten and holds only the values, which are above 0.
    """
    if log:
        low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        return Upright(10.0**low, 10.0 ** max(high, low + 1), top, bottom, True)
    low, high = min((*values, least[0])), max((*values, least[1]))
    step = nice_step((high - low) / 4)
    return Upright(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, top, bottom)


def scale_marks(axis: Upright, left: float, right: float, ticks: Sequence[float], numbered: bool = True) -> str:
    """The ticks of an upright axis: faint lines across the panel and, where wanted, numbers at its left."""
    rules = [line(left, axis.at(v), right, axis.at(v)) for v in ticks]
    numbers = [text(left - 5, axis.at(v) + 3.2, f"{v:,g}") for v in ticks if numbered]
    return group(rules, class_="c-rule", stroke=RULE, stroke_width="0.6") + group(
        numbers, class_="c-soft", fill=SOFT, text_anchor="end", font_size=number(LABEL_SIZE - 1)
    )


def day_marks(axis: DayAxis, top: float, bottom: float, label: str) -> str:
    """The time axis under the panels: a line, whole days, and what they count from."""
    ticks = axis.ticks()
    strokes = [line(axis.left, bottom, axis.right, bottom)]
    strokes += [line(axis.at(d), bottom, axis.at(d), bottom + 4) for d in ticks]
    words = [text(axis.at(d), bottom + 14, str(d).replace("-", "−")) for d in ticks]
    words.append(text((axis.left + axis.right) / 2, bottom + 28, label))
    rules = [line(axis.at(d), top, axis.at(d), bottom) for d in ticks]
    return (
        group(rules, class_="c-rule", stroke=RULE, stroke_width="0.4")
        + group(strokes, class_="c-line", stroke=INK, stroke_width="0.9")
        + group(words, class_="c-ink", fill=INK, text_anchor="middle", font_size=number(LABEL_SIZE))
    )
