"""The measurement panels of the chart as data, and how one is drawn: its axis, lines, points and labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from icans.report.axes import LABEL_SIZE, DayAxis, Upright, fitted, is_wide, scale_marks
from icans.report.palette import FIRST, INK, PAPER, SECOND
from icans.report.series import Point
from icans.report.svg import group, line, number, path, tag, text, title


@dataclass(frozen=True)
class Curve:
    """One item of a panel; label stands at the right end of its line."""

    item: str
    label: str = ""
    colour: str = FIRST
    name: str = "c-first"


@dataclass(frozen=True)
class Panel:
    """Items on one upright axis.

    least    the axis holds at least this range, in the catalogue's unit
    fixed    the axis is `least` exactly
    mark     a value with a dashed line across the panel, named at its right
    joined   points are joined while no more than this many days apart
    may_log  a log axis where the values range over more than a factor of 50
    """

    title: str
    unit: str
    curves: tuple[Curve, ...]
    least: tuple[float, float]
    height: float = 50.0
    fixed: bool = False
    reversed: bool = False
    mark: float | None = None
    joined: float = 1.0
    may_log: bool = False


PRESSURE = Panel(
    "Blood pressure",
    "mmHg",
    (Curve("systolic_pressure", "SBP"), Curve("mean_arterial_pressure", "MAP", SECOND, "c-second")),
    (60, 120),
)
# Fever in ASTCT 2019 is 38.0 °C or more (Lee DW, Biol Blood Marrow Transplant 2019;25:625). Here it is only a
# line to read by: no grade is made from it.
TEMPERATURE = Panel("Temperature", "°C", (Curve("temperature"),), (36, 40), mark=38.0)
SATURATION = Panel("Oxygen", "SpO2, %", (Curve("oxygen_saturation"),), (88, 100), height=36.0)
ICE = Panel("ICE", "points, 0–10", (Curve("ice_total"),), (0, 10), height=44.0, fixed=True, joined=1.0)
CAPD = Panel(
    "CAPD",
    "points, reversed:",
    (Curve("capd_total"),),
    (0, 32),
    height=44.0,
    fixed=True,
    reversed=True,
    joined=1.6,
)
LABORATORY = (
    Panel("CRP", "mg/L", (Curve("crp"),), (0, 10), height=40.0, joined=4.0, may_log=True),
    Panel("Ferritin", "µg/L", (Curve("ferritin"),), (0, 500), height=40.0, joined=4.0, may_log=True),
)


def has_data(panel: Panel, found: Mapping[str, Sequence[Point]]) -> bool:
    """Whether any curve of a panel has a value."""
    return any(found.get(curve.item) for curve in panel.curves)


def upright(panel: Panel, found: Mapping[str, Sequence[Point]], top: float) -> Upright:
    """The axis of a panel; implausible values do not stretch it."""
    bottom = top + panel.height
    if panel.fixed:
        return Upright(*panel.least, top, bottom, reversed=panel.reversed)
    points = [p for c in panel.curves for p in found.get(c.item, ()) if not p.implausible]
    values = [p.low for p in points] + [p.high for p in points]
    return fitted(values, panel.least, top, bottom, panel.may_log and is_wide(values))


def draw(panel: Panel, found: Mapping[str, Sequence[Point]], axis: DayAxis, scale: Upright) -> str:
    """A panel on its axis, without its name."""
    shown = {c: [p for p in found.get(c.item, ()) if axis.holds(p.day)] for c in panel.curves}
    return (
        scale_marks(scale, axis.left, axis.right, _ticks(panel, scale))
        + _mark_line(panel, axis, scale)
        + "".join(_curve(c, points, panel.joined, axis, scale) for c, points in shown.items())
        + _names(shown, axis, scale)
    )


def _ticks(panel: Panel, scale: Upright) -> list[float]:
    if panel.fixed:
        return [scale.low, (scale.low + scale.high) / 2, scale.high]
    return scale.ticks(max(2, round(panel.height / 14)))


def _mark_line(panel: Panel, axis: DayAxis, scale: Upright) -> str:
    if panel.mark is None or not scale.holds(panel.mark):
        return ""
    y = scale.at(panel.mark)
    dashes = line(axis.left, y, axis.right, y, stroke=INK, stroke_width="0.8", stroke_dasharray="4 3", class_="c-line")
    return dashes + text(
        axis.right + 5, y + 3.2, f"{panel.mark:.1f}", font_size=number(LABEL_SIZE), fill=INK, class_="c-ink"
    )


def _curve(curve: Curve, points: Sequence[Point], joined: float, axis: DayAxis, scale: Upright) -> str:
    radius = 1.8 if len(points) < 150 else 1.2
    strokes = [path([(axis.at(p.day), scale.at((p.low + p.high) / 2)) for p in run]) for run in _runs(points, joined)]
    spans = [_span(p, axis, scale) for p in points if p.low != p.high]
    dots = [_dot(p, radius, axis, scale) for p in points if p.low == p.high]
    return group(
        [
            group(strokes, fill="none", stroke=curve.colour, stroke_width="1.1", class_=f"{curve.name}-line"),
            group(spans, stroke=curve.colour, stroke_width="2.4", class_=f"{curve.name}-line"),
            group(dots, fill=curve.colour, class_=curve.name),
        ],
        data_item=curve.item,
    )


def _runs(points: Sequence[Point], joined: float) -> list[list[Point]]:
    """Points that a line may join: plausible, and not too far apart."""
    runs: list[list[Point]] = []
    for point in (p for p in points if not p.implausible):
        if runs and point.day - runs[-1][-1].day <= joined:
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs


def _dot(point: Point, radius: float, axis: DayAxis, scale: Upright) -> str:
    """A value; hollow where implausible, at the edge of the panel where it lies outside."""
    x, y = axis.at(point.day), scale.at(point.low)
    if not point.implausible:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}">{title(point.tip)}</circle>'
    hollow = {"fill": PAPER, "stroke": INK, "stroke_width": "1", "class_": "c-hollow"}
    return tag("circle", title(point.tip), cx=x, cy=y, r=2.6, **hollow, data_implausible="yes")


def _span(point: Point, axis: DayAxis, scale: Upright) -> str:
    """A total of which parts are missing: a dashed upright stroke from its lowest to its highest."""
    x = axis.at(point.day)
    return tag(
        "line",
        title(point.tip),
        x1=x,
        x2=x,
        y1=scale.at(point.low),
        y2=scale.at(point.high),
        stroke_dasharray="1.6 1.6",
        data_low=point.low,
        data_high=point.high,
    )


def _names(shown: Mapping[Curve, Sequence[Point]], axis: DayAxis, scale: Upright) -> str:
    """The label of each curve at the height of its last value, pushed apart where they would touch."""
    ends = [(scale.at(points[-1].low), c) for c, points in shown.items() if c.label and points]
    words, above = [], float("-inf")
    for y, curve in sorted(ends, key=lambda end: end[0]):
        y = max(y, above + LABEL_SIZE)
        words.append(text(axis.right + 5, y + 3.2, curve.label, fill=curve.colour, class_=curve.name))
        above = y
    return group(words, font_size=number(LABEL_SIZE))
