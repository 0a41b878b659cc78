"""Grades over time as a ribbon: solid up to the lower bound, hatched from there to the upper bound."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from icans.report.axes import LABEL_SIZE, DayAxis, Upright, scale_marks
from icans.report.palette import GRADES, INK, SOFT, hatch_name
from icans.report.series import Stretch
from icans.report.svg import group, number, rect, text, width_of
from icans.report.words import day, day_of, interval, moment, outcome_name, says_nothing, short_interval

GRADE_HEIGHT = 11.0
HEADROOM = 11.0


class Span(NamedTuple):
    """An outcome at one interval of grades from start to end, in days."""

    outcome: str
    start: float
    end: float
    min: int | None
    max: int | None


def height(spans: Sequence[Stretch | Span], step: float = GRADE_HEIGHT) -> float:
    """How tall the ribbon of these stretches is, one grade `step` tall."""
    return HEADROOM + step * _highest(spans)


def _highest(spans: Sequence[Stretch | Span]) -> int:
    return 5 if any(s.max == 5 and not says_nothing(s.min, s.max) for s in spans) else 4


def hatches(spans: Sequence[Stretch | Span]) -> set[int]:
    """The grades whose hatching is needed: the upper bounds of what is uncertain."""
    return {s.max for s in spans if s.max is not None and s.min != s.max and not says_nothing(s.min, s.max)}


def in_days(stretches: Sequence[Stretch], zero: datetime) -> list[Span]:
    """Stretches in days from `zero`."""
    return [Span(s.outcome, day_of(s.start, zero), day_of(s.end, zero), s.min, s.max) for s in stretches]


def ribbon(stretches: Sequence[Stretch], zero: datetime, axis: DayAxis, top: float) -> str:
    """The ribbon of one outcome with its scale; `zero` is the time of day 0."""
    spans = in_days(stretches, zero)
    upright = _upright(spans, top, GRADE_HEIGHT)
    blocks = [_dated(s, t, axis, upright) for s, t in zip(spans, stretches, strict=True)]
    ticks = [float(g) for g in range(int(upright.high) + 1)]
    return (
        scale_marks(upright, axis.left, axis.right, ticks)
        + _gaps(stretches, zero, axis, upright)
        + group(blocks, class_="c-ribbon", shape_rendering="crispEdges")
        + _labels(spans, axis, upright)
    )


def band(spans: Sequence[Span], axis: DayAxis, top: float, step: float) -> str:
    """The ribbon of one outcome without its scale, one grade `step` tall, its times in days."""
    upright = _upright(spans, top, step)
    blocks = [
        group(_block(s, f"{day(s.start)} to {day(s.end)}", axis, upright), data_outcome=s.outcome, data_min=s.min)
        for s in spans
    ]
    return group(blocks, class_="c-ribbon", shape_rendering="crispEdges") + _labels(spans, axis, upright)


def _upright(spans: Sequence[Span], top: float, step: float) -> Upright:
    return Upright(0, _highest(spans), top + HEADROOM, top + height(spans, step))


def _dated(span: Span, stretch: Stretch, axis: DayAxis, upright: Upright) -> str:
    times = f"{moment(stretch.start)} to {moment(stretch.end)}"
    return group(
        _block(span, times, axis, upright),
        data_outcome=stretch.outcome,
        data_min=stretch.min,
        data_max=stretch.max,
        data_start=stretch.start.isoformat(),
        data_end=stretch.end.isoformat(),
    )


def _block(span: Span, times: str, axis: DayAxis, upright: Upright) -> list[str]:
    left, right = axis.at(span.start), axis.at(span.end)
    tip = f"{outcome_name(span.outcome)} grade {interval(span.min, span.max)}, {times}"
    return _parts(span, left, max(right - left, 0.8), upright, tip)


def _parts(span: Span, left: float, width: float, upright: Upright, tip: str) -> list[str]:
    low, high = span.min, span.max
    if low is None or high is None or says_nothing(low, high):
        return [_unknown(left, width, upright, tip)]
    floor, parts = upright.at(0), []
    if high == 0:
        parts.append(rect(left, floor - 1.2, width, 2.4, tip, fill=SOFT, class_="c-none"))
    if low > 0:
        y = upright.at(low)
        parts.append(rect(left, y, width, floor - y, tip, fill=GRADES[low], class_=f"c-grade{low}"))
    if high > low:
        y = upright.at(high)
        fill = f"url(#{hatch_name(high)})"
        outline = {"stroke": SOFT, "stroke_width": "0.6", "class_": "c-edge"}
        parts.append(rect(left, y, width, upright.at(low) - y, tip, fill=fill, **outline))
    return parts


def _unknown(left: float, width: float, upright: Upright, tip: str) -> str:
    return rect(left, upright.top, width, upright.bottom - upright.top, tip, fill="url(#icans-hatch-unknown)")


def gaps(stretches: Sequence[Stretch], zero: datetime, axis: DayAxis) -> list[tuple[float, float]]:
    """Where grades are due, from day 0, but there are none: before the first and after the last, in days.

    Less than a day at the end is only the rest of the axis.
    """
    first, last = day_of(stretches[0].start, zero), day_of(stretches[-1].end, zero)
    before = [(0.0, first)] if first > 0 else []
    return before + ([(last, axis.last)] if axis.last - last >= 1 else [])


def _gaps(stretches: Sequence[Stretch], zero: datetime, axis: DayAxis, upright: Upright) -> str:
    places = [(axis.at(a), axis.at(b)) for a, b in gaps(stretches, zero, axis)]
    return group(_unknown(a, b - a, upright, "nothing recorded") for a, b in places)


def _labels(spans: Sequence[Span], axis: DayAxis, upright: Upright) -> str:
    """The interval above each stretch that has room for it, and always above the peak, in bold."""
    known = [s for s in spans if not says_nothing(s.min, s.max) and s.max]
    peak = max(known, key=lambda s: (s.min, s.max), default=None)
    words, taken = [], -1.0
    for s in known:
        left, right = axis.at(s.start), axis.at(s.end)
        said, middle = short_interval(s.min, s.max), (left + right) / 2
        if s is not peak and (width_of(said, LABEL_SIZE) > right - left or middle - 4 < taken):
            continue
        weight = "700" if s is peak else None
        words.append(text(middle, upright.at(s.max or 0) - 2.5, said, font_weight=weight))
        taken = middle + width_of(said, LABEL_SIZE) / 2
    return group(words, class_="c-ink", fill=INK, text_anchor="middle", font_size=number(LABEL_SIZE))
