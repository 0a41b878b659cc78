"""Made-up situations for the tests of monitoring: grades, what was seen how long ago, what was given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import polars as pl

from icans.grading.course import COURSE
from icans.guidance.situation import Situation
from icans.record.catalogue import catalogue
from icans.record.record import OBSERVATIONS, PATIENTS, THERAPIES, Records
from icans.record.timeline import typed
from icans.rules.vocabulary import hi, lo

INFUSION = datetime(2026, 3, 2, 10, tzinfo=UTC)
Grade = int | tuple[int, int]


def situation(
    day: float,
    *,
    crs: Grade = 0,
    icans: Grade = 0,
    since: float = 0.0,
    seen: Mapping[str, float] | None = None,
    values: Mapping[str, object] | None = None,
    given: Sequence[tuple[str, float]] = (),
    product: str | None = "axi-cel",
    known_infusion: bool = True,
) -> Situation:
    """A patient so many days after the infusion.

    crs, icans  grades or intervals, held for `since` hours
    seen        item -> hours ago at which it was last recorded
    values      item -> what holds now, in words
    given       (drug, hours ago)
    """
    now = INFUSION + timedelta(days=day)
    ends = {"crs": _ends(crs), "icans": _ends(icans)}
    columns = [
        pl.lit(float(end)).alias(name) for o, (a, b) in ends.items() for name, end in ((lo(o), a), (hi(o), b))
    ]  # fmt: skip
    for name, value in (values or {}).items():
        item = catalogue()[name]
        columns.append(typed(pl.lit(item.encode(value), dtype=pl.Float64), item).alias(name))
    observed = [
        {"patient": "p", "time": now - timedelta(hours=ago), "item": item, "value": 1.0, "implausible": False}
        for item, ago in (seen or {}).items()
    ]
    therapies = [{"patient": "p", "start": now - timedelta(hours=ago), "drug": drug} for drug, ago in given]
    records = Records(
        pl.DataFrame([{"patient": "p", "infusion": INFUSION}], schema=PATIENTS),
        pl.DataFrame(observed, schema=OBSERVATIONS),
        pl.DataFrame(therapies, schema=THERAPIES),
    )
    graded = [
        {"patient": "p", "time": now - timedelta(hours=h), "day": day - h / 24, "outcome": o, "min": a, "max": b}
        for o, (a, b) in ends.items()
        for h in {since, 0.0}
    ]
    course = pl.DataFrame(graded, schema=COURSE)
    infusion = INFUSION if known_infusion else None
    return Situation(
        "p", product, infusion, now, day if known_infusion else None, pl.select(columns), records, course
    )  # fmt: skip


def _ends(grade: Grade) -> tuple[int, int]:
    return grade if isinstance(grade, tuple) else (grade, grade)


VITALS = ("temperature", "heart_rate", "systolic_pressure", "respiratory_rate", "oxygen_saturation")
NEUROLOGY = ("ice_total", "consciousness", "motor_deficit")


def seen_ago(items: Sequence[str], hours: float) -> dict[str, float]:
    """All items last seen so many hours ago."""
    return dict.fromkeys(items, hours)
