"""One patient at one moment, as every part of the guidance asks for it: what holds, what was seen, what was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from icans.record.record import Records


@dataclass(frozen=True)
class Seen:
    """The newest observation of an item: when, and the number a record carries (`Item.decode` says it in words)."""

    time: datetime
    value: float


@dataclass(frozen=True)
class Situation:
    """What is known of one patient at a moment.

    product   short name of the CAR-T product; day: days since the infusion; None where it is not known
    state     one row, typed as a table of states: what holds now, with the treatment so far and the grades as
              intervals (crs__lo, crs__hi, icans__lo, icans__hi); what has expired or was never seen is null or absent
    records   everything seen and given up to now
    course    the grades so far, as `grading.course.COURSE` describes them
    """

    patient: str
    product: str | None
    infusion: datetime | None
    now: datetime
    day: float | None
    state: pl.DataFrame
    records: Records
    course: pl.DataFrame

    def seen(self) -> Mapping[str, Seen]:
        """item -> its newest observation up to now, however old; implausible ones do not count."""
        usable = self.records.observations.filter(~pl.col("implausible"), pl.col("time") <= self.now)
        newest = usable.sort("time").group_by("item").last()
        return {row["item"]: Seen(row["time"], row["value"]) for row in newest.iter_rows(named=True)}

    def known(self, item: str) -> float | bool | str | int | None:
        """The value of an item now, as a typed table carries it; None where it is unknown."""
        return self.state[item][0] if item in self.state.columns else None
