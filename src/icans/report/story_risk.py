"""The risk of a seizure: its hazard as an area, and what it adds up to as a line."""

from __future__ import annotations

from dataclasses import dataclass

from icans.report.axes import DayAxis, Upright
from icans.report.palette import INK, RULE, Hue
from icans.report.story import Story
from icans.report.story_panel import area, curve, dot, label, places
from icans.report.story_quantities import Quantity
from icans.report.svg import group, line, title
from icans.report.words import day


@dataclass(frozen=True)
class Risk:
    """A hazard (1/d) and the probability it adds up to, each on its own scale."""

    hazard: Quantity
    probability: Quantity
    hue: Hue
    height: float = 30.0

    @property
    def needs(self) -> tuple[str, ...]:
        """The columns of both."""
        return (*self.hazard.columns, *self.probability.columns)

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """Both."""
        return (self.probability, self.hazard)

    def draw(self, story: Story, axis: DayAxis, top: float) -> str:
        """The area, the line, and both in words."""
        hazard, share = (q.values(story) for q in (self.hazard, self.probability))
        bottom = top + self.height
        rate = Upright(0, max(self.hazard.least[1], float(hazard.max())), top + self.height / 4, bottom)
        total = Upright(0, max(self.probability.least[1], float(share.max())), top, bottom)
        worst, end = self.hazard.worst(story), float(share[-1])
        when = worst.day if self.hazard.is_stirred(story) else None
        summed = places(story.times, share, axis, total)
        parts = [
            *_drawn(story, axis, top, bottom),
            line(axis.left, bottom, axis.right, bottom, class_="c-rule", stroke=RULE, stroke_width="0.8"),
            area(places(story.times, hazard, axis, rate), bottom, self.hue, 0.25),
            curve(summed, self.hue),
            dot(*summed[-1], self.hue),
            label(axis, top + 10, self.probability.label, self.probability.said(end), float(story.times[-1]), self.hue),
            label(axis, top + 26, "hazard", self.hazard.said(worst.value), when, self.hue, 10),
        ]
        return group(parts, data_item=self.probability.column)


def _drawn(story: Story, axis: DayAxis, top: float, bottom: float) -> list[str]:
    """An upright stroke for each seizure that chance has put into the chart."""
    pen = {"stroke": INK, "stroke_width": "1.4", "class_": "c-ink-line"}
    times = [t for t in story.seizures if axis.holds(t)]
    return [
        group([line(axis.at(t), top, axis.at(t), bottom, **pen), title(f"seizure drawn by chance, {day(t)}")])
        for t in times
    ]
