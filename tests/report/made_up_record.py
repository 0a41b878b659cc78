"""A made-up record: axi-cel, CRS from day 1, tocilizumab, ICANS from day 5 to 9, dexamethasone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from icans.record.record import OBSERVATIONS, PATIENTS, THERAPIES, ReadingLog, Records

INFUSION = datetime(2025, 3, 3, 10, 0, tzinfo=UTC)
NOW = INFUSION + timedelta(days=14)
COURSE = {
    "patient": pl.String(),
    "time": pl.Datetime("us", "UTC"),
    "day": pl.Float64(),
    "outcome": pl.String(),
    "min": pl.Int8(),
    "max": pl.Int8(),
}
# (day, min, max): each holds until the next.
CRS = (
    (0, 0, 0),
    (1, 1, 1),
    (2, 2, 2),
    (2.5, 2, 3),
    (3, 3, 3),
    (3.5, 2, 2),
    (4.5, 1, 1),
    (6, 0, 0),
    (13.5, 0, 0),
)
ICANS = (
    *((0, 0, 0), (3, 0, 4), (3.5, 0, 0), (5, 1, 1), (5.5, 1, 3), (6, 2, 2), (6.5, 3, 3), (7.5, 2, 3)),
    *((8, 1, 1), (9, 0, 0), (13.5, 0, 0)),
)


def at(day: float) -> datetime:
    return INFUSION + timedelta(days=day)


def course(**outcomes: tuple[tuple[float, int, int], ...]) -> pl.DataFrame:
    rows = [("p1", at(d), float(d), name, lo, hi) for name, steps in outcomes.items() for d, lo, hi in steps]
    return pl.DataFrame(rows, schema=COURSE, orient="row")


def _row(day: float, item: str, value: float, n: int, implausible: bool = False) -> tuple[Any, ...]:
    return ("p1", at(day), item, float(value), None, None, implausible, f"observations.csv row {n}")


def _value(item: str, day: float) -> float:
    """A smooth made-up course of each item."""
    fever = max(0.0, 1 - abs(day - 2.2) / 2.4)
    wobble = ((day * 37) % 1) - 0.5
    return {
        "temperature": 36.8 + 3.0 * fever + 0.5 * wobble,
        "systolic_pressure": 124 - 38 * fever + 9 * wobble,
        "mean_arterial_pressure": 88 - 28 * fever + 6 * wobble,
        "oxygen_saturation": min(100, 97.5 - 6 * fever + 1.4 * wobble),
        "crp": 8 + 210 * max(0.0, 1 - abs(day - 3.5) / 5),
        "ferritin": 600 + 11000 * max(0.0, 1 - abs(day - 6) / 6),
    }[item]


def observations(every_hours: float = 4) -> pl.DataFrame:
    rows: list[tuple[Any, ...]] = []
    for item in ("temperature", "systolic_pressure", "mean_arterial_pressure", "oxygen_saturation"):
        for k in range(int(15 * 24 / every_hours)):
            day = -1 + k * every_hours / 24
            rows.append(_row(day, item, round(_value(item, day), 1), len(rows) + 2))
    for k in range(16):
        rows += [_row(k - 1, item, round(_value(item, k - 1)), len(rows) + 2) for item in ("crp", "ferritin")]
    for k, total in enumerate((10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 8, 7, 5, 2, 2, 6, 8, 9, 10, 10, 10, 10)):
        parts = _ice_parts(total)
        if k == 12:
            del parts["ice_writing"], parts["ice_attention"]
        rows += [_row(-1 + k * 0.5, item, v, len(rows) + 2) for item, v in parts.items()]
    devices = (
        (-1, 0),
        (1, 0),
        (1.5, 0),
        (2, 2),
        (2.4, 2),
        (2.7, 3),
        (3.1, 2),
        (3.5, 2),
        (4, 0),
        (4.5, 0),
        (5, 0),
    )
    rows += [_row(day, "oxygen_device", device, len(rows) + 2) for day, device in devices]
    rows.append(_row(4.2, "temperature", 3.9, len(rows) + 2, implausible=True))
    return pl.DataFrame(rows, schema=OBSERVATIONS, orient="row")


def _ice_parts(total: int) -> dict[str, int]:
    most = {"ice_orientation": 4, "ice_naming": 3, "ice_commands": 1, "ice_attention": 1, "ice_writing": 1}
    missing, parts = 10 - total, {}
    for name in reversed(most):
        lost = min(missing, most[name])
        parts[name], missing = most[name] - lost, missing - lost
    return parts


def therapies() -> pl.DataFrame:
    rows: list[tuple[Any, ...]] = [
        ("p1", at(2), None, "tocilizumab", 8.0, "mg/kg", "iv", None, None, "therapies.csv row 2"),
        ("p1", at(3), None, "tocilizumab", 8.0, "mg/kg", "iv", None, None, "therapies.csv row 3"),
        ("p1", at(2.7), at(3.4), "norepinephrine", None, None, "iv", 5.0, "ug/min", "therapies.csv row 4"),
        ("p1", at(0), at(14), "levetiracetam", 500.0, "mg", "po", None, None, "therapies.csv row 5"),
        *(
            (
                "p1",
                at(1 + k / 3),
                None,
                "acetaminophen",
                1000.0,
                "mg",
                "po",
                None,
                None,
                f"therapies.csv row {6 + k}",
            )
            for k in range(12)
        ),
        *(
            (
                "p1",
                at(5.2 + k / 4),
                None,
                "dexamethasone",
                10.0 if k < 12 else 4.0,
                "mg",
                "iv",
                None,
                None,
                "x",
            )
            for k in range(18)
        ),
    ]
    return pl.DataFrame(rows, schema=THERAPIES, orient="row")


LOG = ReadingLog(
    used={"observations.csv temperature": 91, "therapies.csv tocilizumab": 2},
    skipped={"item not in the catalogue: appetite": 4},
    problems=("observations.csv row 40, column unit: expected a unit of temperature",),
    notices=("Times without a zone were read as Europe/Berlin",),
)


def records(every_hours: float = 4, label: str = "Patient 007") -> Records:
    row = [("p1", "axi-cel", INFUSION, 61.0, "female", 68.0, 167.0, False, label)]
    patients = pl.DataFrame(row, schema=PATIENTS, orient="row")
    return Records(patients, observations(every_hours), therapies(), LOG)
