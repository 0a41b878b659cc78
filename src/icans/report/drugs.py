"""Drugs given: one row a drug, a mark for each dose, a bar for each infusion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

import polars as pl

from icans.grading.wording import unit_words
from icans.record.catalogue import drugs
from icans.report.axes import LABEL_SIZE, DayAxis
from icans.report.palette import INK, RULE, SOFT
from icans.report.svg import group, line, number, path, rect, tag, text, title, width_of
from icans.report.words import day, day_of, moment, plain

if TYPE_CHECKING:
    from icans.patient_review import Review

ROW = 13.0
MOST_ROWS = 12
_ORDER = (
    "anticytokine",
    "steroid",
    "vasopressor",
    "inotrope",
    "antiseizure",
    "sedative",
    "antipyretic",
    "antibiotic",
)
_JOINED_DAYS = 1.6
_LONGEST_NAME = 20
_BAR_DAYS = 1 / 24
_DOSE_SIZE = 8.0


@dataclass(frozen=True)
class Dose:
    """One dose or infusion, from start to end in days; dose in words."""

    start: float
    end: float
    dose: str
    tip: str


@dataclass(frozen=True)
class Row:
    """All doses of one drug, and the first of its classes that the chart orders by."""

    label: str
    kind: str
    doses: tuple[Dose, ...]


def rows(review: Review, zero: datetime) -> list[Row]:
    """The drugs given up to the moment of the review, those against cytokines first, then by first dose."""
    given: dict[str, list[Dose]] = {}
    going_on = pl.when(pl.col("end") > review.now).then(review.now).otherwise(pl.col("end"))
    table = review.records.therapies.filter(pl.col("start") <= review.now).sort("start")
    table = table.with_columns(end=going_on)
    columns = ("drug", "start", "end", "dose", "unit", "rate", "rate_unit", "route", "source")
    for drug, *rest in table.select(columns).iter_rows():
        given.setdefault(drug, []).append(_dose(zero, label_of(drug), *rest))
    made = [Row(label_of(name), _kind(name), tuple(doses)) for name, doses in given.items()]
    return sorted(made, key=lambda r: (_place(r.kind), r.doses[0].start, r.label))


def label_of(name: str) -> str:
    """What a drug is called; its name in plain words where the catalogue does not list it."""
    listed = drugs().get(name)
    return listed.label if listed else plain(name)


def _kind(name: str) -> str:
    listed = drugs().get(name)
    return min(listed.classes, key=_place, default="") if listed else ""


def _place(kind: str) -> int:
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def _dose(
    zero: datetime,
    label: str,
    start: datetime,
    end: datetime | None,
    dose: float | None,
    dose_unit: str | None,
    rate: float | None,
    rate_unit: str | None,
    route: str | None,
    source: str | None,
) -> Dose:
    amount, per = (dose, dose_unit) if dose is not None else (rate, rate_unit)
    words = f"{amount:g} {unit_words(per)}".strip() if amount is not None else ""
    until = f" to {moment(end)}" if end else ""
    said = " ".join(w for w in (label, words, route) if w)
    tip = f"{day(day_of(start, zero))}, {moment(start)}{until}: {said}{f' ({source})' if source else ''}"
    return Dose(day_of(start, zero), day_of(end or start, zero), words, tip)


def height(listed: Sequence[Row]) -> float:
    """How tall the lane of these drugs is."""
    return ROW * min(len(listed), MOST_ROWS) + (ROW if len(listed) > MOST_ROWS else 0)


def lane(listed: Sequence[Row], axis: DayAxis, top: float) -> str:
    """The rows under each other; past the most that can be read, the others are only named."""
    drawn = [_row(row, axis, top + ROW * (i + 0.5)) for i, row in enumerate(listed[:MOST_ROWS])]
    if more := listed[MOST_ROWS:]:
        named = "not drawn: " + ", ".join(row.label for row in more)
        room = int((axis.right - axis.left) / width_of("x", LABEL_SIZE))
        short = named if len(named) <= room else f"{named[: room - 1]}…"
        y = top + ROW * (MOST_ROWS + 0.7)
        drawn.append(text(axis.left + 5, y, short, class_="c-soft", fill=SOFT, font_size=number(LABEL_SIZE)))
    return "".join(drawn)


def _row(row: Row, axis: DayAxis, y: float) -> str:
    shown = [d for d in row.doses if d.end >= axis.first and d.start <= axis.last]
    name = text(
        axis.left - 5,
        y + 3.2,
        _short(row.label),
        class_="c-ink",
        fill=INK,
        text_anchor="end",
        font_size=number(LABEL_SIZE),
    )
    base = line(axis.left, y, axis.right, y, class_="c-rule", stroke=RULE, stroke_width="0.6")
    marks = group([_mark(d, row.kind, axis, y) for d in shown], class_="c-mark", fill=INK, stroke="none")
    return group([base, name, _joined(shown, axis, y), marks, _amounts(shown, axis, y)], data_drug=row.label)


def _short(label: str) -> str:
    """The name of a drug as far as there is room left of the axis; the whole of it stands in the tip of its marks."""
    name = label.partition(" (")[0]
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _joined(doses: Sequence[Dose], axis: DayAxis, y: float) -> str:
    """A thin line from dose to dose while a drug goes on."""
    pairs = [(a, b) for a, b in pairwise(doses) if b.start - a.end <= _JOINED_DAYS]
    strokes = [line(axis.at(a.start), y, axis.at(b.start), y) for a, b in pairs]
    return group(strokes, class_="c-line", stroke=INK, stroke_width="1")


def _mark(dose: Dose, kind: str, axis: DayAxis, y: float) -> str:
    """A bar where the dose lasts an hour or more, else a sign for its class."""
    x, said = axis.at(dose.start), title(dose.tip)
    # A minute of tolerance: an hour is 1/24 of a day only nearly.
    if dose.end - dose.start >= _BAR_DAYS - 1 / 1440:
        return rect(x, y - 3, max(axis.at(dose.end) - x, 1.5), 6, dose.tip)
    if kind == "anticytokine":
        corners = [(x - 4.6, y - 4), (x + 4.6, y - 4), (x, y + 4.4)]
        return group([path(corners, closed=True), said])
    if kind == "steroid":
        corners = [(x - 3.2, y), (x, y - 4), (x + 3.2, y), (x, y + 4)]
        return group([path(corners, closed=True), said])
    if kind == "antiseizure":
        return tag("circle", said, cx=x, cy=y, r=2.6)
    return rect(x - 0.8, y - 4, 1.6, 8, dose.tip)


def _amounts(doses: Sequence[Dose], axis: DayAxis, y: float) -> str:
    """The doses in their order, `10 → 4 mg`, after the last mark or before the first, if there is room."""
    words = amounts([d.dose for d in doses])
    if not words:
        return ""
    room = width_of(words, _DOSE_SIZE) + 8
    style = {"class_": "c-soft", "fill": SOFT, "font_size": number(_DOSE_SIZE)}
    if (last := axis.at(max(d.end for d in doses))) + room <= axis.right:
        return text(last + 8, y + 2.8, words, **style)
    if (first := axis.at(doses[0].start)) - room >= axis.left:
        return text(first - 8, y + 2.8, words, text_anchor="end", **style)
    return ""


def amounts(doses: Sequence[str]) -> str:
    """Doses one after the other, equal neighbours once, a shared unit once, the middle of many left out.

    ["10 mg", "10 mg", "4 mg"] -> "10 → 4 mg"
    """
    steps = [dose for dose, _ in groupby(d for d in doses if d)]
    if len(steps) > 3:
        steps = [steps[0], "…", steps[-1]]
    shared = {step.partition(" ")[2] for step in steps if step != "…"}
    if len(shared) > 1 or not steps:
        return " → ".join(steps)
    numbers = " → ".join(step.partition(" ")[0] for step in steps)
    return f"{numbers} {shared.pop()}".strip()
