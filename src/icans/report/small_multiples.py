"""Several scenarios as small multiples: a column each, the same few quantities below each other, the same scales.

The first scenario stands in every other column as a grey ghost. A self-contained SVG like the other charts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from icans.report import story_differences as differences
from icans.report import story_quantities as q
from icans.report.axes import DayAxis, Upright, day_marks, fitted, scale_marks
from icans.report.palette import BLOOD, BRAIN, GHOST, INK, SOFT, WALL, Hue
from icans.report.story import Comparison, Story
from icans.report.story_differences import Measure, worst
from icans.report.story_exposure import dose_marks
from icans.report.story_page import HEAD_SIZE, MARGIN, WIDTH, foot, headline, whole
from icans.report.story_panel import SIZE, SMALL, area, curve, dot, paragraph, places
from icans.report.story_quantities import Quantity
from icans.report.svg import group, number, text, width_of

ACROSS = 6
LEFT = 182.0
TOP = 88.0
HEIGHT, GAP, COLUMN_GAP = 50.0, 22.0, 18.0
AXIS = 48.0
WIDEST = 592.0
_WIDER = 1.25  # how much wider than reckoned bold words may be in the font that a reader has
READING = (
    "Grey: {first}. Each row has one scale. Number: peak or lowest, and how it differs from {first}. Triangles: doses."
)


@dataclass(frozen=True)
class Line:
    """A row of small charts: one quantity on one axis, log where it ranges over decades, and what is said of it."""

    quantity: Quantity
    hue: Hue
    measure: Measure
    log: bool = False


LINES = (
    Line(q.IL6, BLOOD, worst("IL-6", q.IL6), log=True),
    Line(q.TEMPERATURE, BLOOD, worst("Temperature", q.TEMPERATURE, ratio=False)),
    Line(q.MAP, BLOOD, worst("Mean pressure", q.MAP, ratio=False)),
    Line(q.JUNCTION, WALL, worst("Tight junctions", q.JUNCTION, ratio=False, decimals=2)),
    Line(q.CSF_IL6, BRAIN, worst("IL-6 in CSF", q.CSF_IL6), log=True),
    Line(q.MICROGLIA, BRAIN, worst("Microglia active", q.MICROGLIA)),
    Line(q.ICE, BRAIN, worst("ICE", q.ICE, ratio=False)),
    Line(q.SEIZURE, BRAIN, replace(differences.SEIZURE, label="Seizure so far")),
)


def small_multiples(comparison: Comparison, titled: bool = True) -> str:
    """The picture of a comparison as SVG text, with or without its title; rows not all can fill are left out."""
    lines = [k for k in LINES if all(s.has(k.quantity.columns) for s in comparison.stories)]
    body, y = headline(comparison.title, comparison.subtitle), TOP
    for bank in banks(comparison.stories):
        drawn, tall = _bank(bank, lines, comparison, y)
        body += drawn
        y += tall
    words, tall = foot((READING.format(first=comparison.first.title.lower()), *comparison.notes), y + 6)
    what = f"Small multiples of {', '.join(s.title for s in comparison.stories)} over days after the infusion."
    return whole(comparison.title, what, y + 6 + tall + 8, body + words, titled=titled)


def banks(stories: Sequence[Story]) -> list[Sequence[Story]]:
    """Scenarios as they stand side by side: up to six, and as many in each bank where there are more."""
    across = math.ceil(len(stories) / math.ceil(len(stories) / ACROSS))
    return [stories[i : i + across] for i in range(0, len(stories), across)]


def _bank(bank: Sequence[Story], lines: Sequence[Line], comparison: Comparison, top: float) -> tuple[str, float]:
    """Scenarios side by side, and the height they take."""
    across = len(banks(comparison.stories)[0])
    width = min((WIDTH - MARGIN - LEFT - COLUMN_GAP * (across - 1)) / across, WIDEST)
    last = max(math.ceil(float(s.times[-1])) for s in comparison.stories)
    axes = [DayAxis(0, last, x, x + width) for x in (LEFT + i * (width + COLUMN_GAP) for i in range(len(bank)))]
    heads = [_head(story, axis, top) for story, axis in zip(bank, axes, strict=True)]
    first = top + max(tall for _, tall in heads) + 2 * GAP
    scales = [_scale(k, comparison.stories, first + i * (HEIGHT + GAP)) for i, k in enumerate(lines)]
    bottom = first + len(lines) * (HEIGHT + GAP) - GAP + 6
    drawn = [words for words, _ in heads] + [_name(k, s) for k, s in zip(lines, scales, strict=True)]
    for story, axis in zip(bank, axes, strict=True):
        drawn.append(day_marks(axis, first, bottom, "days") + dose_marks(story, axis, first - GAP, bottom, first - GAP))
        drawn += [_cell(k, s, story, comparison, axis, axis is axes[0]) for k, s in zip(lines, scales, strict=True)]
    return group(drawn), bottom + AXIS - top


def _scale(row: Line, stories: Sequence[Story], top: float) -> Upright:
    """One axis for all scenarios, ending on round numbers."""
    values = np.concatenate([row.quantity.values(s) for s in stories])
    ends = [max(float(values.min()), 1.0 if row.log else -math.inf), float(values.max())]
    return fitted(ends, row.quantity.least, top, top + HEIGHT, row.log)


def _name(row: Line, scale: Upright) -> str:
    """What a row shows, at the left."""
    unit = ", ".join(w for w in (row.quantity.unit, "log" if row.log else "") if w)
    name = text(MARGIN, scale.top + 18, row.measure.label, font_weight="600", fill=row.hue.colour, class_=row.hue.name)
    below = text(MARGIN, scale.top + 34, unit, font_size=number(SMALL), fill=SOFT, class_="c-soft")
    return group([name, below], font_size=number(SIZE + 0.5))


def _head(story: Story, axis: DayAxis, top: float) -> tuple[str, float]:
    """What a column shows, above it, and the height of that."""
    width = (axis.right - axis.left) / _WIDER
    name, tall = paragraph(axis.left, top + 12, story.title, HEAD_SIZE - 2.5, width, 1.15)
    below, more = paragraph(axis.left, top + 12 + tall, story.subtitle, SMALL + 0.5, width, 1.25)
    bold = group([name], font_weight="700", fill=INK, class_="c-ink")
    return bold + group([below], fill=SOFT, class_="c-soft"), tall + more


def _cell(row: Line, scale: Upright, story: Story, comparison: Comparison, axis: DayAxis, leftmost: bool) -> str:
    """A small chart: the ghost of the first scenario, the scenario itself, its worst in words above."""
    values = row.quantity.values(story)
    points = places(story.times, values, axis, scale)
    at, ticks = row.quantity.worst(story), [scale.low, scale.high]
    parts = [scale_marks(scale, axis.left, axis.right, ticks, numbered=leftmost)]
    parts.append(area(points, scale.at(row.quantity.before(story)), row.hue, 0.16))
    if story is not comparison.first:
        against = comparison.first
        ghost = places(against.times, row.quantity.values(against), axis, scale)
        parts.append(curve(ghost, GHOST, stroke_width="1.2"))
    parts += [curve(points, row.hue), dot(axis.at(at.day), scale.at(at.value), row.hue)]
    parts.append(_said(row.measure.cell(story, comparison.first), axis, scale.top - 5))
    return group(parts, data_item=row.quantity.column, data_scenario=story.title)


def _said(cell: differences.Cell, axis: DayAxis, y: float) -> str:
    """The value in ink, the difference in grey before it."""
    value = text(axis.right, y, cell.value, text_anchor="end", font_weight="600", fill=INK, class_="c-ink")
    if not cell.change:
        return group([value], font_size=number(SMALL + 1))
    left = axis.right - max(44.0, _WIDER * width_of(cell.value, SMALL + 1))
    change = text(left, y, cell.change, text_anchor="end", fill=SOFT, class_="c-soft")
    return group([change, value], font_size=number(SMALL + 1))
