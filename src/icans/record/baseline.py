"""Baselines out of the record: the last value before the infusion."""

from __future__ import annotations

import polars as pl

from icans.record.catalogue import catalogue
from icans.record.record import Records
from icans.record.totals import summed


def with_baselines(
    states: pl.DataFrame, records: Records, *, hours: float | None = None, implausible: bool = False
) -> pl.DataFrame:
    """`states` with every `<item>_baseline` that the record holds a value for before the infusion.

    hours        how long before the infusion at most (convention P14); None: any time
    implausible  also take the values flagged as implausible

    Points that add up to a total count as it where all were seen at one time. What was recorded as a baseline
    itself stays.
    """
    infusion = records.patients.select("patient", "infusion")
    before = summed(records.observations.filter(~pl.col("implausible") | implausible))
    before = before.join(infusion, on="patient").filter(pl.col("time") < pl.col("infusion"))
    if hours is not None:
        before = before.filter(pl.col("infusion") - pl.col("time") <= pl.duration(hours=hours))
    for item in catalogue().values():
        if item.baseline_of is None:
            continue
        values = before.filter(pl.col("item") == item.baseline_of)
        if values.is_empty():
            continue
        last = values.sort("time").group_by("patient", maintain_order=True).agg(pl.col("value").last().alias("__base"))
        joined = states.join(last, on="patient", how="left")
        value = pl.coalesce(item.name, "__base") if item.name in states.columns else pl.col("__base")
        states = joined.with_columns(value.cast(pl.Float64).alias(item.name)).drop("__base")
    return states.sort("patient", "time")
