"""What the pictures of one simulation and of several share: size, title, foot, ground."""

from __future__ import annotations

from collections.abc import Iterable

from icans.report.palette import INK, PAPER, SOFT, hatch, unknown_hatch
from icans.report.story_panel import paragraph
from icans.report.svg import group, number, picture, rect, tag, text, width_of

WIDTH = 1400.0
MARGIN = 24.0
HEAD_SIZE = 17.0
_TITLE_SIZE, _SUBTITLE_SIZE, _FOOT_SIZE = 24.0, 13.5, 11.0
_BELOW_HEADLINE = 64.0


def headline(name: str, below: str) -> str:
    """The title of a picture and the line below it, smaller where they would not fit."""
    words = text(MARGIN, 36, name, font_size=_fitting(name, _TITLE_SIZE), font_weight="700", fill=INK, class_="c-ink")
    return words + text(MARGIN, 58, below, font_size=_fitting(below, _SUBTITLE_SIZE), fill=SOFT, class_="c-soft")


def _fitting(words: str, size: float) -> str:
    return number(min(size, size * (WIDTH - 2 * MARGIN) / max(width_of(words, size), 1.0)))


def foot(notes: Iterable[str], top: float) -> tuple[str, float]:
    """Notes below each other, and the height they take."""
    drawn, y = [], top
    for words in notes:
        lines, tall = paragraph(MARGIN, y + _FOOT_SIZE, words, _FOOT_SIZE, (WIDTH - 2 * MARGIN) * 1.04)
        drawn.append(lines)
        y += tall + 3
    return group(drawn, fill=SOFT, class_="c-soft"), y - top


def whole(name: str, what: str, height: float, body: str, hatched: Iterable[int] = (), titled: bool = True) -> str:
    """The picture around its body: size, names for screen readers, hatchings of uncertain grades, white ground.

    titled  whether the headline is seen; a page that has its own cuts it off
    """
    top = 0.0 if titled else _BELOW_HEADLINE
    patterns = "".join(hatch(grade) for grade in sorted(hatched)) + unknown_hatch()
    ground = rect(0, 0, WIDTH, height, fill=PAPER, class_="c-paper")
    content = tag("defs", patterns) + ground + body
    return picture(name, what, content, width=WIDTH, height=height - top, class_="story", top=top)
