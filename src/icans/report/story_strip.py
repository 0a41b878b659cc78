"""One quantity as a strip of its own scale: how far it is from where it was before the infusion, and its worst."""

from __future__ import annotations

from dataclasses import dataclass

from icans.report.axes import DayAxis, Upright
from icans.report.palette import INK, RULE, Hue
from icans.report.story import Story
from icans.report.story_panel import SMALL, area, before, curve, dot, label, places
from icans.report.story_quantities import Quantity
from icans.report.story_words import short
from icans.report.svg import group, line, number, text, title
from icans.report.words import day

_INSIDE = 3.0


@dataclass(frozen=True)
class Strip:
    """A quantity over time.

    mark  a value with a dashed line and its number, where it lies on the scale
    """

    quantity: Quantity
    hue: Hue
    mark: float | None = None
    height: float = 22.0

    @property
    def needs(self) -> tuple[str, ...]:
        """The columns of the quantity."""
        return self.quantity.columns

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """The quantity."""
        return (self.quantity,)

    def draw(self, story: Story, axis: DayAxis, top: float) -> str:
        """The strip: filled from the value before the infusion, its worst marked and said at the right."""
        quantity, values = self.quantity, self.quantity.values(story)
        low, high = quantity.least
        scale = Upright(min(low, float(values.min())), max(high, float(values.max())), top, top + self.height)
        rest = scale.at(quantity.before(story))
        points = places(story.times, values, axis, scale)
        worst, stirred = quantity.worst(story), quantity.is_stirred(story)
        parts = [
            line(axis.left, rest, axis.right, rest, class_="c-rule", stroke=RULE, stroke_width="0.8"),
            self._mark(axis, scale),
            title(f"{quantity.label}: {quantity.said(worst.value)} on {day(worst.day)}"),
            area(points, rest, self.hue),
            curve(points, self.hue),
            dot(axis.at(worst.day), scale.at(worst.value), self.hue) if stirred else "",
            before(axis, min(max(rest, top + _INSIDE), top + self.height - _INSIDE), short(quantity.before(story))),
            self._label(story, axis, top + self.height / 2 + 4),
        ]
        return group(parts, data_item=quantity.column)

    def _label(self, story: Story, axis: DayAxis, y: float) -> str:
        worst = self.quantity.worst(story)
        when = worst.day if self.quantity.is_stirred(story) else None
        return label(axis, y, self.quantity.label, self.quantity.said(worst.value), when, self.hue)

    def _mark(self, axis: DayAxis, scale: Upright) -> str:
        if self.mark is None or not scale.holds(self.mark):
            return ""
        y = scale.at(self.mark)
        dashes = {"stroke": INK, "stroke_width": "0.7", "stroke_dasharray": "3 3", "class_": "c-line"}
        words = text(
            axis.right - 2,
            y - 2.5,
            f"{self.mark:g} {self.quantity.unit}",
            text_anchor="end",
            fill=INK,
            class_="c-ink",
            font_size=number(SMALL),
        )
        return line(axis.left, y, axis.right, y, **dashes) + words
