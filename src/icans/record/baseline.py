"""Baselines out of the record: the last value before the infusion."""

from __future__ import annotations

import polars as pl

from icans.record.catalogue import Item, catalogue
from icans.record.record import Records


def with_baselines(states: pl.DataFrame, records: Records) -> pl.DataFrame:
    """`states` with every `<item>_baseline` that the record holds a value for before the infusion.

    A total is taken as written or, where all its parts were seen at one time, as their sum. What was recorded
    as a baseline itself stays.
    """
    before = records.observations.join(records.patients.select("patient", "infusion"), on="patient").filter(
        pl.col("time") < pl.col("infusion")
    )
    for item in catalogue().values():
        if item.baseline_of is None:
            continue
        values = _values(before, catalogue()[item.baseline_of])
        if values.is_empty():
            continue
        last = values.sort("time").group_by("patient", maintain_order=True).agg(pl.col("value").last().alias("__base"))
        joined = states.join(last, on="patient", how="left")
        value = pl.coalesce(item.name, "__base") if item.name in states.columns else pl.col("__base")
        states = joined.with_columns(value.cast(pl.Float64).alias(item.name)).drop("__base")
    return states.sort("patient", "time")


def _values(observations: pl.DataFrame, item: Item) -> pl.DataFrame:
    whole = observations.filter(pl.col("item") == item.name).select("patient", "time", "value")
    parts = [i.name for i in catalogue().values() if i.part_of == item.name and i.kind == "whole"]
    if not parts:
        return whole
    summed = (
        observations.filter(pl.col("item").is_in(parts))
        .unique(["patient", "time", "item"], keep="last", maintain_order=True)
        .group_by("patient", "time", maintain_order=True)
        .agg(pl.col("value").sum(), pl.len().alias("n"))
        .filter(pl.col("n") == len(parts))
        .select("patient", "time", "value")
    )
    return pl.concat([whole, summed])
