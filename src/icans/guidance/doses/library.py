"""Every drug whose doses are held, by any of its names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from icans.errors import DataError, RuleError
from icans.grading.conventions import switches
from icans.guidance.doses.form import DrugDoses, Scheme
from icans.guidance.doses.reading import read_doses
from icans.guidance.vocabulary import vocabulary
from icans.record.catalogue import drugs as record_drugs
from icans.record.catalogue import nearest
from icans.rules.document import documents

_ALIKE = 0.75
"""How alike a name must be to be offered: a wrong drug would do harm."""
PATIENT = ("weight", "age")
"""The items that the condition of a dose may name."""


@cache
def drugs() -> Mapping[str, DrugDoses]:
    """Every drug whose doses are held, by name. Raises RuleError where a file is wrong."""
    terms = {name: vocabulary()[name] for name in PATIENT}
    held: dict[str, DrugDoses] = {}
    for file, found in written().items():
        for drug in read_doses(found, file, terms, switches()):
            if drug.drug in held:
                raise RuleError(f"{file}: {drug.drug}: its doses stand in another file already")
            held[drug.drug] = drug
    return held


@cache
def written() -> Mapping[str, list[dict[str, Any]]]:
    """file -> its YAML documents as they are written."""
    folder = files("icans.guidance.doses").joinpath("drugs")
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return {f.name: documents(f.read_text(encoding="utf-8"), f.name) for f in found}


@cache
def _names() -> Mapping[str, str]:
    """Any name in lower case -> the drug: its own name, its synonyms here and those of the list of a record."""
    found = {}
    for drug in drugs().values():
        listed = record_drugs().get(drug.drug)
        for name in (drug.drug, drug.label, *drug.synonyms, *(listed.synonyms if listed else ())):
            found[name.lower()] = drug.drug
    return found


def doses_of(drug: str) -> DrugDoses:
    """The doses of a drug by a generic or brand name. Raises DataError for one not held, with the nearest name."""
    name = _names().get(drug.strip().lower())
    if name is None:
        hint = nearest(drug.strip().lower(), _names(), _ALIKE)
        raise DataError(f"no doses of '{drug}' are held.{hint} Held are: {', '.join(sorted(drugs()))}")
    return drugs()[name]


def scheme_of(drug: str, scheme: str | None = None) -> Scheme:
    """A scheme of a drug, the first one where none is named. Raises DataError for one that is not held."""
    held = doses_of(drug)
    if scheme is None:
        return next(iter(held.schemes.values()))
    if scheme not in held.schemes:
        hint = nearest(scheme, held.schemes)
        raise DataError(f"{held.drug} has no scheme '{scheme}'.{hint} It has: {', '.join(held.schemes)}")
    return held.schemes[scheme]
