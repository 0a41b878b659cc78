"""A drug that was given: its doses as marks, its concentration in plasma and in the brain on one log axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from icans.report.axes import DayAxis, Upright
from icans.report.drugs import amounts
from icans.report.palette import BRAIN, DRUG, RULE, SOFT
from icans.report.story import Dose, Exposure, Story
from icans.report.story_panel import SMALL, area, before, curve, label, places
from icans.report.story_quantities import Quantity
from icans.report.story_words import percent
from icans.report.svg import group, line, number, path, rect, text, title, width_of

_MARK = 3.6
_DECADES = 4
_LINE = 15.0
_APART = 9.0
_WIDER = 1.25  # how much wider than reckoned words may be in the font that a reader has


@dataclass(frozen=True)
class Given:
    """One drug; `exposure` is None where the model has no concentration of it."""

    drug: str
    exposure: Exposure | None = None

    @property
    def height(self) -> float:
        """A mark's row, and a curve where there is one."""
        return 12 + 2.3 * _LINE if self.exposure else 14.0

    @property
    def needs(self) -> tuple[str, ...]:
        """The plasma concentration, where there is one."""
        return (self.exposure.plasma,) if self.exposure else ()

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """The plasma concentration."""
        return (
            (Quantity(f"{self.drug.capitalize()}, plasma", self.exposure.unit, self.exposure.plasma),)
            if self.exposure
            else ()
        )

    def draw(self, story: Story, axis: DayAxis, top: float) -> str:
        """The marks over the curves."""
        doses = story.doses_of(self.drug)
        parts = [_marks(doses, axis, top + 6), _amounts(doses, axis, top + 6)]
        if self.exposure is None:
            parts.append(label(axis, top + 10, self.drug.capitalize(), "", None, DRUG))
        else:
            parts.append(_curves(self.exposure, story, axis, top + 12, top + self.height))
            parts.append(_words(self.exposure, story, axis, top + 13))
        return group(parts, data_drug=self.drug)


@dataclass(frozen=True)
class SharedEffect:
    """The effect in the brain of corticosteroids that bind the same receptor, where several were given."""

    column: str
    height: float = 2.3 * _LINE

    @property
    def needs(self) -> tuple[str, ...]:
        """The effect."""
        return (self.column,)

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """None, as for the effect of one drug."""
        return ()

    def draw(self, story: Story, axis: DayAxis, top: float) -> str:
        """The effect on a scale from 0 to 1."""
        bottom = top + self.height
        effect = _effect(self.column)
        worst = effect.worst(story)
        parts = [
            line(axis.left, bottom, axis.right, bottom, class_="c-rule", stroke=RULE, stroke_width="0.8"),
            _share(self.column, story, axis, top, bottom),
            label(axis, top + _LINE, "Corticosteroid effect", "", None, BRAIN),
            label(axis, top + 2 * _LINE, "in the brain", effect.said(worst.value), worst.day, BRAIN, 10.0),
        ]
        return group(parts, data_item=self.column)


def panels(story: Story) -> list[Given | SharedEffect]:
    """One panel a drug that was given, in the order of the first doses; without curves where that is after the end.

    An effect that several of them share stands below them, once.
    """
    begun = {d.drug for d in story.doses if d.time <= story.times[-1]}
    known = {e.drug: e for e in story.exposures if e.drug in begun and story.has((e.plasma,))}
    effects = [e.effect for e in known.values() if e.effect is not None]
    shared = dict.fromkeys(effect for effect in effects if effects.count(effect) > 1)
    own = {drug: e._replace(effect=None) if e.effect in shared else e for drug, e in known.items()}
    return [*(Given(drug, own.get(drug)) for drug in story.given()), *map(SharedEffect, shared)]


def entry(exposure: Exposure, story: Story) -> float | None:
    """The highest concentration in the brain as a share of the highest in plasma; None where it is not modelled."""
    if exposure.cns is None or exposure.cns_unit != exposure.unit or not story.has((exposure.cns,)):
        return None
    highest = float(story.values(exposure.plasma).max())
    return float(story.values(exposure.cns).max()) / highest if highest > 0 else None


def dose_marks(story: Story, axis: DayAxis, top: float, bottom: float, y: float) -> str:
    """A triangle for every dose, its tip at y, and a line from top to bottom for the first of each drug."""
    firsts = {story.doses_of(drug)[0].time for drug in story.given()}
    strokes = [line(axis.at(t), top, axis.at(t), bottom) for t in sorted(firsts) if axis.holds(t)]
    times = [axis.at(t) for t in sorted({d.time for d in story.doses if axis.holds(d.time)})]
    tips = [path([(x - 3, y - 6), (x + 3, y - 6), (x, y)], closed=True) for x in times]
    pen = {"stroke": DRUG.colour, "stroke_width": "0.8", "stroke_opacity": "0.6", "class_": DRUG.line}
    return group(strokes, **pen) + group(tips, fill=DRUG.colour, class_=DRUG.name)


