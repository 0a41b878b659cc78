"""Finding the features of `features.yaml` in records: one pass over a grid of patients and days.

Day 0 is the first 24 hours after the infusion. A condition on a day without a value is unknown, so a count is
an interval: the days on which it surely holds, and those on which it may.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache

import polars as pl

from icans.grading.features import Feature
from icans.record.catalogue import catalogue
from icans.record.record import Records
from icans.rules.condition import condition
from icans.rules.expression import Node, terms
from icans.rules.parse import parse
from icans.rules.vocabulary import Term, Vocabulary, hi, lo

_DAY_MICROSECONDS = 24 * 3600 * 10**6
_ON_GRID = ("count_days", "max", "min")


def found_features(records: Records, wanted: Sequence[Feature]) -> pl.DataFrame:
    """One row a patient: <name>__lo and <name>__hi of every feature; null where nothing bounds that end."""
    items = sorted({name for feature in wanted for name in _items(feature)})
    seen = _seen(records, items)
    facts = _facts(records, items)
    parts = list(_on_grid(seen, facts, items, [f for f in wanted if f.how in _ON_GRID]))
    parts.append(_last(seen, [f for f in wanted if f.how == "last"]))
    parts += [_second_lowest(seen, f) for f in wanted if f.how == "second_lowest"]
    parts += [_most_together(seen, facts, f) for f in wanted if f.how == "most_together"]
    found = records.patients.select("patient")
    for part in parts:
        found = found.join(part, on="patient", how="left")
    columns = [name for f in wanted for name in (lo(f.name), hi(f.name))]
    return found.select("patient", *[pl.col(c).cast(pl.Float64) for c in columns])


def _items(feature: Feature) -> list[str]:
    asked = dict.fromkeys(t.name for node in _nodes(feature) for t in terms(node))
    return [feature.of] if feature.of else list(asked)


@cache
def _nodes(feature: Feature) -> tuple[Node, ...]:
    return tuple(parse(text, _vocabulary()) for text in feature.tests)


@cache
def _vocabulary() -> Vocabulary:
    return {i.name: Term(i.name, i.kind, i.values, i.limits) for i in catalogue().values()}


def _seen(records: Records, items: Sequence[str]) -> pl.DataFrame:
    """patient, time, day (whole, from the infusion), item, value; patients without an infusion are left out."""
    since = (pl.col("time") - pl.col("infusion")).dt.total_microseconds().floordiv(_DAY_MICROSECONDS)
    return (
        records.observations.filter(pl.col("item").is_in(items))
        .join(records.patients.select("patient", "infusion").drop_nulls(), on="patient")
        .select("patient", "time", since.alias("day"), "item", "value")
        .sort("patient", "time")
    )


def _facts(records: Records, items: Sequence[str]) -> pl.DataFrame:
    """patient, and what does not change: the age, and the last value of items that never expire."""
    lasting = [n for n in items if catalogue()[n].valid_hours is None and n != "age"]
    values = records.observations.sort("time").group_by("patient").agg(
        pl.col("value").filter(pl.col("item") == n).last().alias(n) for n in lasting
    )  # fmt: skip
    who = records.patients.filter(pl.col("infusion").is_not_null()).select("patient", "age")
    return who.join(values, on="patient", how="left")


def _changing(items: Sequence[str]) -> list[str]:
    return [n for n in items if catalogue()[n].valid_hours is not None]


def _extreme(item: str, best: bool) -> pl.Expr:
    value = pl.col("value").filter(pl.col("item") == item)
    low_is_wanted = (catalogue()[item].worse == "low") != best
    return (value.min() if low_is_wanted else value.max()).alias(item)


def _on_grid(
    seen: pl.DataFrame, facts: pl.DataFrame, items: Sequence[str], wanted: Sequence[Feature]
) -> Iterator[pl.DataFrame]:
    """The counts and extremes: every day of their windows is a row, whether or not anything was seen."""
    for best in (False, True):
        mine = [f for f in wanted if f.best == best]
        if not mine:
            continue
        first, last = min(f.days[0] for f in mine), max(f.days[1] or 0 for f in mine)
        days = pl.DataFrame({"day": range(first, last + 1)}, schema={"day": pl.Int64})
        daily = seen.group_by("patient", "day").agg(_extreme(n, best) for n in _changing(items))
        grid = facts.join(days, how="cross").join(daily, on=["patient", "day"], how="left").sort("patient", "day")
        yield (
            grid.lazy()
            .with_columns(column for f in mine for column in _day_columns(f))
            .group_by("patient")
            .agg(end for f in mine for end in _day_ends(f))
            .collect()
        )


def _inside(feature: Feature) -> pl.Expr:
    first, last = feature.days
    return pl.col("day") >= first if last is None else pl.col("day").is_between(first, last)


def _day_columns(feature: Feature) -> Iterator[pl.Expr]:
    """For each day: the value of an extreme, or whether a count surely, and perhaps, includes it."""
    if feature.how != "count_days":
        assert feature.of is not None
        yield pl.when(_inside(feature)).then(pl.col(feature.of)).alias(feature.name)
        return
    truth = condition(_nodes(feature)[0])
    yield (truth.is_not_null() & _inside(feature)).alias(feature.name)
    for end, unknown in ((lo(feature.name), False), (hi(feature.name), True)):
        yield _bridged(truth.fill_null(unknown) & _inside(feature), feature.bridge_hours).alias(end)


def _bridged(holds: pl.Expr, hours: float) -> pl.Expr:
    """`holds`, also true in a break shorter than `hours` between two days on which it holds."""
    if not hours:
        return holds
    on = pl.when(holds).then(pl.col("day"))
    before, after = on.forward_fill().over("patient"), on.backward_fill().over("patient")
    return holds | ((after - before - 1) * 24 < hours).fill_null(False)


def _day_ends(feature: Feature) -> Iterator[pl.Expr]:
    name, low, high = feature.name, lo(feature.name), hi(feature.name)
    if feature.how == "count_days":
        for end in (low, high):
            yield pl.when(pl.col(name).any()).then(pl.col(end).sum()).alias(end)
        return
    complete = pl.col(name).count() == (feature.days[1] or 0) - feature.days[0] + 1
    extreme = pl.col(name).max() if feature.how == "max" else pl.col(name).min()
    # Days without a value may hold anything: the far end is open.
    far = pl.when(complete).then(extreme)
    yield (extreme if feature.how == "max" else far).alias(low)
    yield (far if feature.how == "max" else extreme).alias(high)


def _last(seen: pl.DataFrame, wanted: Sequence[Feature]) -> pl.DataFrame:
    """The last values within the windows; `seen` is in the order of time."""
    ends = []
    for feature in wanted:
        value = pl.col("value").filter((pl.col("item") == feature.of) & _inside(feature)).last()
        ends += [value.alias(lo(feature.name)), value.alias(hi(feature.name))]
    return seen.group_by("patient", maintain_order=True).agg(ends)


def _second_lowest(seen: pl.DataFrame, feature: Feature) -> pl.DataFrame:
    """Of the lowest values of the days, down to the lowest, which counts if it lasted; the days between do not tell.

    The source speaks of values, so days without one do not open it further.
    """
    inside = seen.filter(pl.col("item") == feature.of, _inside(feature))
    daily = inside.group_by("patient", "day").agg(pl.col("value").min())
    second = pl.col("value").sort().get(1, null_on_oob=True)
    return daily.group_by("patient").agg(pl.col("value").min().alias(lo(feature.name)), second.alias(hi(feature.name)))


def _most_together(seen: pl.DataFrame, facts: pl.DataFrame, feature: Feature) -> pl.DataFrame:
    """The highest number of tests that hold at one time, on the worst values of the hours before it."""
    items = _changing(_items(feature))
    first, last = feature.days
    inside = seen.filter(pl.col("item").is_in(items), _inside(feature))
    windows = inside.rolling(
        "time", period=timedelta(hours=feature.within_hours), group_by="patient", closed="both"
    ).agg(*[_extreme(n, feature.best) for n in items], pl.col("day").last())
    truths = [condition(node) for node in _nodes(feature)]
    surely = pl.sum_horizontal(t.fill_null(False).cast(pl.Int64) for t in truths)
    perhaps = pl.sum_horizontal(t.fill_null(True).cast(pl.Int64) for t in truths)
    every_day = pl.col("day").n_unique() == (last or first) - first + 1
    counted = windows.join(facts, on="patient").with_columns(surely.alias("surely"), perhaps.alias("perhaps"))
    return counted.group_by("patient").agg(
        pl.col("surely").max().alias(lo(feature.name)),
        pl.when(every_day).then(pl.col("perhaps").max()).otherwise(len(truths)).alias(hi(feature.name)),
    )
