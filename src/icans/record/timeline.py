"""From observations to states: at each moment, what is in force of each item.

There is a state at every time at which something was seen or a therapy began or ended. It takes of every item the
latest value that is still valid; of several at one time, the worst. What has expired is unknown. Which direction is
worse, and how long a value stays valid, stands in `items/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import polars as pl
from polars import selectors

from icans.record.accounts import has_dependants, in_force, run_of, said_of, seen_at
from icans.record.attribution import with_flags
from icans.record.catalogue import Item, catalogue
from icans.record.record import Records
from icans.record.totals import summed

_KEY = ("patient", "time")
_DAY = 24 * 3600e6
_FROM_INFUSION = ("vital signs", "pressure support", "oxygen support", "other signs of CRS", "neurological findings")
"""Groups of items whose values from before the infusion say nothing of the states after it."""


def states(
    records: Records, *, unattributed: bool | None = False, implausible: bool = False, at: datetime | None = None
) -> pl.DataFrame:
    """One row a patient and moment: patient, time, day (days from infusion), and a typed column an item seen.

    unattributed  what a finding nobody attributed has in its flag where others have one: False, or None (unknown)
    implausible   also take the values flagged as implausible
    at            a moment that has a state although nothing was seen then

    Columns are typed as `record.states` types a table of states; an item never seen has no column.
    """
    moments = _moments(records, at)
    seen = summed(_usable(records, implausible)).sort("patient", "time", "source")
    by_item = {
        str(name): rows for (name,), rows in seen.partition_by("item", as_dict=True, maintain_order=True).items()
    }
    names = [name for name in catalogue() if name in by_item]
    for name in names:
        moments = _with_item(moments, by_item[name], catalogue()[name])
    moments = with_flags(in_force(moments), unattributed)
    moments = moments.with_columns(typed(pl.col(name), catalogue()[name]) for name in names)
    return _with_facts(moments.drop(selectors.starts_with("__")), records).sort(_KEY)


def _usable(records: Records, implausible: bool) -> pl.DataFrame:
    """The observations that count: of an item, plausible, and not too early to be due to the cells."""
    early = [item.name for item in catalogue().values() if item.group in _FROM_INFUSION]
    infusion = records.patients.select("patient", "infusion")
    seen = records.observations.join(infusion, on="patient", how="left", maintain_order="left")
    before = (pl.col("time") < pl.col("infusion")).fill_null(False) & pl.col("item").is_in(early)
    known = pl.col("item").is_in(list(catalogue()))
    return seen.filter(known, ~pl.col("implausible") | implausible, ~before).drop("infusion")


def _moments(records: Records, at: datetime | None) -> pl.DataFrame:
    therapies = records.therapies
    moment = pl.lit(at, dtype=pl.Datetime("us", "UTC")).alias("time")
    asked = records.patients.select("patient", moment).drop_nulls("time")
    times = [
        records.observations.select("patient", "time"),
        therapies.select("patient", pl.col("start").alias("time")),
        therapies.select("patient", pl.col("end").alias("time")).drop_nulls(),
        asked,
    ]
    return pl.concat(times).unique().sort(_KEY)


def _with_item(moments: pl.DataFrame, values: pl.DataFrame, item: Item) -> pl.DataFrame:
    """`moments` with the value of one item in force, as the number a record carries, and what else is known of it."""
    tolerance = None if item.valid_hours is None else timedelta(hours=item.valid_hours)
    if values["other_cause"].any():
        other = pl.col("other_cause").fill_null(False)
        values = values.filter(~(other & (~other).any().over(_KEY)))
    latest = values.group_by(_KEY, maintain_order=True).agg(
        _worst(item).alias(item.name), pl.col("other_cause").max().alias(said_of(item.name))
    )
    latest = latest.with_columns(pl.col("time").alias(seen_at(item.name)))
    if has_dependants(item.name):
        changed = pl.col(item.name).ne_missing(pl.col(item.name).shift().over("patient"))
        run = changed.cum_sum().over("patient")
        latest = latest.with_columns(pl.col("time").min().over("patient", run).alias(run_of(item.name)))
    return moments.join_asof(
        latest, on="time", by="patient", strategy="backward", tolerance=tolerance, check_sortedness=False
    )


def _worst(item: Item) -> pl.Expr:
    """The worst of several values; of a set, everything that was in any of them."""
    if item.kind == "set":
        return pl.col("value").cast(pl.UInt32).bitwise_or().cast(pl.Float64)
    if item.worse == "low":
        return pl.col("value").min()
    if item.kind in ("choice", "yes_no") or item.worse == "high":
        return pl.col("value").max()
    return pl.col("value").last()


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
