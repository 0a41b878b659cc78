"""The dose of a drug for one patient, with its arithmetic in words; what is not known stays a formula."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from math import isfinite
from typing import Any

import polars as pl

from icans.errors import DataError
from icans.guidance.cited import Cited
from icans.guidance.doses import wording
from icans.guidance.doses.amount import limits_of_weight, scheme_ends
from icans.guidance.doses.form import Band, DrugDoses, Note, Scheme, Step
from icans.guidance.doses.library import PATIENT, doses_of, scheme_of
from icans.record.catalogue import catalogue
from icans.rules.condition import condition
from icans.rules.expression import terms


@dataclass(frozen=True)
class Dose:
    """What one dose is, how it follows from weight and age, and how often it may be given.

    low, high     the amount in `unit`, the same twice where it is one number; None where weight or age would have
                  to be known, or where no dose is held for such a patient
    words         '560 mg IV over 1 h'; where the amount is open the formula, one for each kind of patient
    arithmetic    '8 mg/kg × 70 kg = 560 mg'; empty where nothing was calculated
    interval, maximum  in words, empty where no dose is held for such a patient
    hours_between, doses_24h, doses_total  the same as numbers where the source has them
    steps         the steps of a step-down, in order, in words
    cautions      what belongs to the drug or the scheme, with its source; see also `cautions` of this room
    missing       the items (weight, age) that would settle the amount
    cited         where the amount, then where the schedule comes from
    """

    drug: str
    label: str
    scheme: str
    use: str
    low: float | None
    high: float | None
    unit: str
    words: str
    arithmetic: str
    route: str
    interval: str
    maximum: str
    hours_between: float | None
    doses_24h: int | None
    doses_total: int | None
    steps: tuple[str, ...]
    cautions: tuple[Note, ...]
    missing: tuple[str, ...]
    cited: tuple[Cited, ...]

    @property
    def mg(self) -> float | None:
        """The amount in mg, where it is one number in mg."""
        return self.low if self.unit == "mg" and self.low == self.high else None


@dataclass(frozen=True)
class _Patient:
    """weight in kg, age in years, gfr in mL/min; None: not known."""

    weight: float | None
    age: float | None
    gfr: float | None


_NOBODY = {"weight": None, "age": None, "gfr": None}


def dose(
    drug: str,
    *,
    weight: float | None = None,
    age: float | None = None,
    scheme: str | None = None,
    gfr: float | None = None,
) -> Dose:
    """The dose of a drug for one patient.

    drug    a name of a drug, generic or brand
    weight  kg, more than 0 and at most 300; age: years; gfr: mL/min for 1.73 m²; None: not known
    scheme  a name of `doses_of(drug).schemes`; the first one by default

    Raises DataError for a drug or scheme that is not held, with the nearest name, and for an impossible number.
    """
    held, chosen = doses_of(drug), scheme_of(drug, scheme)
    patient = _Patient(weight, age, gfr)
    if problems := list(_impossible(patient)):
        raise DataError(*problems)
    low, high, possible, others = _weighed(held, chosen, patient)
    words = _words(chosen, low, high, possible, others)
    return Dose(
        held.drug, held.label, chosen.name, chosen.use, low, high, chosen.unit,
        f"{words}, before any reduction for the kidneys" if held.kidney and possible else words,
        _arithmetic(chosen, possible, others, patient),
        chosen.route, *((chosen.interval, chosen.maximum) if possible else ("", "")),
        chosen.hours_between, chosen.doses_24h, chosen.doses_total,
        tuple(wording.step(s, chosen.unit) for s in _steps(chosen, low)), tuple(_cautions(held, chosen, patient)),
        _missing(possible, patient) if low is None else (),
        tuple(dict.fromkeys((*(b.cited for b in possible), chosen.cited))),
    )  # fmt: skip


def dose_in(state: pl.DataFrame, drug: str, scheme: str | None = None) -> Dose:
    """The dose of the patient of a state of one row; a weight, age or gfr that cannot be counts as not known.

    Raises DataError for a drug or scheme that is not held.
    """
    known = {name: state[name][0] for name in ("weight", "age", "gfr") if name in state.columns}
    usable = {
        name: value for name, value in known.items() if not list(_impossible(_Patient(**{**_NOBODY, name: value})))
    }
    return dose(drug, scheme=scheme, **usable)


def _impossible(patient: _Patient) -> Iterator[str]:
    """What cannot be, without repeating it."""
    above, at_most = limits_of_weight()
    if patient.weight is not None and not above < patient.weight <= at_most:
        yield f"weight: more than {above:g} and at most {at_most:g} kg is expected; give the body weight in kg"
    if patient.age is not None and not catalogue()["age"].is_possible(patient.age):
        low, high = catalogue()["age"].limits
        yield f"age: {low:g} to {high:g} years is expected; give the age in years"
    if patient.gfr is not None and not (isfinite(patient.gfr) and patient.gfr >= 0):
        yield "gfr: 0 or more is expected; give it in mL/min for 1.73 m²"


def _weighed(drug: DrugDoses, scheme: Scheme, patient: _Patient) -> tuple[float | None, float | None, list[Band], bool]:
    """The ends of the amount, the bands that may be the patient's, and whether none of them may be."""
    low, high, *holds = _ends(drug.drug, scheme.name, patient.weight, patient.age)
    possible, others = [], True
    for band, held in zip(scheme.bands, holds, strict=True):
        if others and held is not False:
            possible.append(band)
        others = others and not held
    return low, high, possible, others


