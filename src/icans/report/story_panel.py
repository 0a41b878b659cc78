"""What every panel of a simulation page shares: its place, its words at either side, and curves on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from icans.report.axes import DayAxis, Upright
from icans.report.palette import INK, SOFT, Hue
from icans.report.story import Story
from icans.report.story_quantities import Quantity
from icans.report.svg import group, number, path, tag, text, width_of

SIZE = 12.0
SMALL = 10.0
# Columns beside the time axis, from its ends: the value before the infusion; name, worst value, its day.
BEFORE = 8.0
NAME, VALUE, DAY = 16.0, 246.0, 290.0
_IN_INK = {"text_anchor": "end", "fill": INK, "class_": "c-ink"}


class Panel(Protocol):
    """A part of a row: it takes `height`, and draws itself below `top`."""

    @property
    def height(self) -> float:
        """How tall it is."""
        ...

    @property
    def needs(self) -> tuple[str, ...]:
        """The columns without which it is left out."""
        ...

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """What of it a table of numbers holds."""
        ...

    def draw(self, story: Story, axis: DayAxis, top: float) -> str:
        """Its SVG."""
        ...


def places(times: np.ndarray, values: np.ndarray, axis: DayAxis, upright: Upright) -> list[tuple[float, float]]:
    """Where a curve runs on the page, without the points that a straight line between others hits anyway.

    times and values have shape (n_times,). A value outside the axis stands at its edge.
    """
    held = np.clip(values, upright.low, upright.high)
    share = (held - upright.low) / (upright.high - upright.low)
    if upright.log:
        share = np.log(held / upright.low) / np.log(upright.high / upright.low)
    x = axis.left + (times - axis.first) / (axis.last - axis.first) * (axis.right - axis.left)
    y = upright.bottom - share * (upright.bottom - upright.top)
    kept = corners(x, y)
    return list(zip(x[kept].tolist(), y[kept].tolist(), strict=True))


def corners(x: np.ndarray, y: np.ndarray, off: float = 0.12) -> np.ndarray:
    """The places of the points that a drawn line needs so that it is nowhere more than `off` from the whole.

    x and y have shape (n,), two or more points. Method: Douglas and Peucker, Cartographica 1973;10:112.
    """
    kept, waiting = {0, len(x) - 1}, [(0, len(x) - 1)]
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        dx, dy = x[last] - x[first], y[last] - y[first]
        away = np.abs(dx * (y[first + 1 : last] - y[first]) - dy * (x[first + 1 : last] - x[first]))
        farthest = int(away.argmax())
        if away[farthest] > off * max(float(np.hypot(dx, dy)), 1e-9):
            middle = first + 1 + farthest
            kept.add(middle)
            waiting += [(first, middle), (middle, last)]
    return np.array(sorted(kept))


def curve(points: Sequence[tuple[float, float]], hue: Hue, **style: object) -> str:
    """A line in a colour."""
    pen = {"fill": "none", "stroke": hue.colour, "stroke_width": "1.5", "class_": hue.line, "stroke_linejoin": "round"}
    return path(points, False, **pen | style)


def area(points: Sequence[tuple[float, float]], base: float, hue: Hue, opacity: float = 0.2) -> str:
    """What lies between a curve and the height `base`."""
    outline = [(points[0][0], base), *points, (points[-1][0], base)]
    return path(outline, closed=True, fill=hue.colour, fill_opacity=number(opacity), class_=hue.name)


def dot(x: float, y: float, hue: Hue) -> str:
    """The mark of an extreme."""
    return tag("circle", cx=x, cy=y, r=2.7, fill=hue.colour, class_=hue.name)


def label(axis: DayAxis, y: float, name: str, value: str, when: float | None, hue: Hue, indent: float = 0.0) -> str:
    """The words at the right: a name in its colour, the worst value, its day; an indented name is a part of a whole."""
    start = {"font_weight": None if indent else "600", "fill": hue.colour, "class_": hue.name}
    words = text(axis.right + NAME + indent, y, name, **start)
    if value:
        words += text(axis.right + VALUE, y, value, **_IN_INK)
    if when is not None:
        words += text(axis.right + DAY, y, f"{when:.1f}", **_IN_INK)
    return group([words], font_size=number(SIZE))


def before(axis: DayAxis, y: float, words: str) -> str:
    """A value at the infusion, or a mark of a scale, left of the panel."""
    style = {"text_anchor": "end", "font_size": number(SMALL), "fill": SOFT, "class_": "c-soft"}
    return text(axis.left - BEFORE, y + 3.5, words, **style)


def wrapped(words: str, size: float, width: float) -> list[str]:
    """Words broken into lines that fit into `width`."""
    lines: list[str] = []
    for word in words.split():
        if lines and width_of(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def paragraph(x: float, y: float, words: str, size: float, width: float, lead: float = 1.35) -> tuple[str, float]:
    """Broken words below each other, and the height they take."""
    lines = wrapped(words, size, width)
    drawn = [text(x, y + i * size * lead, line) for i, line in enumerate(lines)]
    return group(drawn, font_size=number(size)), len(lines) * size * lead
