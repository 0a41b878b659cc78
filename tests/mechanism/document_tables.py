"""The numbers of the model's literature review, as rows that a test can hold a simulation to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

Array = NDArray[np.float64]
FILE = Path(__file__).with_name("document_tables.yaml")


@dataclass(frozen=True)
class Printed:
    """One number of the review; the keys are told at the head of the YAML file."""

    table: str
    quantity: str
    how: str
    value: str
    patient: str | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)
    scenario: str = "untreated"
    doses: tuple[str, ...] = ()
    days: float = 30.0
    over: str | None = None
    scale: float = 1.0
    time: float | None = None
    limit: float | None = None
    day: str | None = None
    within: float = 0.02
    why: str = ""

    @property
    def run(self) -> tuple[Any, ...]:
        """What has to be simulated: equal for rows of the same run."""
        return self.patient, tuple(self.parameters.items()), self.scenario, self.doses, self.days

    def __str__(self) -> str:
        who = self.patient or " ".join(f"{k}={v:g}" for k, v in self.parameters.items())
        given = self.scenario if not self.doses else ", ".join(self.doses)
        detail = next((f" {x:g}" for x in (self.time, self.limit) if x is not None), "")
        over = f"/{self.over}" if self.over else ""
        return f"{self.table} {who}, {given}: {self.quantity}{over} {self.how}{detail} = {self.value}"


def printed() -> list[Printed]:
    """All rows of the file."""
    rows = yaml.safe_load(FILE.read_text("utf-8"))
    for row in rows:
        row["parameters"] = {name: float(value) for name, value in row.get("parameters", {}).items()}
        row["doses"] = tuple(row.get("doses", ()))
    return [Printed(**row) for row in rows]


def measured(row: Printed, time: Array, values: Mapping[str, Array], untreated: Mapping[str, Array]) -> Measured:
    """What a simulation says to a row.

    time        days, from 0 on, 0.02 or closer
    values      quantity -> its course on `time`; untreated: the same without drugs, for ratios
    """
    course = values[row.quantity] / (values[row.over] if row.over else 1.0) * row.scale
    if row.how in ("peak", "low"):
        at = int(course.argmax() if row.how == "peak" else course.argmin())
        return Measured(float(course[at]), float(time[at]))
    return Measured(_number(row, time, course, untreated[row.quantity]))


@dataclass(frozen=True)
class Measured:
    """A number of a simulation, and its day where it has one."""

    value: float
    day: float | None = None


def _number(row: Printed, time: Array, course: Array, untreated: Array) -> float:
    if row.how == "at":
        return float(np.interp(row.time or 0.0, time, course))
    if row.how == "end":
        return float(course[-1])
    if row.how == "rise":
        return float(course.max() / course[0] - 1)
    if row.how == "area_ratio":
        return _area(time, course) / _area(time, untreated)
    if row.how == "lost_ratio":
        return _area(time, 10 - course) / _area(time, 10 - untreated)
    limit = row.limit or 0.0
    beyond = course >= limit if row.how.endswith("above") else course < limit
    if row.how.startswith("first"):
        return float(time[beyond][0]) if beyond.any() else float("nan")
    return float(np.trapezoid(beyond.astype(float), time))


def _area(time: Array, course: Array) -> float:
    inside = (time >= 3 - 1e-9) & (time <= 14 + 1e-9)
    return float(np.trapezoid(course[inside], time[inside]))


def fits(row: Printed, found: Measured) -> bool:
    """Whether a simulation agrees with the printed number, and with its day."""
    least = 0.1 if row.how.startswith(("first", "days")) else 0.0  # the review looked every 0.1 d
    allowed = max(row.within * abs(float(row.value)), 1.2 * _half_unit(row.value), least)
    value = abs(found.value - float(row.value)) <= allowed + 1e-12
    if row.day is None or found.day is None:
        return bool(value)
    return bool(value and abs(found.day - float(row.day)) <= max(0.1, _half_unit(row.day)) + 1e-9)


def _half_unit(text: str) -> float:
    """Half a unit of the last printed digit: '0.49' -> 0.005; '4440' -> 0.5."""
    exponent = Decimal(text).as_tuple().exponent
    return 0.5 * 10.0 ** (exponent if isinstance(exponent, int) else 0)
