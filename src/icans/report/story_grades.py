"""The grades of one outcome under its course, and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from icans.report import ribbon
from icans.report.axes import DayAxis
from icans.report.palette import INK, RULE, Hue
from icans.report.ribbon import Span
from icans.report.story import Story
from icans.report.story_panel import label
from icans.report.story_quantities import Quantity
from icans.report.svg import group, line
from icans.report.words import outcome_name, says_nothing, short_interval

_STEP = 5.0
_BELOW = 4.0
PLAIN = Hue(INK, "c-ink")


@dataclass(frozen=True)
class Grades:
    """A ribbon of one outcome; left out where it was not graded."""

    outcome: str

    @property
    def height(self) -> float:
        """A few units a grade."""
        return ribbon.HEADROOM + 4 * _STEP + _BELOW

    @property
    def needs(self) -> tuple[str, ...]:
        """No column: grades are spans."""
        return ()

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """None: grades are no numbers of the table."""
        return ()

    def draw(self, story: Story, axis: DayAxis, top: float) -> str:
        """The ribbon on its ground line."""
        spans = story.spans(self.outcome)
        floor = top + self.height - _BELOW
        ground = line(axis.left, floor, axis.right, floor, class_="c-rule", stroke=RULE, stroke_width="0.8")
        worst = peak(spans)
        when = worst.start if worst and worst.max else None
        words = label(axis, floor - 7, outcome_name(self.outcome), worst_words(spans), when, PLAIN)
        return ground + group([ribbon.band(spans, axis, top, _STEP), words])


def worst_words(spans: Sequence[Span]) -> str:
    """`grade 2`, `grade 0–2`, `none`, or `not settled` where a stretch of which nothing is known may have been one."""
    worst = peak(spans)
    if worst and worst.max:
        return f"grade {short_interval(worst.min, worst.max)}"
    return "none" if absent(spans) else "not settled" if worst else "not graded"


def absent(spans: Sequence[Span]) -> bool:
    """Whether every stretch is surely of grade 0."""
    return all(s.max == 0 for s in spans)


def onset(spans: Sequence[Span]) -> float | None:
    """The first day on which a grade is surely 1 or more."""
    return next((s.start for s in spans if not says_nothing(s.min, s.max) and (s.min or 0) > 0), None)


def peak(spans: Sequence[Span]) -> Span | None:
    """The worst grade with what is left open of it; None where nothing is known.

    Its lower bound is the highest that is sure, its upper bound the highest that is possible, which may be that of
    another stretch. Its time is that of the first stretch with the highest sure grade.
    """
    known = [s for s in spans if not says_nothing(s.min, s.max)]
    if not known:
        return None
    surest = max(known, key=lambda s: (s.min or 0, s.max or 0, -s.start))
    return surest._replace(max=max(s.max or 0 for s in known))
