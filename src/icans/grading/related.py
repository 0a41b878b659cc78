"""The neighbours of CRS and ICANS in one patient: tumour lysis, haematotoxicity, IEC-HS, and the scores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from icans.grading.answer import Answer, Score
from icans.grading.conventions import switches
from icans.grading.explain import explain
from icans.grading.features import record_features
from icans.grading.grade import applies, chosen, grade_scale
from icans.grading.score import is_told, score
from icans.record.record import Records

SCORES = ("ice", "capd", "easix", "car-hematotox")
TOXICITIES = ("tls", "icaht", "t-icaht", "iec-hs")


@dataclass(frozen=True)
class Related:
    """What the record says of the neighbours.

    present    explained answers of the toxicities that are surely there
    absent     titles of those that are surely not
    unsettled  (title, min, max) of those the record leaves open
    """

    scores: tuple[Score, ...]
    present: tuple[Answer, ...]
    absent: tuple[str, ...]
    unsettled: tuple[tuple[str, int, int], ...]


def related(
    records: Records, state: pl.DataFrame, conventions: Mapping[str, bool] | None, now: datetime, day: float | None
) -> Related:
    """Grade and score the neighbours of one patient, from the state now (one row) and the course up to it.

    A scale of which the record holds nothing at all is left out.
    """
    positions = switches(conventions)
    course = record_features(records, implausible=not positions["P12"])
    row = state.join(course, on="patient", how="left")
    known = [c for c in row.columns if _says_something(row[c][0])]
    present: list[Answer] = []
    absent: list[str] = []
    unsettled: list[tuple[str, int, int]] = []
    for scale in chosen(TOXICITIES, conventions):
        if scale.kind != "grade" or not applies(scale, known):
            continue
        low, high = grade_scale(row, scale, {**positions, "C7": True}).row(0)
        if low > 0:
            present.append(explain(row, scale.name, conventions=conventions, time=now, day=day))
        elif high == 0:
            absent.append(scale.title)
        else:
            unsettled.append((scale.title, low, high))
    scores = tuple(_scores(row, known, conventions, now, day))
    return Related(scores, tuple(present), tuple(absent), tuple(unsettled))


def _says_something(value: object) -> bool:
    return value is not None and not (isinstance(value, float) and abs(value) == float("inf"))


def _scores(
    row: pl.DataFrame, known: list[str], conventions: Mapping[str, bool] | None, now: datetime, day: float | None
) -> Iterator[Score]:
    for scale in chosen(SCORES, conventions):
        # The logarithm says nothing new; it is there for `icans score` and `icans grade`.
        if scale.kind == "score" and not scale.name.endswith("-log2") and applies(scale, known):
            found = score(row, scale, conventions=conventions, time=now, day=day)
            if is_told(found):
                yield found
