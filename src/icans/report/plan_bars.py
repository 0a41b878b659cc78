"""The bars of a plan: their colour says what they are about, their outline how well it is known."""

from __future__ import annotations

from icans.guidance.monitoring.answer import Figure
from icans.report.axes import LABEL_SIZE
from icans.report.palette import INK, PAPER, SOFT, Hue
from icans.report.plan_axis import PlanAxis
from icans.report.svg import group, line, number, path, rect, tag, text, title, width_of

ROW = 15.0
BAR = 11.0
SMALL = 8.5
OUTLINES: dict[str, str | None] = {"verified": None, "from memory": "3.5 2", "convention": "1 1.8"}
"""How a mark is drawn: dashes of the outline; None is a whole line."""
_LIGHT, _DEEP = "0.22", "0.6"


def bar(axis: PlanAxis, days: tuple[float, float], y: float, hue: Hue, mark: str, tip: str, deep: bool = False) -> str:
    """A bar over days, centred on y; deep: the days at which most is to be expected."""
    drawn = [
        rect(
            first,
            y - BAR / 2,
            max(last - first, 1.5),
            BAR,
            tip,
            fill=hue.colour,
            class_=hue.name,
            fill_opacity=_DEEP if deep else _LIGHT,
            stroke=hue.colour,
            stroke_width="0.9",
            stroke_dasharray=OUTLINES.get(mark),
        )
        for first, last in axis.pieces(*days)
    ]
    return "".join(drawn)


def words_in(axis: PlanAxis, days: tuple[float, float], y: float, words: str, free: float) -> str:
    """Words inside a bar where they fit, else after it where there is room up to `free`; nothing else."""
    size, wide = number(SMALL), width_of(words, SMALL)
    style = {"font_size": size, "fill": INK, "class_": "c-ink"}
    pieces = axis.pieces(*days)
    first, last = max(pieces, key=lambda piece: piece[1] - piece[0])
    if wide + 4 <= last - first:
        return text(first + 3, y + 3, words, **style)
    if pieces[-1][1] + 4 + wide <= free:
        return text(pieces[-1][1] + 4, y + 3, words, **style)
    return ""


def soft_words(x: float, y: float, words: str, end: bool = False) -> str:
    """Words beside a mark; `end`: they end at x."""
    anchor = "end" if end else None
    return text(x, y + 3, words, font_size=number(SMALL), fill=SOFT, class_="c-soft", text_anchor=anchor)


def name(y: float, words: str, soft: bool = False) -> str:
    """The name of a row at the left; soft for a row below another."""
    if soft:
        return text(10, y + 3, words, font_size=number(SMALL), fill=SOFT, class_="c-soft")
    return text(2, y + 3.2, words, font_size=number(LABEL_SIZE), fill=INK, class_="c-ink")


def heading(y: float, words: str, right: float) -> str:
    """The name of a part of the chart, with a line under it."""
    bold = text(2, y, words, font_size=number(LABEL_SIZE + 0.5), font_weight="700", fill=INK, class_="c-ink")
    return bold + line(2, y + 4, right, y + 4, stroke=INK, stroke_width="0.7", class_="c-line")


def diamond(x: float, y: float, tip: str) -> str:
    """A check on one day."""
    corners = [(x - 4, y), (x, y - 4.6), (x + 4, y), (x, y + 4.6)]
    return group([path(corners, closed=True), title(tip)], fill=INK, class_="c-mark")


def whisker(axis: PlanAxis, y: float, onset: Figure, hue: Hue, tip: str) -> str:
    """A median as a dot, or a short bar where it is a span, on the range of all patients; hollow where not verified."""
    far, mark = onset.range, onset.cited.mark
    drawn = [line(axis.at(far[0]), y, axis.at(far[1]), y, stroke_width="1")] if far else []
    drawn += [line(axis.at(end), y - 2.4, axis.at(end), y + 2.4, stroke_width="1") for end in far or ()]
    fill = hue.colour if mark == "verified" else PAPER
    low, high = axis.at(onset.low), axis.at(onset.high)
    style = {"fill": fill, "stroke_width": "1.2", "class_": hue.name if mark == "verified" else "c-hollow"}
    if low == high:
        drawn.append(tag("circle", title(tip), cx=low, cy=y, r=3.0, **style))
    else:
        drawn.append(rect(low - 2, y - 3, high - low + 4, 6, tip, rx="3", **style))
    return group(drawn, stroke=hue.colour, class_=hue.line)
