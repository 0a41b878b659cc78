"""The figure: median courses of real and of virtual patients, a panel a quantity, on one time axis."""

from __future__ import annotations

import numpy as np
import polars as pl

from icans.report.axes import LABEL_SIZE, DayAxis, Upright, day_marks, scale_marks
from icans.report.palette import FIRST, GRADES, INK, PAPER, SECOND, SOFT
from icans.report.svg import FONT, group, line, number, path, rect, tag, text, title
from real_patients_rows import VARIABLES, Variable, Virtual, points_of

WIDTH, PANEL, TOP, GAP = 680.0, 116.0, 30.0, 62.0
LEFTS, ACROSS = (54.0, 394.0), 270.0
DATA = GRADES[3]
ZUMA = GRADES[4]
GROUPS = ("all patients", "no tocilizumab, steroid or anakinra")
# Where the log axis of each panel begins and ends: places on a page, not values of medicine.
ENDS = {
    "CART": (0.1, 1e4), "IFN": (1, 1e4), "GM": (0.1, 100), "IL6": (1, 1e4), "IL1": (0.1, 100),
    "CRP": (0.1, 1e3), "Fer": (100, 2e5),
}  # fmt: skip


def figure(courses: pl.DataFrame, people: dict[str, Virtual]) -> str:
    """The figure as SVG. people: by product, `4-1bb` and `cd28`."""
    rows = -(-(len(VARIABLES) + 1) // 2)
    height = TOP + rows * (PANEL + GAP)
    body = ""
    for place, variable in enumerate(VARIABLES):
        left, top = LEFTS[place % 2], TOP + (place // 2) * (PANEL + GAP)
        body += _panel(courses, people, variable, left, top)
    body += _key(LEFTS[len(VARIABLES) % 2], TOP + (rows - 1) * (PANEL + GAP))
    words = title("Median courses of real and virtual patients")
    ground = rect(0, 0, WIDTH, height, fill=PAPER)
    size = {"viewBox": f"0 0 {number(WIDTH)} {number(height)}", "width": WIDTH, "height": height}
    return tag(
        "svg", words + ground + body, xmlns="http://www.w3.org/2000/svg", role="img", font_family=FONT, **size
    )  # fmt: skip


def _panel(courses: pl.DataFrame, people: dict[str, Virtual], variable: Variable, left: float, top: float) -> str:
    axis = DayAxis(0, 30, left, left + ACROSS)
    low, high = ENDS[variable.name]
    scale = Upright(low, high, top, top + PANEL, log=True)
    drawn = scale_marks(scale, axis.left, axis.right, scale.ticks())
    drawn += day_marks(axis, top, top + PANEL, "days from the infusion")
    for product, colour in (("cd28", SECOND), ("4-1bb", FIRST)):
        drawn += _band(people[product], variable, axis, scale, colour)
    for name, open_, shift in ((GROUPS[0], False, -0.12), (GROUPS[1], True, 0.12)):
        drawn += _points(points_of(courses, variable, name), axis, scale, open_, shift)
    if variable.name == "CART":
        drawn += _zuma(courses, axis, scale)
    head = text(left, top - 9, variable.label, font_weight="700", fill=INK)
    unit = text(left + ACROSS, top - 9, variable.unit, fill=SOFT, text_anchor="end")
    return drawn + group([head, unit], font_size=number(LABEL_SIZE + 0.5))


def _band(people: Virtual, variable: Variable, axis: DayAxis, scale: Upright, colour: str) -> str:
    """The quartiles of virtual patients as a band, their median as a line."""
    shown = people.times <= axis.last
    quartiles = np.quantile(people.curves[variable.name][:, shown], [0.25, 0.5, 0.75], axis=0)
    lower, middle, upper = (
        [(axis.at(float(t)), scale.at(float(v))) for t, v in zip(people.times[shown], values, strict=True)]
        for values in quartiles
    )
    band = path([*lower, *reversed(upper)], closed=True, fill=colour, fill_opacity="0.16")
    return band + path(middle, fill="none", stroke=colour, stroke_width="1.6")


def _points(points: pl.DataFrame, axis: DayAxis, scale: Upright, open_: bool, shift: float) -> str:
    """Medians as circles with their quartiles as whiskers; what is off the axis lies on its edge."""
    marks = []
    for row in points.filter(pl.col("time") <= axis.last).iter_rows(named=True):
        x, y = axis.at(row["time"] + shift), scale.at(row["value"])
        marks.append(line(x, scale.at(row["low"]), x, scale.at(row["high"]), stroke=DATA, stroke_width="0.7"))
        fill = PAPER if open_ else DATA
        marks.append(tag("circle", cx=x, cy=y, r=2.0, fill=fill, stroke=DATA, stroke_width="0.8"))
    return group(marks)


def _zuma(courses: pl.DataFrame, axis: DayAxis, scale: Upright) -> str:
    points = courses.filter(pl.col("dataset") == "zuma1_median_car", pl.col("time") <= axis.last)
    return group(_diamond(axis.at(t), scale.at(v)) for t, v in points.select("time", "value").iter_rows())


def _diamond(x: float, y: float) -> str:
    corners = [(x, y - 4), (x + 3.4, y), (x, y + 4), (x - 3.4, y)]
    return path(corners, closed=True, fill=ZUMA, stroke=PAPER, stroke_width="0.6")


def _key(left: float, top: float) -> str:
    """What the signs mean, in the place of a panel."""
    signs = [
        ("Virtual patients, 4-1BB, untreated: median and quartiles", _swatch(FIRST)),
        ("Virtual patients, CD28, untreated: median and quartiles", _swatch(SECOND)),
        ("CD22 CAR (4-1BB), all patients: median and quartiles", _dot(DATA)),
        ("CD22 CAR, without tocilizumab, steroid or anakinra", _dot(PAPER)),
        ("ZUMA-1 (CD28): median, read off a figure", _diamond(8, 0)),
    ]
    drawn = []
    for i, (words, sign) in enumerate(signs):
        y = top + 12 + 19 * i
        drawn.append(tag("g", sign, transform=f"translate({number(left)},{number(y)})"))
        drawn.append(text(left + 24, y + 3.2, words, fill=INK, font_size=number(LABEL_SIZE - 0.5)))
    notes = ("CD22 CAR: children and young adults with leukaemia;", "many of them were treated.")
    bottom = top + 12 + 19 * len(signs) + 6
    small = number(LABEL_SIZE - 0.5)
    drawn += [text(left, bottom + 12 * i, words, fill=SOFT, font_size=small) for i, words in enumerate(notes)]
    return group(drawn)


def _swatch(colour: str) -> str:
    return rect(0, -5, 16, 10, fill=colour, fill_opacity="0.16") + line(0, 0, 16, 0, stroke=colour, stroke_width="1.6")


def _dot(fill: str) -> str:
    whisker = line(8, -6, 8, 6, stroke=DATA, stroke_width="0.7")
    return whisker + tag("circle", cx=8.0, cy=0.0, r=2.2, fill=fill, stroke=DATA, stroke_width="0.8")
