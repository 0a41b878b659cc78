"""EASIX before lymphodepletion, off a record that holds its drugs and the laboratory values before them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from icans.grading.library import scale_named
from icans.grading.score import score
from icans.guidance.situation import Situation
from icans.record.catalogue import drugs

ITEM = "easix_before_lymphodepletion"


def with_easix(situation: Situation, drug_days: float, laboratory_days: float) -> Situation:
    """The situation with EASIX before lymphodepletion filled in where it was not stated and can be calculated.

    drug_days        how many days before the cells the first drug of lymphodepletion may lie
    laboratory_days  how many days before that drug LDH, creatinine and platelets may lie
    """
    if situation.known(ITEM) is not None:
        return situation
    start = began(situation, drug_days)
    value = _easix(situation, start, laboratory_days) if start is not None else None
    if value is None:
        return situation
    return replace(situation, state=situation.state.with_columns(pl.lit(value, dtype=pl.Float64).alias(ITEM)))


def began(situation: Situation, days: float) -> datetime | None:
    """When the lymphodepletion began; None where the record holds none, or no time of the infusion."""
    if situation.infusion is None:
        return None
    names = {d.name for d in drugs().values() if "lymphodepletion" in d.classes}
    first = situation.infusion - timedelta(days=days)
    given = situation.records.therapies.select("drug", "start").iter_rows()
    found = (start for drug, start in given if drug in names and start is not None)
    return min((start for start in found if first <= start < situation.infusion), default=None)


def _easix(situation: Situation, start: datetime, days: float) -> float | None:
    scale = scale_named("easix")
    seen = situation.records.observations.filter(
        pl.col("item").is_in(scale.items()), ~pl.col("implausible"),
        pl.col("time") <= start, pl.col("time") >= start - timedelta(days=days),
    )  # fmt: skip
    newest = seen.sort("time").group_by("item").last()
    values = dict(newest.select("item", "value").iter_rows())
    if len(values) < len(scale.items()):
        return None
    return score(pl.DataFrame({name: [value] for name, value in values.items()}), scale).min
