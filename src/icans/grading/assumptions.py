"""What is taken for granted of a patient of whom a record says nothing at all on a question."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from icans.grading.grade import CHARTED_BY_EXCEPTION
from icans.record.catalogue import Item, catalogue
from icans.record.timeline import typed

_DEATH = "death_cause"


def with_assumptions(states: pl.DataFrame, positions: Mapping[str, bool]) -> pl.DataFrame:
    """`states` in which a column that is empty for a patient holds what the conventions take for granted.

    A column that no patient has is left to the grading, which takes the same for granted. So a patient is graded
    among others as alone: that one was seen to die says nothing of the rest. Before a death was recorded the
    patient is alive (P1), also where one is recorded later.
    """
    taken: list[pl.Expr] = []
    for item in catalogue().values():
        value = _assumed(item, positions)
        if value is not None and item.name in states.columns:
            unknown = pl.col(item.name).is_null()
            never = unknown if item.name == _DEATH else unknown.all().over("patient")
            known = typed(pl.lit(item.encode(value), dtype=pl.Float64), item)
            taken.append(pl.when(never).then(known).otherwise(pl.col(item.name)).alias(item.name))
    return states.with_columns(taken)


def _assumed(item: Item, positions: Mapping[str, bool]) -> str | None:
    if item.assumed and positions[item.assumed.convention]:
        return item.assumed.value
    return "none" if item.name in CHARTED_BY_EXCEPTION and positions["P5"] else None
