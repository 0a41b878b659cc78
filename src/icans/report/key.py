"""The lines under the chart: what its signs mean, only those that were used, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from icans.report.axes import LABEL_SIZE, DayAxis
from icans.report.drugs import Row
from icans.report.palette import INK, PAPER, SOFT, hatch_name
from icans.report.ribbon import gaps, hatches
from icans.report.series import Point, Stretch
from icans.report.svg import group, number, rect, tag, text, width_of
from icans.report.words import says_nothing

_LINE = 14.0


@dataclass(frozen=True)
class Note:
    """A sign (SVG around 0,0) and what it means; no sign for plain words."""

    words: str
    sign: str = ""


def notes(
    courses: Sequence[Sequence[Stretch]],
    found: Mapping[str, Sequence[Point]],
    listed: Sequence[Row],
    axis: DayAxis,
    zero: datetime,
) -> list[Note]:
    """What the reader of this chart has to be told."""
    made = []
    if uncertain := {g for c in courses for g in hatches(c)}:
        made.append(Note("grade uncertain, up to here", _swatch(f"url(#{hatch_name(max(uncertain))})")))
    if _has_unknown(courses, axis, zero):
        made.append(Note("not known", _swatch("url(#icans-hatch-unknown)")))
    if any(p.implausible for values in found.values() for p in values):
        made.append(Note("implausible value", _circle()))
    if any(p.low != p.high for values in found.values() for p in values):
        made.append(Note("parts of the score missing", _dashes()))
    if outside := _outside(found, listed, axis):
        made.append(Note(f"{outside} earlier or later entries lie outside the chart"))
    return made


def lines(listed: Sequence[Note], width: float) -> list[list[Note]]:
    """Notes side by side, as many in a line as fit into `width`."""
    made: list[list[Note]] = []
    room = 0.0
    for note in listed:
        if not made or room < _width(note):
            made.append([])
            room = width
        made[-1].append(note)
        room -= _width(note)
    return made


def height(listed: Sequence[Note], width: float) -> float:
    """How tall the key is."""
    return _LINE * len(lines(listed, width))


def draw(listed: Sequence[Note], axis: DayAxis, top: float) -> str:
    """The key below `top`."""
    parts = []
    for row, line in enumerate(lines(listed, axis.right - axis.left)):
        x, y = axis.left, top + _LINE * (row + 0.7)
        for note in line:
            if note.sign:
                parts.append(group([note.sign], transform=f"translate({number(x)},{number(y - 3)})"))
            parts.append(text(x + (16 if note.sign else 0), y, note.words))
            x += _width(note)
    return group(parts, class_="c-soft", fill=SOFT, font_size=number(LABEL_SIZE - 0.5))


def _width(note: Note) -> float:
    return width_of(note.words, LABEL_SIZE - 0.5) + (16 if note.sign else 0) + 14


def _swatch(fill: str) -> str:
    return rect(0, -4, 11, 8, fill=fill, stroke=SOFT, stroke_width="0.5")


def _circle() -> str:
    return tag("circle", cx=5.0, cy=0.0, r=2.6, fill=PAPER, stroke=INK, stroke_width="1", class_="c-hollow")


def _dashes() -> str:
    return tag(
        "line",
        x1=5,
        x2=5,
        y1=-5,
        y2=5,
        stroke=INK,
        stroke_width="2.4",
        stroke_dasharray="1.6 1.6",
        class_="c-line",
    )


def _has_unknown(courses: Sequence[Sequence[Stretch]], axis: DayAxis, zero: datetime) -> bool:
    """Whether the grey hatching was used: an interval that says nothing, or a gap at an end."""
    return any(says_nothing(s.min, s.max) for c in courses for s in c) or any(gaps(c, zero, axis) for c in courses if c)


def _outside(found: Mapping[str, Sequence[Point]], listed: Sequence[Row], axis: DayAxis) -> int:
    values = sum(not axis.holds(p.day) for points in found.values() for p in points)
    return values + sum(d.end < axis.first or d.start > axis.last for row in listed for d in row.doses)
