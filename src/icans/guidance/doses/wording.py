"""Doses in words: amounts, formulas, arithmetic, steps."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

from icans.guidance.doses.form import Band, Range, Rounding, Scheme, Step

NONE_HELD = "no dose is held here"


def number(value: float) -> str:
    """A number as it is read out: 560, 0.25."""
    return f"{value:g}"


def span(ends: Range) -> str:
    """'10', or '10 to 20' where the source gives two ends."""
    low, high = ends
    return number(low) if low == high else f"{number(low)} to {number(high)}"


def formula(band: Band, unit: str) -> str:
    """The dose of a band whoever the patient is: '8 mg/kg, at most 800 mg'."""
    if band.formula:
        return band.formula
    if band.fixed is not None:
        return f"{span(band.fixed)} {unit}"
    assert band.per_kg is not None
    return f"{span(band.per_kg)} {unit}/kg{_ceiling(band, unit)}"


def formulas(scheme: Scheme, bands: Sequence[Band], *, others: bool) -> str:
    """The formulas of every kind of patient, with whom each is for; others: also those without a dose."""
    told = [formula(b, scheme.unit) + (f" ({b.who})" if _told_apart(scheme) else "") for b in bands]
    return "; ".join([*told, *([f"for others {NONE_HELD}"] if others else [])])


def arithmetic(scheme: Scheme, band: Band, weight: float | None, *, alone: bool) -> str:
    """'8 mg/kg × 110 kg = 880 mg, at most 800 mg'; empty for a dose that does not depend on the weight.

    alone  whether no other dose is possible; otherwise it says for whom it is
    """
    if band.per_kg is None or weight is None:
        return ""
    whom = "" if alone else f"{band.who}: "
    low, high = (per_kg * weight for per_kg in band.per_kg)
    worked_out = f"{whom}{span(band.per_kg)} {scheme.unit}/kg × {number(weight)} kg = {span((low, high))} {scheme.unit}"
    if band.at_most is not None and high > band.at_most:
        return worked_out + _ceiling(band, scheme.unit)
    ends = (rounded(low, scheme.rounding), rounded(high, scheme.rounding))
    if scheme.rounding is None or span(ends) == span((low, high)):
        return worked_out
    return f"{worked_out}, rounded to {span(ends)} {scheme.unit} ({scheme.rounding.cited.mark})"


def rounded(value: float, how: Rounding | None) -> float:
    """The nearest multiple, halves up."""
    return value if how is None else floor(value / how.to + 0.5) * how.to


def step(one: Step, unit: str) -> str:
    """'500 mg every 12 h for 3 days'."""
    until = f"for {number(one.days)} days" if one.days is not None else f"until {one.until}"
    return f"{number(one.amount)} {unit} every {number(one.every_hours)} h {until}"


def _told_apart(scheme: Scheme) -> bool:
    return len(scheme.bands) > 1 or any(band.when is not None for band in scheme.bands)


def _ceiling(band: Band, unit: str) -> str:
    return "" if band.at_most is None else f", at most {number(band.at_most)} {unit}"