def _marks(doses: Sequence[Dose], axis: DayAxis, y: float) -> str:
    """A triangle a dose, a bar an infusion; those outside the axis are left out."""
    marks = []
    for dose in doses:
        if not axis.holds(dose.time):
            continue
        x, tip = axis.at(dose.time), f"{dose.drug} {dose.text}, day {dose.when}"
        if dose.end is not None and dose.end > dose.time:
            marks.append(rect(x, y - 3, max(axis.at(dose.end) - x, 1.5), 6, tip))
        else:
            corners = [(x - _MARK, y - _MARK), (x + _MARK, y - _MARK), (x, y + _MARK)]
            marks.append(group([path(corners, closed=True), title(tip)]))
    return group(marks, fill=DRUG.colour, class_=DRUG.name)


def _amounts(doses: Sequence[Dose], axis: DayAxis, y: float) -> str:
    """The doses in words, after the last mark; at the right edge before the first, where there is room."""
    words = amounts([d.text for d in doses])
    count = sum(axis.holds(d.time) for d in doses)
    said = f"{words} × {count}" if count > 1 and words and "→" not in words else words
    ends = [d.end or d.time for d in doses if axis.holds(d.time)]
    if not ends or not said:
        return ""
    right, left = axis.at(max(ends)) + _APART, axis.at(min(d.time for d in doses)) - _APART
    wide = _WIDER * width_of(said, SMALL)
    pen = {"fill": SOFT, "class_": "c-soft", "font_size": number(SMALL)}
    if right + wide <= axis.right:
        return text(right, y + 3.4, said, **pen)
    return text(left, y + 3.4, said, text_anchor="end", **pen) if left - wide >= axis.left else ""


def _curves(exposure: Exposure, story: Story, axis: DayAxis, top: float, bottom: float) -> str:
    """Plasma filled, brain as a line in its own colour; the axis holds the upper decades of both."""
    plasma = story.values(exposure.plasma)
    highest = float(plasma.max())
    ground = line(axis.left, bottom, axis.right, bottom, class_="c-rule", stroke=RULE, stroke_width="0.8")
    if highest <= 0:
        return ground
    scale = Upright(highest * 10.0**-_DECADES, highest, top, bottom, log=True)
    points = places(story.times, np.maximum(plasma, scale.low), axis, scale)
    parts = [
        ground,
        before(axis, (top + bottom) / 2, "log"),
        area(points, bottom, DRUG, 0.15),
        curve(points, DRUG, stroke_width="1.2"),
    ]
    if entry(exposure, story) is not None:
        inside = np.maximum(story.values(str(exposure.cns)), scale.low)
        parts.append(curve(places(story.times, inside, axis, scale), BRAIN))
    elif exposure.effect and story.has((exposure.effect,)):
        parts.append(_share(exposure.effect, story, axis, top, bottom))
    return group(parts)


def _share(column: str, story: Story, axis: DayAxis, top: float, bottom: float) -> str:
    """An effect between 0 and 1, dashed."""
    points = places(story.times, story.values(column), axis, Upright(0, 1, top, bottom))
    return curve(points, BRAIN, stroke_dasharray="4 2")


def _effect(column: str) -> Quantity:
    return Quantity("effect in the brain", "%", column, factor=100, digits=2)


def _words(exposure: Exposure, story: Story, axis: DayAxis, y: float) -> str:
    """The drug, then its highest in plasma and in the brain."""
    lines = [(Quantity("plasma", exposure.unit, exposure.plasma), DRUG)]
    share = entry(exposure, story)
    if share is not None:
        name = f"brain, {percent(share).replace('under ', '<')} of it"
        lines.append((Quantity(name, exposure.cns_unit, str(exposure.cns), digits=2), BRAIN))
    elif exposure.effect and story.has((exposure.effect,)):
        lines.append((_effect(exposure.effect), BRAIN))
    said = [label(axis, y, exposure.drug.capitalize(), "", None, DRUG)]
    for i, (q, hue) in enumerate(lines, 1):
        worst = q.worst(story)
        said.append(label(axis, y + _LINE * i, q.label, q.said(worst.value), worst.day, hue, 10.0))
    return "".join(said)
