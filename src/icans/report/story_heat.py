"""Functions that are lost, as rows of colour: nothing where whole, full colour where nothing is left."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np

from icans.report.axes import DayAxis
from icans.report.palette import RULE, Hue
from icans.report.story import Story
from icans.report.story_panel import label
from icans.report.story_quantities import Quantity
from icans.report.svg import group, number, rect
from icans.report.words import day

ROW = 14.5
_BAR = 11.0
_INDENT = 10.0
_CELLS = 120


@dataclass(frozen=True)
class Function:
    """What can be lost: its column, and its value when whole."""

    label: str
    column: str
    whole: float = 1.0


ITEMS = (
    Function("orientation", "ICE_orientation", 4),
    Function("naming", "ICE_naming", 3),
    Function("following a command", "ICE_command", 1),
    Function("writing a sentence", "ICE_writing", 1),
    Function("counting backwards", "ICE_attention", 1),
)
MOVEMENT = Function("Movement", "Fm")
FUNCTIONS = (
    Function("Language", "Fl"),
    Function("Attention", "Fa"),
    Function("Arousal", "Fr"),
    MOVEMENT,
)


@dataclass(frozen=True)
class Heat:
    """Rows of functions under each other; `parts` of the whole above them are named with an indent."""

    functions: tuple[Function, ...]
    hue: Hue
    parts: bool = False

    @property
    def height(self) -> float:
        """One row a function."""
        return ROW * len(self.functions)

    @property
    def needs(self) -> tuple[str, ...]:
        """The columns of all functions."""
        return tuple(f.column for f in self.functions)

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """One a function."""
        return tuple(Quantity(f.label, f"of {f.whole:g}", f.column, worse="low", decimals=2) for f in self.functions)

    def draw(self, story: Story, axis: DayAxis, top: float) -> str:
        """The rows."""
        return "".join(self._row(f, story, axis, top + ROW * i) for i, f in enumerate(self.functions))

    def _row(self, function: Function, story: Story, axis: DayAxis, top: float) -> str:
        values = story.values(function.column)
        lowest, when = float(values.min()), float(story.times[values.argmin()])
        frame = {"fill": "none", "stroke": RULE, "stroke_width": "0.7", "class_": "c-rule"}
        said = f"{lowest:.2f} of {function.whole:g}"
        parts = [
            *_cells(function, story, axis, top, self.hue),
            rect(axis.left, top, axis.right - axis.left, _BAR, **frame),
            label(
                axis,
                top + 9,
                function.label,
                said,
                when if lowest < 0.98 * function.whole else None,
                self.hue,
                _INDENT if self.parts else 0.0,
            ),
        ]
        return group(parts, data_item=function.column)


def lost(values: np.ndarray, whole: float) -> np.ndarray:
    """The share of a function that is lost, 0 to 1, same shape."""
    return np.clip(1 - values / whole, 0, 1)


def _cells(function: Function, story: Story, axis: DayAxis, top: float, hue: Hue) -> list[str]:
    """Bars of equal loss, in steps of a hundredth, neighbours joined."""
    edges = np.linspace(axis.first, axis.last, _CELLS + 1)
    middle = (edges[:-1] + edges[1:]) / 2
    share = np.round(lost(np.interp(middle, story.times, story.values(function.column)), function.whole), 2)
    bars, at = [], 0
    for value, run in groupby(share.tolist()):
        first, at = at, at + len(list(run))
        if value >= 0.02:
            left, right = axis.at(edges[first]), axis.at(edges[at])
            tip = f"{function.label}, {day(edges[first])} to {day(edges[at])[4:]}: {100 * value:.0f}% lost"
            fill = {"fill": hue.colour, "fill_opacity": number(value), "class_": hue.name}
            bars.append(rect(left, top, right - left, _BAR, tip, shape_rendering="crispEdges", **fill))
    return bars
