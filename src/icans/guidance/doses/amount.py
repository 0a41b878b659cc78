"""The amount of a dose over a table, as Polars expressions: the same data as for one patient."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from icans.guidance.doses.form import Band, Range, Rounding, Scheme
from icans.guidance.doses.library import PATIENT, scheme_of
from icans.record.catalogue import catalogue
from icans.rules.condition import condition
from icans.rules.expression import terms

_UNKNOWN = pl.lit(None, dtype=pl.Float64)
_FINE = 6
"""Digits kept, so that 0.1 × 3 is 0.3."""


@dataclass(frozen=True)
class Ends:
    """The least and most that a dose can be; null where that is not known or no dose is held."""

    low: pl.Expr
    high: pl.Expr


def amount(drug: str, scheme: str | None = None) -> pl.Expr:
    """The amount of a dose in the unit of its scheme, Float64; null where it is not settled.

    Asks for the columns of `asks_for(drug, scheme)`: `weight` (kg) and, for some schemes, `age` (years). An unknown
    or impossible weight gives null. `amount("tocilizumab")` asks for `weight` alone and gives mg.
    Raises DataError for a drug or scheme that is not held.
    """
    ends = scheme_ends(scheme_of(drug, scheme))
    return pl.when(ends.low == ends.high).then(ends.low)


def asks_for(drug: str, scheme: str | None = None) -> tuple[str, ...]:
    """The columns that `amount` of this drug and scheme asks for, out of weight and age."""
    bands = scheme_of(drug, scheme).bands
    asked = {t.name for band in bands if band.when is not None for t in terms(band.when)}
    asked |= {"weight" for band in bands if band.per_kg is not None}
    return tuple(name for name in PATIENT if name in asked)


def scheme_ends(scheme: Scheme) -> Ends:
    """The amount over everything that weight and age can be: unknown ones leave several doses possible."""
    ends = Ends(_UNKNOWN, _UNKNOWN)
    for band in reversed(scheme.bands):
        own = _band_ends(band, scheme.rounding)
        ends = own if band.when is None else _either(condition(band.when), own, ends)
    return ends


def _either(holds: pl.Expr, own: Ends, rest: Ends) -> Ends:
    """`own` where it holds, `rest` where it does not, both where nobody knows."""
    both = own.low.is_not_null() & rest.low.is_not_null()
    low = pl.when(both).then(pl.min_horizontal(own.low, rest.low))
    high = pl.when(both).then(pl.max_horizontal(own.high, rest.high))
    return Ends(
        pl.when(holds).then(own.low).when(~holds).then(rest.low).otherwise(low),
        pl.when(holds).then(own.high).when(~holds).then(rest.high).otherwise(high),
    )


def _band_ends(band: Band, rounding: Rounding | None) -> Ends:
    if band.per_kg is not None:
        low, high = (_rounded(_capped(weight() * number, band), rounding) for number in band.per_kg)
        return Ends(low, high)
    fixed: Range | None = band.fixed
    return Ends(_UNKNOWN, _UNKNOWN) if fixed is None else Ends(pl.lit(fixed[0]), pl.lit(fixed[1]))


def weight() -> pl.Expr:
    """The column `weight`, null where the weight is impossible."""
    column = pl.col("weight").cast(pl.Float64)
    above, at_most = limits_of_weight()
    return pl.when(column > above, column <= at_most).then(column)


def limits_of_weight() -> Range:
    """kg: a weight is more than the first and at most the second number; those of the item `weight`."""
    item = catalogue()["weight"]
    return float(item.limits[0] or 0.0), float(item.plausible[1] or "inf")


def _capped(amount: pl.Expr, band: Band) -> pl.Expr:
    return amount if band.at_most is None else amount.clip(upper_bound=band.at_most)


def _rounded(amount: pl.Expr, rounding: Rounding | None) -> pl.Expr:
    """To the nearest multiple, halves up: Polars and Python round halves in different ways."""
    fine = amount.round(_FINE)
    return fine if rounding is None else (fine / rounding.to + 0.5).floor() * rounding.to
