"""The situation of one patient of a record: graded, with the treatment so far worked out of the therapies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import polars as pl

from icans.errors import DataError
from icans.grading.conventions import switches
from icans.grading.course import course
from icans.guidance.history import treatment
from icans.guidance.response import grades_of
from icans.guidance.situation import Situation
from icans.guidance.vocabulary import GRADES
from icans.record.catalogue import catalogue
from icans.record.names import find_product
from icans.record.record import Records
from icans.record.timeline import typed
from icans.rules.vocabulary import hi, lo


def situation_of(
    records: Records, patient: str | None = None, *, at: datetime | None = None,
    conventions: Mapping[str, bool] | None = None,
) -> Situation:  # fmt: skip
    """One patient of `records` at a moment, the last by default.

    Raises DataError where the patient is not there, or nothing was observed up to then.
    """
    mine = only(records, patient)
    known = mine if at is None else until(mine, at)
    if known.observations.is_empty():
        raise DataError(f"patient {mine.names()[0]}: nothing was observed{f' up to {at}' if at else ''}")
    found = course(known, conventions=conventions, at=at)
    states, grades = found.states, found.grades
    if at is not None:
        # A therapy that began before it may end after it, which makes a later state.
        states, grades = states.filter(pl.col("time") <= at), grades.filter(pl.col("time") <= at)
    return situation(known, states.tail(1), grades, conventions)


def only(records: Records, patient: str | None) -> Records:
    """The record of one patient, who may be left unnamed where there is only one. Raises DataError otherwise."""
    names = records.names()
    if patient is None and len(names) != 1:
        some = ", ".join(names[:3]) + (" ..." if len(names) > 3 else "")
        raise DataError(f"there are {len(names)} patients here; say which one with --patient: {some}")
    if patient is not None and patient not in names:
        raise DataError(f"there is no patient '{patient}' among the {len(names)} here")
    return records.of(names[0] if patient is None else patient)


def until(records: Records, now: datetime) -> Records:
    """The record as it stood at a moment."""
    return replace(
        records,
        observations=records.observations.filter(pl.col("time") <= now),
        therapies=records.therapies.filter(pl.col("start") <= now),
    )


def situation(
    records: Records, state: pl.DataFrame, grades: pl.DataFrame, conventions: Mapping[str, bool] | None = None
) -> Situation:
    """The situation from the last state of one patient (one row) and the course of the grades up to it."""
    who = records.patients.row(0, named=True)
    now, day = state["time"][0], state["day"][0]
    given = treatment(records, grades, now, complete=switches(conventions)["P6"])
    whole = _with_grades(_with_treatment(state, given), grades, now, day)
    product = find_product(who["product"]) if who["product"] else None
    return Situation(who["patient"], product, who["infusion"], now, day, whole, records, grades)


def _with_treatment(state: pl.DataFrame, given: Mapping[str, object]) -> pl.DataFrame:
    """`state` with what the therapies tell; what was recorded itself stands above it."""
    columns = []
    for name, value in given.items():
        item = catalogue()[name]
        number = None if value is None else item.encode(_word(value))
        told = typed(pl.lit(number, dtype=pl.Float64), item)
        columns.append((pl.coalesce(pl.col(name), told) if name in state.columns else told).alias(name))
    return state.with_columns(columns)


def _word(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _with_grades(state: pl.DataFrame, grades: pl.DataFrame, now: datetime, day: float | None) -> pl.DataFrame:
    """The grades now; before the infusion there is none that is due to the cells."""
    ends: dict[str, float] = {}
    for outcome in GRADES:
        found = grades_of(grades, outcome).at(now)
        nothing = (0, 0) if day is not None and day < 0 else (0, 5)
        ends[lo(outcome)], ends[hi(outcome)] = (float(end) for end in (found or nothing))
    return state.with_columns(pl.lit(end).alias(name) for name, end in ends.items())
