"""Grades over time: from a record to its states, their grades, and the episodes they form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from icans.grading.assumptions import with_assumptions
from icans.grading.conventions import conventions as all_conventions
from icans.grading.conventions import switches
from icans.grading.derived import with_fever_history, with_score_baselines
from icans.grading.grade import applies, chosen, columns, grade_scale
from icans.grading.library import DEFAULT_FAMILY
from icans.record.baseline import with_baselines
from icans.record.record import Records
from icans.record.support import with_support
from icans.record.timeline import states as timeline

COURSE: dict[str, pl.DataType] = {
    "patient": pl.String(),
    "time": pl.Datetime("us", "UTC"),
    "day": pl.Float64(),
    "outcome": pl.String(),
    "min": pl.Int8(),
    "max": pl.Int8(),
}
"""One row a patient, state and outcome (crs, icans ...), from the infusion on."""


@dataclass(frozen=True)
class Course:
    """Grades over time. states: the graded states, typed; grades: the table described by COURSE."""

    states: pl.DataFrame
    grades: pl.DataFrame


def course(
    records: Records,
    *,
    every: float | None = None,
    families: Sequence[str] | str = DEFAULT_FAMILY,
    conventions: Mapping[str, bool] | None = None,
    at: datetime | None = None,
) -> Course:
    """The states of one patient or many and their grades.

    every     None: a grade at every moment at which something was seen; a number: one for each so many hours, the
              worst of the moments in it (convention C11)
    families  the scales to grade by
    at        a moment that is graded although nothing was seen then: what was seen before and is still valid counts

    States before the infusion are kept but not graded: nothing before it is due to the cells.
    """
    positions = switches(conventions)
    table = states_of(records, positions, at)
    graded = table.filter(pl.col("day").fill_null(0) >= 0)
    key = graded.select("patient", "time", "day")
    parts = [pl.DataFrame(schema=COURSE)]
    for scale in chosen(families, conventions):
        if scale.kind != "grade" or not applies(scale, graded.columns) or graded.is_empty():
            continue
        low, high = columns(scale)
        found = grade_scale(graded, scale, positions).rename({low: "min", high: "max"})
        rows = pl.concat([key, found], how="horizontal")
        outcome = pl.lit(low.removesuffix("_min"), dtype=pl.String)
        parts.append(rows.with_columns(outcome=outcome).select(list(COURSE)))
    grades = pl.concat(parts)
    if every is not None:
        grades = by_window(grades, records, every, worst=positions["C11"]).select(list(COURSE))
    return Course(table, grades)


def states_of(records: Records, positions: Mapping[str, bool], at: datetime | None = None) -> pl.DataFrame:
    """The states of a record with what follows from it: vasopressors running, baselines, masked and earlier fever."""
    implausible = not positions["P12"]
    hours = all_conventions()["P14"].hours if positions["P14"] else None
    table = timeline(records, unattributed=False if positions["P2"] else None, implausible=implausible, at=at)
    sure = all_conventions()["P15"].hours if positions["P15"] else 0.0
    table = with_support(table, records, complete=positions["P6"], sure_hours=sure)
    table = with_baselines(table, records, hours=hours, implausible=implausible)
    table = with_assumptions(with_score_baselines(table, positions), positions)
    return with_fever_history(table, records, positions)


def by_window(grades: pl.DataFrame, records: Records, every: float, *, worst: bool) -> pl.DataFrame:
    """Grades of moments (one row a patient, time and outcome) as grades of windows of `every` hours.

    A window is named by its end and counted from the infusion, or from the first moment where that is not known. Its
    interval holds the worst grade in it (worst) or the last; other columns are those of the moment that sets it.
    """
    infusion = records.patients.select("patient", "infusion")
    anchored = grades.join(infusion, on="patient", how="left", maintain_order="left").with_columns(
        anchor=pl.coalesce("infusion", pl.col("time").min().over("patient"))
    )
    hours = (pl.col("time") - pl.col("anchor")).dt.total_microseconds() / 3600e6
    number = pl.max_horizontal((hours / every).ceil(), 1)
    key = ("patient", "outcome", "window")
    placed = anchored.with_columns(window=number).sort(["min", "max", "time"] if worst else "time")
    first = [pl.col("min").max(), pl.col("max").max()] if worst else [pl.col("min").last(), pl.col("max").last()]
    rest = [c for c in grades.columns if c not in ("patient", "outcome", "time", "day", "min", "max")]
    found = placed.group_by(key, maintain_order=True).agg(*first, pl.col("anchor").first(), pl.col(rest).last())
    end = pl.col("anchor") + pl.duration(microseconds=(pl.col("window") * every * 3600e6).cast(pl.Int64))
    day = (end - pl.col("infusion")).dt.total_microseconds() / 86400e6
    found = found.join(infusion, on="patient", how="left").with_columns(time=end, day=day)
    return found.select(grades.columns).sort("outcome", "patient", "time")
