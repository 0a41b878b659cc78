"""Scores that are the sum of parts: a complete assessment counts as its total."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from icans.record.catalogue import catalogue


def parts_of(total: str) -> list[str]:
    """The items that add up to a total."""
    return [item.name for item in catalogue().values() if item.part_of == total]


def summed(observations: pl.DataFrame) -> pl.DataFrame:
    """Observations with each complete assessment as its total, where the parts are points that add up.

    So the worst of several assessments is one of them, not a mixture. Incomplete ones stay as their parts.
    """
    for total, parts in _totals().items():
        if any(catalogue()[part].kind != "whole" for part in parts):
            continue
        key = ("patient", "time")
        # Of two values of one part at one time the lower, which is the worse of points.
        mine = observations.filter(pl.col("item").is_in(parts)).sort("value", descending=True, maintain_order=True)
        mine = mine.unique([*key, "item"], keep="last", maintain_order=True).sort(key, maintain_order=True)
        whole = mine.group_by(key, maintain_order=True).agg(
            pl.lit(total).alias("item"),
            pl.col("value").sum(),
            pl.col("other_cause").max(),
            pl.col("attribution").first(),
            pl.col("implausible").any(),
            pl.col("source").first(),
            pl.len().alias("parts"),
            pl.col("other_cause").fill_null(False).sum().alias("others"),
        )
        # Where only some parts have another cause, the parts stay, so that the rest can be graded.
        of_one_kind = pl.col("others").is_in([0, len(parts)])
        whole = whole.filter(pl.col("parts") == len(parts), of_one_kind).drop("parts", "others")
        rest = observations.join(
            whole.select(*key).with_columns(part=pl.lit(parts)).explode("part"),
            left_on=[*key, "item"],
            right_on=[*key, "part"],
            how="anti",
        )
        observations = pl.concat([rest, whole.select(observations.columns)])
    return observations


def _totals() -> Mapping[str, list[str]]:
    names = dict.fromkeys(item.part_of for item in catalogue().values() if item.part_of)
    return {total: parts_of(total) for total in names if total}
