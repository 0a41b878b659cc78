"""A situation for a test: what is known now, said in the words of a table of states, and the record behind it."""

from __future__ import annotations

import polars as pl

from icans.grading.course import course
from icans.guidance.situation import Situation
from icans.record.record import Records
from made import INFUSION, at, record, table


def situation(records: Records | None = None, /, *, hours: float = 120, **known: object) -> Situation:
    """A patient so many hours after the infusion.

    records  what was seen and given; the course of the grades is made from it
    known    item -> value as written in a table of states; everything else is unknown now
    """
    seen = records if records is not None else record()
    day = pl.lit(hours / 24, dtype=pl.Float64).alias("day")
    state = table([{"age": 58, **known}]).with_columns(day)
    return Situation("p", "axi-cel", INFUSION, at(hours), hours / 24, state, seen, course(seen).grades)
