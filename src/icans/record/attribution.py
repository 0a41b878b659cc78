"""Findings with another cause: from the attribution of single values to the flag of a finding.

A finding may rest on several values: hypotension on the pressure, the clinician's word and the drugs that run. It has
another cause only where all that is in force of it was attributed so. Where only some was, those are left aside (a
drug counts as not running, a pressure as unknown), and the rest is graded.
"""

from __future__ import annotations

from functools import reduce

import polars as pl

from icans.record.accounts import said_of, seen_at
from icans.record.catalogue import Item, catalogue


def with_flags(moments: pl.DataFrame, unattributed: bool | None) -> pl.DataFrame:
    """States with the flag of every finding that anything was attributed of, and without the values left aside.

    unattributed  what the flag is where nothing in force was attributed: False, or None for unknown
    """
    by_flag: dict[str, list[Item]] = {}
    for item in catalogue().values():
        if item.flag is not None and item.name in moments.columns:
            by_flag.setdefault(item.flag, []).append(item)
    for flag, items in by_flag.items():
        said = [moments[said_of(item.name)] for item in items]
        taken_back = flag in moments.columns and any(column.is_not_null().any() for column in said)
        if taken_back or any(column.any() for column in said):
            moments = _with_flag(moments, flag, items, unattributed)
    return moments


def _with_flag(moments: pl.DataFrame, flag: str, items: list[Item], unattributed: bool | None) -> pl.DataFrame:
    leads = [item for item in items if item.describes not in moments.columns]
    there = [pl.col(item.name).is_not_null() for item in items]
    other = [pl.col(said_of(item.name)).fill_null(False) & pl.col(item.name).is_not_null() for item in items]
    some = reduce(lambda a, b: a | b, other)
    covered = [~t | o for item, t, o in zip(items, there, other, strict=True) if item in leads]
    every = reduce(lambda a, b: a & b, covered)
    said = pl.when(some & every).then(1.0).otherwise(None if unattributed is None else float(unattributed))
    value = _newer(moments, flag, items, said) if flag in moments.columns else said
    aside = [
        pl.when(o & ~every).then(pl.lit(_nothing(item), dtype=pl.Float64)).otherwise(pl.col(item.name)).alias(item.name)
        for item, o in zip(items, other, strict=True)
    ]
    observed = flag in moments.columns and said_of(flag) in moments.columns
    moments = moments.with_columns(value.alias(flag), *aside)
    # The flag of an item that was not observed itself is typed here, as nobody else will.
    return moments if observed else moments.with_columns(pl.col(flag).cast(pl.Boolean))


def _newer(moments: pl.DataFrame, flag: str, items: list[Item], said: pl.Expr) -> pl.Expr:
    """The flag as recorded, unless somebody said something else of a value seen after it."""
    if seen_at(flag) not in moments.columns:
        return pl.coalesce(flag, said)
    explicit = [
        pl.when(pl.col(said_of(item.name)).is_not_null() & pl.col(item.name).is_not_null()).then(
            pl.col(seen_at(item.name))
        )
        for item in items
    ]
    later = (pl.max_horizontal(explicit) > pl.col(seen_at(flag))).fill_null(False)
    return pl.when(later).then(said).otherwise(pl.coalesce(flag, said))


def _nothing(item: Item) -> float | None:
    """What stands for a value that is left aside: no drug of a set, the best of a choice; else it is unknown."""
    return 0.0 if item.kind in ("set", "choice") else None