@lru_cache(maxsize=512)
def _ends(drug: str, scheme: str, weight: float | None, age: float | None) -> tuple[Any, ...]:
    """The least and most of a dose, then whether each of its bands holds; a review asks for the same dose often."""
    row = pl.DataFrame({"weight": [weight], "age": [age]}, schema=dict.fromkeys(PATIENT, pl.Float64))
    return row.select(_columns(drug, scheme)).row(0)


@cache
def _columns(drug: str, scheme: str) -> list[pl.Expr]:
    chosen = scheme_of(drug, scheme)
    ends = scheme_ends(chosen)
    whom = [pl.lit(True) if b.when is None else condition(b.when) for b in chosen.bands]
    return [ends.low.alias("low"), ends.high.alias("high"), *(w.alias(f"{i}") for i, w in enumerate(whom))]


def _words(scheme: Scheme, low: float | None, high: float | None, possible: list[Band], others: bool) -> str:
    if not possible:
        return f"{wording.NONE_HELD} for such a patient"
    if low is None or high is None:
        told = wording.formulas(scheme, possible, others=others)
    else:
        told = f"{wording.span((low, high))} {scheme.unit}"
    return f"{told} {scheme.route}".strip() if low is not None else "; ".join(filter(None, (told, scheme.route)))


def _arithmetic(scheme: Scheme, possible: list[Band], others: bool, patient: _Patient) -> str:
    alone = len(possible) == 1 and not others
    told = (wording.arithmetic(scheme, band, patient.weight, alone=alone) for band in possible)
    return "; ".join(words for words in told if words)


def _steps(scheme: Scheme, low: float | None) -> tuple[Step, ...]:
    """The steps are those of the amounts a scheme gives: none where it gives the patient none."""
    return scheme.steps if low is not None else ()


def _cautions(held: DrugDoses, scheme: Scheme, patient: _Patient) -> Iterator[Note]:
    if held.kidney is not None:
        known = "Kidney function is not known. " if patient.gfr is None else f"GFR {patient.gfr:g} mL/min. "
        yield Note(known + held.kidney.says, held.kidney.cited)
    yield from scheme.notes


def _missing(possible: list[Band], patient: _Patient) -> tuple[str, ...]:
    asked = {t.name for band in possible if band.when is not None for t in terms(band.when)}
    asked |= {"weight" for band in possible if band.per_kg is not None}
    return tuple(name for name in PATIENT if name in asked and getattr(patient, name) is None)
