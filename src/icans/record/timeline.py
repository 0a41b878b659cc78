"""From observations to states: at each moment, what was known of each item.

A state at an assessment time takes of every item the latest value that is still valid. A state over a window
of some hours takes the worst value seen in it, or the latest valid one from before where none was. What has
expired is unknown. Which is worse, and how long a value stays valid, stands in `items.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import polars as pl

from icans.record.catalogue import Item, catalogue
from icans.record.record import Records

_KEY = ("patient", "time")
_DAY = 24 * 3600e6


def states(
    records: Records,
    every: float | None = None,
    *,
    worst: bool = True,
    unattributed: bool | None = False,
    implausible: bool = False,
) -> pl.DataFrame:
    """One row a patient and moment: patient, time, day (days from infusion), and a typed column an item seen.

    every  None: a state at every time at which something was seen or a therapy began or ended.
           A number of hours: a state at the end of each such window, counted from the infusion (or, where it
           is not known, from the first observation).
    worst  take the worst of a window (convention C11); False: the latest
    unattributed  what a finding nobody attributed has in its flag where others have one: False, or None (unknown)
    implausible  also take the values flagged as implausible

    Columns are typed as `record.states` types a table of states; an item never seen has no column.
    """
    moments = _moments(records, every)
    usable = pl.col("item").is_in(list(catalogue())) & (~pl.col("implausible") | implausible)
    seen = records.observations.filter(usable).sort("patient", "time", "source")
    if every is not None:
        moments = moments.with_columns(since=pl.col("time") - pl.duration(microseconds=int(every * 3600e6)))
    names = [name for name in catalogue() if name in set(seen["item"].unique())]
    for name in names:
        values = seen.filter(pl.col("item") == name)
        moments = _with_item(moments, values, catalogue()[name], every is not None and worst)
    moments = _with_flags(moments, seen, [catalogue()[n] for n in names], unattributed)
    return _with_facts(moments, records).drop("since", strict=False).sort(_KEY)


def _moments(records: Records, every: float | None) -> pl.DataFrame:
    therapies = records.therapies
    times = pl.concat(
        [
            records.observations.select("patient", "time"),
            therapies.select("patient", pl.col("start").alias("time")),
            therapies.select("patient", pl.col("end").alias("time")).drop_nulls(),
        ]
    ).unique()
    if every is None:
        return times.sort(_KEY)
    step = timedelta(hours=every)
    first = times.group_by("patient").agg(pl.col("time").min().alias("first"))
    anchor = pl.coalesce("infusion", "first")
    counted = times.join(records.patients.select("patient", "infusion"), on="patient").join(first, on="patient")
    windows = ((pl.col("time") - anchor) / step).ceil()
    return counted.select("patient", (anchor + windows * pl.lit(step)).alias("time")).unique().sort(_KEY)


def _with_item(moments: pl.DataFrame, values: pl.DataFrame, item: Item, worst: bool) -> pl.DataFrame:
    """`moments` with the column of one item, as the number a record carries, then typed."""
    tolerance = None if item.valid_hours is None else timedelta(hours=item.valid_hours)
    latest = values.group_by(_KEY, maintain_order=True).agg(_worst(item).alias(item.name))
    found = moments.join_asof(
        latest, on="time", by="patient", strategy="backward", tolerance=tolerance, check_sortedness=False
    )
    if worst:
        found = _worst_of_window(found, latest, item)
    return found.with_columns(typed(pl.col(item.name), item))


def _worst(item: Item) -> pl.Expr:
    """The worst of several values; of a set, everything that was in any of them."""
    value = pl.col("value") if item.kind != "set" else pl.col("value").cast(pl.UInt32)
    if item.kind == "set":
        return value.bitwise_or()
    if item.kind in ("choice", "yes_no") or item.worse == "high":
        return value.max()
    return value.min() if item.worse == "low" else value.last()


def _worst_of_window(moments: pl.DataFrame, latest: pl.DataFrame, item: Item) -> pl.DataFrame:
    values = latest.rename({item.name: "value", "time": "seen"})
    inside = moments.select("patient", "time", "since").join(values, on="patient")
    inside = inside.filter(pl.col("seen") > pl.col("since"), pl.col("seen") <= pl.col("time"))
    worst = inside.sort("seen").group_by(_KEY, maintain_order=True).agg(_worst(item).alias("worst"))
    joined = moments.join(worst, on=_KEY, how="left")
    return joined.with_columns(pl.coalesce("worst", item.name).alias(item.name)).drop("worst")


def typed(column: pl.Expr, item: Item) -> pl.Expr:
    """A column of the numbers of a record as the column of a table of states."""
    if item.kind == "yes_no":
        return column.cast(pl.Boolean)
    if item.kind == "set":
        return column.cast(pl.UInt32)
    if item.kind == "choice":
        return column.cast(pl.UInt32).replace_strict(
            list(range(len(item.values))), list(item.values), return_dtype=pl.Enum(list(item.values))
        )
    return column.cast(pl.Float64)


def _with_flags(
    moments: pl.DataFrame, seen: pl.DataFrame, items: Sequence[Item], unattributed: bool | None
) -> pl.DataFrame:
    """The attribution flags: true where the value in force was attributed to another cause."""
    by_flag: dict[str, list[str]] = {}
    for item in items:
        if item.flag is not None:
            by_flag.setdefault(item.flag, []).append(item.name)
    for flag, names in by_flag.items():
        said = seen.filter(pl.col("item").is_in(names), pl.col("other_cause").is_not_null())
        if said.is_empty():
            continue
        hours = max((catalogue()[n].valid_hours or 0.0 for n in names), default=0.0)
        # A later value of the same finding without an attribution takes an earlier attribution back.
        all_values = seen.filter(pl.col("item").is_in(names))
        latest = all_values.group_by(_KEY, maintain_order=True).agg(pl.col("other_cause").max().alias("said"))
        found = moments.join_asof(
            latest, on="time", by="patient", strategy="backward",
            tolerance=timedelta(hours=hours) if hours else None, check_sortedness=False,
        )  # fmt: skip
        own = pl.col(flag) if flag in moments.columns else pl.lit(None, dtype=pl.Boolean)
        moments = found.with_columns(pl.coalesce(own, "said", pl.lit(unattributed, dtype=pl.Boolean)).alias(flag)).drop(
            "said"
        )
    return moments


def _with_facts(moments: pl.DataFrame, records: Records) -> pl.DataFrame:
    """Age, day and the other facts of the patient, where the record has them."""
    facts = records.patients.select("patient", "infusion", "age", "developmental_delay", "weight", "height")
    known = [c for c in facts.columns if c not in ("patient", "infusion") and facts[c].null_count() < facts.height]
    joined = moments.join(facts.select("patient", "infusion", *known), on="patient", how="left", suffix="_fact")
    since = (pl.col("time") - pl.col("infusion")).dt.total_microseconds() / _DAY
    columns: Mapping[str, pl.Expr] = {
        name: pl.coalesce(pl.col(name), pl.col(f"{name}_fact")) if name in moments.columns else pl.col(name)
        for name in known
    }
    return joined.with_columns(since.alias("day"), *(e.alias(n) for n, e in columns.items())).drop(
        "infusion", *[f"{n}_fact" for n in known if n in moments.columns]
    )
