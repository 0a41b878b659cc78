"""A record: everything seen of one patient, or of many, in three tables and a log of the reading.

Times are UTC; day 0 is the day of the infusion. A value is a number in the unit of the catalogue
(`Item.encode` says how words become numbers).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

_TIME = pl.Datetime("us", "UTC")

PATIENTS: dict[str, pl.DataType] = {
    "patient": pl.String(),
    "product": pl.String(),
    "infusion": _TIME,
    "age": pl.Float64(),
    "sex": pl.String(),
    "weight": pl.Float64(),
    "height": pl.Float64(),
    "developmental_delay": pl.Boolean(),
    "label": pl.String(),
}
"""One row a patient: age in years at infusion, weight in kg, height in cm; null where not known."""

OBSERVATIONS: dict[str, pl.DataType] = {
    "patient": pl.String(),
    "time": _TIME,
    "item": pl.String(),
    "value": pl.Float64(),
    "other_cause": pl.Boolean(),
    "attribution": pl.String(),
    "implausible": pl.Boolean(),
    "source": pl.String(),
}
"""One row a value seen. other_cause: true, false, or null where nobody said."""

THERAPIES: dict[str, pl.DataType] = {
    "patient": pl.String(),
    "start": _TIME,
    "end": _TIME,
    "drug": pl.String(),
    "dose": pl.Float64(),
    "unit": pl.String(),
    "route": pl.String(),
    "rate": pl.Float64(),
    "rate_unit": pl.String(),
    "source": pl.String(),
}
"""One row a dose or an infusion; end is null for a single dose or where the end is not known."""


@dataclass(frozen=True)
class ReadingLog:
    """What a reader made of its source.

    used      what was understood -> how often
    skipped   why something was not -> how often
    problems  mistakes of the source, with file, row and column; never a patient's value
    notices   what the reader took for granted or repaired
    """

    used: Mapping[str, int] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Records:
    """What was seen of one patient or many; the schemas above say what each table holds."""

    patients: pl.DataFrame
    observations: pl.DataFrame
    therapies: pl.DataFrame
    log: ReadingLog = field(default_factory=ReadingLog)

    def names(self) -> list[str]:
        """The patients, in the order of the table."""
        return self.patients["patient"].to_list()

    def of(self, patient: str) -> Records:
        """The record of one patient; empty tables where there is none."""
        mine = pl.col("patient") == patient
        return replace(
            self,
            patients=self.patients.filter(mine),
            observations=self.observations.filter(mine),
            therapies=self.therapies.filter(mine),
        )


def empty_records(log: ReadingLog | None = None) -> Records:
    """Records with no patient in them."""
    return Records(
        pl.DataFrame(schema=PATIENTS),
        pl.DataFrame(schema=OBSERVATIONS),
        pl.DataFrame(schema=THERAPIES),
        log or ReadingLog(),
    )
