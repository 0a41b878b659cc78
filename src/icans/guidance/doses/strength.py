"""How strong a steroid regimen is: mg of dexamethasone a day with the same effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from icans.errors import DataError
from icans.guidance.cited import Cited, read_cited
from icans.guidance.document import sources_of
from icans.guidance.doses.form import Range, Scheme
from icans.guidance.doses.library import drugs
from icans.record.catalogue import catalogue, nearest
from icans.rules.document import Mistakes, Reader, documents

FILE = "strength.yaml"
_REFERENCE = "dexamethasone"


@dataclass(frozen=True)
class Strengths:
    """What regimens are compared by.

    reference_kg  the body weight at which regimens per kg are compared where none is given
    same_effect   steroid -> mg with the same effect, and its source
    """

    reference_kg: float
    same_effect: Mapping[str, tuple[float, Cited]]

    def factor(self, drug: str) -> float:
        """mg of dexamethasone with the effect of 1 mg of a steroid."""
        return self.same_effect[_REFERENCE][0] / self.same_effect[drug][0]


def dex_equivalent(regimen: str, *, weight: float | None = None) -> Range | None:
    """The least and most mg of dexamethasone a day that a steroid regimen is equal to, in an adult.

    regimen  a word of the item `current_steroid`, such as 'dex10_q6h' or 'mp1000_bid', or another steroid scheme
    weight   kg, for regimens per kg, which give None without it; so does 'other', which may be anything
    Raises DataError for a regimen that is not held.
    """
    words = catalogue()["current_steroid"].values
    if regimen in ("none", "other"):
        return (0.0, 0.0) if regimen == "none" else None
    if regimen not in regimens():
        known = sorted({*regimens(), *words})
        raise DataError(f"'{regimen}' is no steroid regimen.{nearest(regimen, known)} Known are: {', '.join(known)}")
    drug, scheme = regimens()[regimen]
    band, per_day = scheme.bands[0], scheme.per_day
    amounts = band.fixed or (None if band.per_kg is None or weight is None else _times(band.per_kg, weight))
    if amounts is None or per_day is None:
        return None
    factor = strengths().factor(drug)
    return (amounts[0] * per_day[0] * factor, amounts[1] * per_day[1] * factor)


def _times(ends: Range, number: float) -> Range:
    return (ends[0] * number, ends[1] * number)


@cache
def regimens() -> Mapping[str, tuple[str, Scheme]]:
    """regimen -> its drug and scheme: every scheme that says how many doses a day it gives."""
    return {
        scheme.name: (drug.drug, scheme)
        for drug in drugs().values()
        for scheme in drug.schemes.values()
        if scheme.per_day is not None
    }


@cache
def strengths() -> Strengths:
    """What regimens are compared by. Raises RuleError where the file is wrong."""
    text = files("icans.guidance.doses").joinpath(FILE).read_text(encoding="utf-8")
    return read_strengths(text, FILE)


def read_strengths(text: str, file: str) -> Strengths:
    """The table out of its YAML. Raises RuleError with every mistake."""
    mistakes = Mistakes(file)
    raw = documents(text, file)[0]
    reader = Reader({}, {}, sources_of(raw, mistakes), mistakes)
    reader.only(raw, ("sources", "reference_kg", "same_effect"), "strength")
    if not _is_amount(raw.get("reference_kg")):
        mistakes.add("needs 'reference_kg', a number above 0", raw, "strength")
    found = {}
    for entry in reader.entries(raw, "same_effect", "same_effect"):
        name = str(entry.get("drug", "a steroid without a name"))
        reader.only(entry, ("drug", "mg", "source", "mark"), name)
        cited = read_cited(entry, reader, name)
        if name not in drugs() or not _is_amount(entry.get("mg")):
            mistakes.add("needs 'drug', one whose doses are held, and 'mg', a number above 0", entry, name)
            continue
        found[name] = (float(entry["mg"]), cited)
    mistakes.check()
    return Strengths(float(raw["reference_kg"]), found)


def _is_amount(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0
