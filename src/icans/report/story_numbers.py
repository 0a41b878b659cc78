"""The numbers behind a picture: each quantity before the infusion, at its worst, and when."""

from __future__ import annotations

from typing import NamedTuple

from icans.report.story import Story
from icans.report.story_heat import Heat
from icans.report.story_quantities import Quantity
from icans.report.story_rows import Row, rows
from icans.report.story_words import short

COLUMNS = ("Quantity", "Before", "Peak or lowest", "Day")


class Number(NamedTuple):
    """One quantity in words; no day where it stays as it was."""

    quantity: Quantity
    before: str
    worst: str
    day: str

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """What a table shows, in the order of COLUMNS."""
        return (self.quantity.label, self.before, self.worst, self.day)


def numbers(story: Story, parts: bool = True) -> list[tuple[Row, list[Number]]]:
    """The rows of a story with their numbers, each column once, where it first stands.

    parts  also the items of ICE, which the picture shows as bars
    """
    seen: set[tuple[str, str]] = set()
    listed = []
    for row in rows(story):
        mine = []
        shown = [panel for panel in row.panels if parts or not (isinstance(panel, Heat) and panel.parts)]
        for quantity in (k for panel in shown for k in panel.quantities):
            if (quantity.column, quantity.minus) not in seen:
                seen.add((quantity.column, quantity.minus))
                mine.append(_number(quantity, story))
        listed.append((row, mine))
    return listed


def _number(quantity: Quantity, story: Story) -> Number:
    worst = quantity.worst(story)
    day = f"{worst.day:.1f}" if quantity.is_stirred(story) else ""
    return Number(quantity, short(quantity.before(story)), quantity.said(worst.value), day)
