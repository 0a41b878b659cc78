"""Calculated scores of one state: ICE, EASIX and the like, as numbers or the intervals they lie in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime

import polars as pl

from icans.grading.answer import Score
from icans.grading.conventions import switches
from icans.grading.features import features
from icans.grading.grade import evaluated, prepared
from icans.grading.scale import Scale
from icans.grading.wording import grade_words, value_words
from icans.record.catalogue import catalogue
from icans.rules.vocabulary import hi, lo


def score(
    state: pl.DataFrame,
    scale: Scale,
    *,
    conventions: Mapping[str, bool] | None = None,
    time: datetime | None = None,
    day: float | None = None,
) -> Score:
    """A score of one state (a table of one row).

    Where an input is missing the score is the interval over what it could be; an end without a bound is None,
    and so are both where the score is not defined (a division by 0).
    """
    positions = switches(conventions)
    row = evaluated(prepared(state, scale, positions), scale).collect().row(0, named=True)
    low, high = _finite(row[lo("__grade")]), _finite(row[hi("__grade")])
    asked = [n for n in scale.items() if n in catalogue()]
    known = {catalogue()[n].label: value_words(n, row[n]) for n in asked if row[n] is not None}
    known |= {
        features()[n].label: grade_words(row[lo(n)], row[hi(n)])
        for n in scale.items()
        if n in features() and math.isfinite(row[lo(n)]) and math.isfinite(row[hi(n)])
    }
    missing = tuple(catalogue()[n].label for n in asked if row[n] is None and not is_covered(n, row))
    band = next((b.label for b in scale.bands if _inside(low, b.low, b.high) and _inside(high, b.low, b.high)), None)
    return Score(
        scale.name, scale.title, low, high, band, scale.formula or _formula(scale), known, missing,
        scale.source, scale.mark, time, day,
    )  # fmt: skip


def is_told(found: Score) -> bool:
    """True where the score says something: something is known, and it bounds the score on both sides."""
    return bool(found.inputs) and found.min is not None and found.max is not None


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _inside(value: float | None, low: float, high: float) -> bool:
    return value is not None and low <= value <= high


def is_covered(name: str, row: Mapping[str, object]) -> bool:
    """A total that its parts give, or a part whose total was recorded, is not missing."""
    item = catalogue()[name]
    if item.part_of:
        return row.get(item.part_of) is not None
    parts = [n for n, i in catalogue().items() if i.part_of == name and n in row]
    return any(row[n] is not None for n in parts)


def _formula(scale: Scale) -> str:
    labels = [catalogue()[n].label for n in scale.items() if n in catalogue()]
    return "from " + ", ".join(labels)
