"""A review: one patient's record, graded over time and explained. What `icans review` shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from icans.errors import DataError
from icans.grading.answer import Answer, Episode
from icans.grading.conventions import switches
from icans.grading.course import course
from icans.grading.episodes import episodes
from icans.grading.explain import explain
from icans.grading.library import DEFAULT_FAMILY, family
from icans.grading.related import Related, related
from icans.guidance.library import DEFAULT
from icans.guidance.situation_of import only, situation, until
from icans.patient_guidance import Guidance, guidance
from icans.record.record import ReadingLog, Records

OUTCOMES = ("crs", "icans")
_DEATH = 5


@dataclass(frozen=True)
class Review:
    """One patient's course, graded and explained.

    now      the moment that is explained: the last state, or the one asked for
    states   the graded states, typed; course: their grades (see `grading.course.COURSE`)
    current  outcome -> its answer now; since: outcome -> when the current interval began
    peak     outcome -> (min, max, time) of the state with the highest sure grade
    related  the scores, and the neighbouring toxicities for which the record holds anything
    guidance what to do next; None before the infusion, and after a death
    """

    patient: str
    label: str | None
    product: str | None
    age: float | None
    infusion: datetime | None
    now: datetime
    day: float | None
    records: Records
    states: pl.DataFrame
    course: pl.DataFrame
    current: Mapping[str, Answer]
    since: Mapping[str, datetime | None]
    peak: Mapping[str, tuple[int, int, datetime]]
    episodes: tuple[Episode, ...]
    related: Related
    notices: tuple[str, ...]
    log: ReadingLog
    conventions: Mapping[str, bool] = field(default_factory=dict)
    guidance: Guidance | None = None


def review(
    records: Records,
    patient: str | None = None,
    *,
    at: datetime | None = None,
    every: float | None = None,
    conventions: Mapping[str, bool] | None = None,
    guideline: str = DEFAULT,
) -> Review:
    """Review one patient of `records`.

    patient      which one; may be left out where there is only one
    at           explain this moment, with what was seen before it and is still valid; the last state by default
    every        a number of hours: states over windows instead of at every time something was seen
    conventions  switches to change
    guideline    whose advice is shown, `icans guidelines` lists them

    Raises DataError where the patient is not there, nothing was observed, or nothing before `at`.
    """
    mine = only(records, patient)
    who = mine.patients.row(0, named=True)
    if mine.observations.is_empty():
        raise DataError(f"patient {who['patient']}: no observation was read, so there is nothing to review")
    known = mine if at is None else until(mine, at)
    if known.observations.is_empty():
        raise DataError(f"patient {who['patient']}: nothing was observed up to {at}")
    found = course(known, every=every, conventions=conventions, at=at)
    states = found.states if at is None else found.states.filter(pl.col("time") <= at)
    grades = found.grades if at is None else found.grades.filter(pl.col("time") <= at)
    now, day = states["time"][-1], states["day"][-1]
    last = states.tail(1)
    return Review(
        patient=who["patient"], label=who["label"], product=who["product"], age=who["age"],
        infusion=who["infusion"], now=now, day=day, records=mine, states=states, course=grades,
        current={a.outcome: a for a in _current(last, conventions, now, day)},
        since={o: _since(grades, o) for o in OUTCOMES},
        peak={o: p for o in OUTCOMES if (p := _peak(grades, o)) is not None},
        episodes=tuple(episodes(grades, conventions)),
        related=related(known, last, conventions, now, day),
        notices=tuple(_notices(mine)),
        log=records.log, conventions=switches(conventions),
        guidance=_guidance(known, last, found.grades, guideline, conventions),
    )  # fmt: skip


def _current(
    last: pl.DataFrame, conventions: Mapping[str, bool] | None, now: datetime, day: float | None
) -> Iterator[Answer]:
    if day is not None and day < 0:
        return
    for scale in family(DEFAULT_FAMILY, conventions):
        yield explain(last, scale.name, conventions=conventions, time=now, day=day)


def _guidance(
    known: Records, last: pl.DataFrame, grades: pl.DataFrame, guideline: str, conventions: Mapping[str, bool] | None
) -> Guidance | None:
    day = last["day"][0]
    cause = last["death_cause"][0] if "death_cause" in last.columns else None
    died = grades.filter(pl.col("min") >= _DEATH).height > 0 or cause not in (None, "none")
    if died or (day is not None and day < 0):
        return None
    return guidance(situation(known, last, grades, conventions), guideline, conventions=conventions)


def _since(grades: pl.DataFrame, outcome: str) -> datetime | None:
    rows = grades.filter(pl.col("outcome") == outcome).sort("time").rows(named=True)
    since = None
    for row in reversed(rows):
        if (row["min"], row["max"]) != (rows[-1]["min"], rows[-1]["max"]):
            break
        since = row["time"]
    return since


def _peak(grades: pl.DataFrame, outcome: str) -> tuple[int, int, datetime] | None:
    rows = grades.filter(pl.col("outcome") == outcome).drop_nulls(["min", "max"]).sort("time").rows(named=True)
    if not rows:
        return None
    peak = max(rows, key=lambda r: (r["min"], r["max"]))
    return peak["min"], peak["max"], peak["time"]


def _notices(records: Records) -> Iterator[str]:
    who = records.patients.row(0, named=True)
    if who["infusion"] is None:
        yield "The time of the infusion is not known: days cannot be counted, and every state is graded."
    doubtful = records.observations.filter("implausible").height
    if doubtful:
        many = "values are" if doubtful > 1 else "value is"
        yield f"{doubtful} implausible {many} kept and shown hollow, but not graded (P12); check at the source."
