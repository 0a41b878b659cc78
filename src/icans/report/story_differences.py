"""What differs between scenarios: the same few measures of each, beside the first scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from icans.report import story_quantities as q
from icans.report.story import MARK, Comparison, Story
from icans.report.story_grades import absent, peak
from icans.report.story_limits import limit
from icans.report.story_quantities import Quantity, past
from icans.report.story_words import number_words
from icans.report.words import outcome_name, short_interval

_SAME = 0.005


class Cell(NamedTuple):
    """A measure of one scenario, and how it differs from the first: `×4.7`, `−2.1`, or nothing where it does not."""

    value: str
    change: str


@dataclass(frozen=True)
class Measure:
    """A column of the table, with the unit of its values.

    of     the value of a story
    said   a value in words
    ratio  compared as a ratio; else as a difference with so many decimals
    """

    label: str
    unit: str
    needs: tuple[str, ...]
    of: Callable[[Story], float]
    said: Callable[[float], str]
    ratio: bool = True
    decimals: int = 1

    def known(self, story: Story) -> bool:
        """Whether a story has it."""
        return story.has(self.needs)

    def cell(self, story: Story, first: Story) -> Cell:
        """The measure of a story, compared with the first; marked where an assay reads more than acts."""
        value, against = self.of(story), self.of(first)
        mark = MARK if any(story.blocked(column) for column in self.needs) else ""
        return Cell(self.said(value) + mark, "" if story is first else self.change(value, against))

    def change(self, value: float, against: float) -> str:
        """`×4.7` or `−2.1`; nothing where the two are the same to the eye."""
        if self.ratio:
            ratio = value / against if against > 0 else float("nan")
            return f"×{number_words(ratio, 2)}" if abs(ratio - 1) > _SAME else ""
        difference = round(value - against, self.decimals)
        return f"{difference:+.{self.decimals}f}".replace("-", "−") if difference else ""


@dataclass(frozen=True)
class WorstGrade:
    """The worst grade of an outcome as a column; it is not compared, since a grade is no amount."""

    outcome: str
    unit: str = "grade"

    @property
    def label(self) -> str:
        """`ICANS`."""
        return outcome_name(self.outcome)

    def known(self, story: Story) -> bool:
        """Whether a story was graded."""
        return peak(story.spans(self.outcome)) is not None

    def cell(self, story: Story, first: Story) -> Cell:
        """The grade or what is known of it: `2`, `2–3`, `?`."""
        spans = story.spans(self.outcome)
        worst = peak(spans)
        settled = worst is not None and bool(worst.max or absent(spans))
        return Cell(short_interval(worst.min, worst.max) if worst and settled else "?", "")


SEIZURE = Measure("Seizure", "chance", q.SEIZURE.columns, lambda s: float(q.SEIZURE.values(s)[-1]), q.SEIZURE.said)


def measures(comparison: Comparison) -> list[Measure | WorstGrade]:
    """The columns that every scenario can fill."""
    listed: tuple[Measure | WorstGrade, ...] = (
        worst("IL-6 peak", q.IL6),
        worst("CSF IL-6 peak", q.CSF_IL6),
        worst("CRP peak", q.CRP),
        worst("Temp. peak", q.TEMPERATURE, ratio=False),
        Measure(f"≥ {limit('fever'):g} °C", "days", q.TEMPERATURE.columns, days_hot, _days, ratio=False),
        worst("MAP lowest", q.MAP, ratio=False),
        worst("ICE lowest", q.ICE, ratio=False),
        Measure(f"ICE < {limit('ice_low')}", "days", q.ICE.columns, days_low, _days, ratio=False),
        WorstGrade("crs"),
        WorstGrade("icans"),
        SEIZURE,
    )
    return [m for m in listed if all(m.known(s) for s in comparison.stories)]


def rows(comparison: Comparison) -> list[tuple[str, list[Cell]]]:
    """A row a scenario: its name and its cells in the order of `measures`."""
    columns = measures(comparison)
    return [(s.title, [m.cell(s, comparison.first) for m in columns]) for s in comparison.stories]


def _days(days: float) -> str:
    return f"{days:.1f}"


def days_hot(story: Story) -> float:
    """Days with fever."""
    spell = past(story.times, q.TEMPERATURE.values(story), limit("fever"), above=True)
    return spell.days if spell else 0.0


def days_low(story: Story) -> float:
    """Days with an expected ICE below the line."""
    spell = past(story.times, q.ICE.values(story), limit("ice_low"), above=False)
    return spell.days if spell else 0.0


def worst(label: str, quantity: Quantity, ratio: bool = True, decimals: int = 1) -> Measure:
    """The peak or lowest of a quantity as a measure."""
    return Measure(
        label,
        quantity.unit,
        quantity.columns,
        lambda story: quantity.worst(story).value,
        quantity.bare,
        ratio,
        decimals,
    )
