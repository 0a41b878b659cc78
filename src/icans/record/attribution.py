"""Findings with another cause: from the attribution of single values to the flag of a finding.

A finding may rest on several values: hypotension on the pressure, the clinician's word and the drugs that run. It has
another cause only where all that is in force of it was attributed so. Where only some was, those are left aside (a
drug counts as not running, a pressure as unknown), and the rest is graded.
"""

from __future__ import annotations

from functools import reduce

import polars as pl

from icans.record.accounts import said_of
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
        if any(moments[said_of(item.name)].any() for item in items):
            moments = _with_flag(moments, flag, items, unattributed)
    return moments


def _with_flag(moments: pl.DataFrame, flag: str, items: list[Item], unattributed: bool | None) -> pl.DataFrame:
    there = [pl.col(item.name).is_not_null() for item in items]
    other = [pl.col(said_of(item.name)).fill_null(False) & pl.col(item.name).is_not_null() for item in items]
    some = reduce(lambda a, b: a | b, other)
    every = reduce(lambda a, b: a & b, [~t | o for t, o in zip(there, other, strict=True)])
    said = pl.when(some & every).then(1.0).otherwise(None if unattributed is None else float(unattributed))
    value = pl.coalesce(flag, said) if flag in moments.columns else said
    aside = [
        pl.when(o & ~every).then(pl.lit(_nothing(item), dtype=pl.Float64)).otherwise(pl.col(item.name)).alias(item.name)
        for item, o in zip(items, other, strict=True)
    ]
    moments = moments.with_columns(value.alias(flag), *aside)
    return moments if flag in moments.columns and said_of(flag) in moments.columns else _typed_flag(moments, flag)


def _typed_flag(moments: pl.DataFrame, flag: str) -> pl.DataFrame:
    """The flag of an item that was not observed itself is typed here, as nobody else will."""
    return moments.with_columns(pl.col(flag).cast(pl.Boolean))


def _nothing(item: Item) -> float | None:
    """The value that says there is nothing: no drug, the best choice, no; for a measurement there is none."""
    if item.kind in ("set", "choice"):
        return 0.0
    return (1.0 if item.worse == "low" else 0.0) if item.kind == "yes_no" else None
