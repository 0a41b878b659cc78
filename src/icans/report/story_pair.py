"""The same cytokine in blood and in CSF on one log axis: where the two part is what the picture is about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from icans.report.axes import DayAxis, Upright, powers
from icans.report.palette import BLOOD, BRAIN, INK, PAPER, RULE, Hue
from icans.report.story import Story
from icans.report.story_limits import limit
from icans.report.story_panel import SMALL, before, curve, dot, label, places
from icans.report.story_quantities import Quantity, acting
from icans.report.svg import group, line, number, path, tag, text, width_of

_BELOW = 6.0
_FALLEN = 8.0


@dataclass(frozen=True)
class Pair:
    """Blood in its colour, CSF in its own, and what lies between them in the colour of the higher."""

    blood: Quantity
    csf: Quantity
    height: float = 84.0

    @property
    def needs(self) -> tuple[str, ...]:
        """The columns of both."""
        return (*self.blood.columns, *self.csf.columns)

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """Both."""
        return (self.blood, self.csf)

    def draw(self, story: Story, axis: DayAxis, top: float) -> str:
        """The pair on its axis, with the day on which the CSF passes the blood."""
        scale = _scale(self.blood.values(story), self.csf.values(story), top, top + self.height - _BELOW)
        lines = [
            (q, hue, places(story.times, q.values(story), axis, scale))
            for q, hue in ((self.blood, BLOOD), (self.csf, BRAIN))
        ]
        parts = [_grid(axis, scale), *_between(self.blood.values(story), self.csf.values(story), story, axis, scale)]
        parts += [curve(points, hue) for _, hue, points in lines]
        parts += [_peak(q, hue, story, axis, scale) for q, hue, _ in lines]
        parts += [
            _label(q, hue, story, axis, top + self.height / 2 - 7 + 17 * i) for i, (q, hue, _) in enumerate(lines)
        ]
        if story.blocked(self.blood.column):
            parts.append(_acting(self.blood, story, axis, scale, top + self.height / 2 + 27))
        else:
            parts.append(_crossing(self.blood.values(story), self.csf.values(story), story, axis, scale))
        return group(parts, data_item=self.csf.column)


def crossing(story: Story, blood: np.ndarray, csf: np.ndarray) -> float | None:
    """The first day after the peak in blood on which the CSF holds more than the blood, above its own rest.

    None where it never does, or where the two then stay close.
    """
    peak = int(blood.argmax())
    above = np.flatnonzero((csf[peak:] > blood[peak:]) & (csf[peak:] > limit("above_rest") * csf[0]))
    if not len(above) or not (csf[peak + above] > limit("parted") * blood[peak + above]).any():
        return None
    return float(story.times[peak + above[0]])


def _scale(blood: np.ndarray, csf: np.ndarray, top: float, bottom: float) -> Upright:
    least = max(float(min(blood.min(), csf.min())), 1e-3)
    low = 10.0 ** np.floor(np.log10(least) + 0.05)
    return Upright(float(low), max(1.3 * float(max(blood.max(), csf.max())), float(low) * 10), top, bottom, log=True)


def _grid(axis: DayAxis, scale: Upright) -> str:
    ticks = powers(scale.low, scale.high)
    rules = [line(axis.left, scale.at(v), axis.right, scale.at(v)) for v in ticks]
    return group(rules, class_="c-rule", stroke=RULE, stroke_width="0.7") + "".join(
        before(axis, scale.at(v), f"{v:,g}") for v in ticks
    )


def _between(blood: np.ndarray, csf: np.ndarray, story: Story, axis: DayAxis, scale: Upright) -> list[str]:
    """What lies between the curves, in the colour of the higher; nothing below where that was before the infusion."""
    fills = []
    for hue, upper, lower in ((BLOOD, blood, csf), (BRAIN, csf, blood)):
        floor = np.maximum(lower, upper[0])
        over = places(story.times, np.maximum(upper, floor), axis, scale)
        under = places(story.times, floor, axis, scale)
        fills.append(path([*over, *under[::-1]], closed=True, fill=hue.colour, fill_opacity="0.16", class_=hue.name))
    return fills


def _peak(quantity: Quantity, hue: Hue, story: Story, axis: DayAxis, scale: Upright) -> str:
    worst = quantity.worst(story)
    return dot(axis.at(worst.day), scale.at(worst.value), hue) if quantity.is_stirred(story) else ""


def _label(quantity: Quantity, hue: Hue, story: Story, axis: DayAxis, y: float) -> str:
    worst = quantity.worst(story)
    when = worst.day if quantity.is_stirred(story) else None
    return label(axis, y, quantity.label, quantity.said(worst.value), when, hue)


def _acting(blood: Quantity, story: Story, axis: DayAxis, scale: Upright, y: float) -> str:
    """What acts in the blood, dashed, where its assay reads more; nothing of it below the axis."""
    quantity = acting(blood, story)
    if quantity is None:
        return ""
    values, worst = quantity.values(story), quantity.worst(story)
    inside = np.flatnonzero(values >= scale.low)
    runs = [run for run in np.split(inside, np.flatnonzero(np.diff(inside) > 1) + 1) if len(run) > 1]
    parts = [places(story.times[run], values[run], axis, scale) for run in runs]
    words = label(axis, y, "signals (dashed)", quantity.said(worst.value), worst.day, BLOOD, 10.0)
    return group(curve(points, BLOOD, stroke_dasharray="4 2.5") for points in parts) + words


def _crossing(blood: np.ndarray, csf: np.ndarray, story: Story, axis: DayAxis, scale: Upright) -> str:
    """A ring where the CSF passes the blood, and words where the curves have left room for them."""
    when = crossing(story, blood, csf)
    if when is None:
        return ""
    x, y = axis.at(when), scale.at(float(np.interp(when, story.times, csf)))
    ring = tag("circle", cx=x, cy=y, r=3.4, fill=PAPER, stroke=INK, stroke_width="1.1", class_="c-hollow")
    fallen = np.flatnonzero((story.times > when) & (np.maximum(blood, csf) < max(blood.max(), csf.max()) / _FALLEN))
    if not len(fallen):
        return ring
    words = f"more in the CSF than in the blood from day {when:.1f}"
    place = min(axis.at(float(story.times[fallen[0]])) + 8, axis.right - width_of(words, SMALL + 1))
    return ring + text(place, scale.top + 10, words, font_size=number(SMALL + 1), fill=BRAIN.colour, class_=BRAIN.name)
