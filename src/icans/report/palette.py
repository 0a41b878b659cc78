"""The colours and hatchings of the chart.

Grades run from light to dark in steps of lightness that stay apart in greyscale print and for every common
kind of colour blindness. Every colour has a class beside it, so that a page may set its own (dark mode).
"""

from __future__ import annotations

from dataclasses import dataclass

from icans.report.svg import line, rect, tag

GRADES = ("#e3e3e3", "#f7d684", "#ee9f4d", "#d0603a", "#8f2748", "#2f0f3b")
"""Fill of grade 0 to 5."""

PAPER = "#ffffff"
INK = "#1f2328"
SOFT = "#5b636d"
RULE = "#d5d9de"
UNKNOWN = "#b4bac2"
FIRST = "#1b4f8a"
SECOND = "#3f9bbf"


@dataclass(frozen=True)
class Hue:
    """A colour with a meaning, and the class by which a page may set its own: c-blood for fills, c-blood-line."""

    colour: str
    name: str

    @property
    def line(self) -> str:
        """The class of a stroke."""
        return f"{self.name}-line"


# Four meanings. Red and green differ in blue and in lightness too, so that they stay apart without red or green.
BLOOD = Hue("#b3262e", "c-blood")
WALL = Hue("#8a6100", "c-wall")
BRAIN = Hue("#1c5aa8", "c-brain")
DRUG = Hue("#00755e", "c-drug")
GHOST = Hue("#9aa2ab", "c-ghost")


def hatch_name(grade: int) -> str:
    """The id of the hatching for an uncertain stretch that reaches up to `grade`."""
    return f"icans-hatch-{grade}"


def hatch(grade: int) -> str:
    """Slanting lines in the colour of `grade` on a light ground."""
    colour = GRADES[grade]
    ground = rect(0, 0, 5, 5, fill=colour, fill_opacity="0.18", class_=f"c-grade{grade}")
    stripe = rect(0, 0, 2, 5, fill=colour, class_=f"c-grade{grade}")
    return _pattern(hatch_name(grade), 5, ground + stripe)


def unknown_hatch() -> str:
    """Thin grey slanting lines: nothing is known here."""
    return _pattern("icans-hatch-unknown", 6, line(0, 0, 0, 6, stroke=UNKNOWN, stroke_width="1.1", class_="c-unknown"))


def _pattern(name: str, size: int, content: str) -> str:
    return tag(
        "pattern",
        content,
        id=name,
        width=size,
        height=size,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )
