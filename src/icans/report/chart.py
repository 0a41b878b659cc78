"""The course of one patient as a self-contained SVG: grades, drugs and measurements over days.

    from icans.report.chart import course_chart
    Path("course.svg").write_text(course_chart(review), encoding="utf-8")

Day 0 is the infusion. No script, no font file, no address outside the picture. Elements carry classes
(`c-...`), so that a page may give them other colours; on its own the picture is complete, on white.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from icans.report import drugs, key, oxygen, panels, ribbon
from icans.report.axes import LABEL_SIZE, DayAxis, day_marks
from icans.report.palette import INK, PAPER, SOFT, hatch, unknown_hatch
from icans.report.series import Point, Stretch, origin, points, stretches, summed, thinned
from icans.report.svg import group, line, number, picture, rect, tag, text
from icans.report.words import day_of, in_order, outcome_name

if TYPE_CHECKING:
    from icans.patient_review import Review

WIDTH = 680.0
LEFT, RIGHT = 112.0, WIDTH - 42.0
TOP = 20.0
GAP = 13.0
FIRST_DAY, LAST_DAY = -14.0, 120.0
_DOT = 3.0
# The last grade may be cut by this many days rather than make the axis a day longer.
_TAIL = 0.25
ICE_PARTS = ("ice_orientation", "ice_naming", "ice_commands", "ice_writing", "ice_attention")
_LINES = (panels.TEMPERATURE, panels.PRESSURE)
_ITEMS = (
    *(c.item for p in (*_LINES, panels.SATURATION, panels.ICE, panels.CAPD, *panels.LABORATORY) for c in p.curves),
    *ICE_PARTS,
    oxygen.ITEM,
)


@dataclass(frozen=True)
class Block:
    """A part of the chart: its name and unit at the left, its height, and how to draw it below a given y."""

    name: tuple[str, ...]
    height: float
    draw: Callable[[float], str]


def course_chart(review: Review) -> str:
    """The chart of a review as SVG text; panels without data are left out."""
    zero = origin(review)
    if zero is None:
        return _page(review, 60.0, text(WIDTH / 2, 34, "nothing recorded", text_anchor="middle", fill=SOFT), "")
    courses = [stretches(review.course, o) for o in in_order(review.course["outcome"].unique().to_list())]
    found = _found(review)
    listed = drugs.rows(review, zero)
    axis = _axis(courses, found, listed, zero, review.infusion is not None)
    blocks = [*_ribbons(courses, zero, axis), *_lane(listed, axis), *_measured(found, axis)]
    body, y = "", TOP
    for block in blocks:
        body += _named(block, y) + block.draw(y)
        y += block.height + GAP
    y -= GAP - 4
    label = "days from the infusion" if review.infusion else "days from the first entry (infusion not known)"
    under = day_marks(axis, TOP, y, label) + (_infusion(axis, y) if review.infusion else "")
    notes = key.notes(courses, found, listed, axis, zero)
    bottom = y + 36 + key.height(notes, RIGHT - LEFT)
    return _page(review, bottom, under + body + key.draw(notes, axis, y + 36), _hatches(courses))


def _found(review: Review) -> dict[str, list[Point]]:
    """The values of all drawn items; the ICE total is added up where its parts were seen."""
    found = points(review, _ITEMS)
    totals = [*found.get("ice_total", ()), *summed(found, ICE_PARTS, "ice_total")]
    if totals:
        found["ice_total"] = sorted(totals, key=lambda p: p.day)
    return found


def _axis(
    courses: Sequence[Sequence[Stretch]],
    found: Mapping[str, Sequence[Point]],
    listed: Sequence[drugs.Row],
    zero: datetime,
    known: bool,
) -> DayAxis:
    """Whole days around everything; with a known infusion no more than FIRST_DAY to LAST_DAY."""
    days = [day_of(s.start, zero) for c in courses for s in c]
    days += [day_of(c[-1].end, zero) - _TAIL for c in courses if c]
    days += [p.day for values in found.values() for p in (values[0], values[-1])]
    days += [d for row in listed for dose in row.doses for d in (dose.start, dose.end)]
    first, last = math.floor(min(days, default=0.0)), math.ceil(max(days, default=1.0))
    if known:
        first, last = max(min(first, 0), FIRST_DAY), min(max(last, 1), LAST_DAY)
    return DayAxis(first, max(last, first + 1), LEFT, RIGHT)


def _ribbons(courses: Sequence[Sequence[Stretch]], zero: datetime, axis: DayAxis) -> list[Block]:
    def block(course: Sequence[Stretch]) -> Block:
        name = (outcome_name(course[0].outcome), "grade")
        return Block(name, ribbon.height(course), lambda y: ribbon.ribbon(course, zero, axis, y))

    return [block(course) for course in courses if course]


def _lane(listed: Sequence[drugs.Row], axis: DayAxis) -> list[Block]:
    return [Block((), drugs.height(listed), lambda y: drugs.lane(listed, axis, y))] if listed else []


def _measured(found: Mapping[str, Sequence[Point]], axis: DayAxis) -> list[Block]:
    """The panels that have data, top to bottom."""
    width = (axis.last - axis.first) / (axis.right - axis.left) * _DOT
    thin = {item: thinned(values, width) for item, values in found.items() if item != oxygen.ITEM}
    devices = found.get(oxygen.ITEM, [])
    made = [_panel(p, thin, axis) for p in _LINES if panels.has_data(p, thin)]
    if panels.has_data(panels.SATURATION, thin):
        made.append(_panel(panels.SATURATION, thin, axis, devices))
    elif devices:
        made.append(Block(("Oxygen",), oxygen.HEIGHT, lambda y: oxygen.band(devices, axis, y)))
    rest = (panels.ICE, panels.CAPD, *panels.LABORATORY)
    return made + [_panel(p, thin, axis) for p in rest if panels.has_data(p, thin)]


def _panel(
    panel: panels.Panel, found: Mapping[str, Sequence[Point]], axis: DayAxis, devices: Sequence[Point] = ()
) -> Block:
    below = oxygen.HEIGHT + 5 if devices else 0.0

    def draw(y: float) -> str:
        scale = panels.upright(panel, found, y)
        drawn = panels.draw(panel, found, axis, scale)
        return drawn + (oxygen.band(devices, axis, y + panel.height + 5) if devices else "")

    log = panels.upright(panel, found, 0).log
    name = (
        panel.title,
        f"{panel.unit}, log" if log else panel.unit,
        *(("high is worse",) if panel.reversed else ()),
    )
    return Block(name, panel.height + below, draw)


def _named(block: Block, y: float) -> str:
    """The name of a block in bold and its unit below, in the left margin."""
    words = [
        text(2, y + 8 + 11 * i, w, **({"font_weight": "700", "fill": INK} if i == 0 else {"fill": SOFT}))
        for i, w in enumerate(block.name)
    ]
    return group(words, class_="c-name", font_size=number(LABEL_SIZE))


def _infusion(axis: DayAxis, bottom: float) -> str:
    x = axis.at(0)
    upright = line(x, TOP - 4, x, bottom, stroke=INK, stroke_width="0.9", class_="c-line")
    return upright + text(
        x, TOP - 8, "infusion", text_anchor="middle", font_size=number(LABEL_SIZE), fill=INK, class_="c-ink"
    )


def _hatches(courses: Sequence[Sequence[Stretch]]) -> str:
    needed = sorted({grade for course in courses for grade in ribbon.hatches(course)})
    return "".join(hatch(grade) for grade in needed) + unknown_hatch()


def _page(review: Review, height: float, body: str, patterns: str) -> str:
    """The whole picture: size, names for screen readers, hatchings, white ground."""
    who = f"Course of {review.patient}"
    drawn = " and ".join(outcome_name(o) for o in in_order(review.course["outcome"].unique().to_list()))
    what = f"Grades of {drawn or 'no outcome'}, drugs and measurements over days from the infusion."
    ground = rect(0, 0, WIDTH, height, fill=PAPER, class_="c-paper")
    content = (tag("defs", patterns) if patterns else "") + ground + body
    return picture(who, what, content, width=WIDTH, height=height, class_="course")
