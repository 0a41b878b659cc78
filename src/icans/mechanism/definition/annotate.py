"""What Antimony does not write into SBML: the units of numbers, and what each thing is.

Numbers in the equations have no unit of their own (one that had would be a named parameter), and are marked so;
without that, the unit check must pass over every equation that contains a 1. Names and identifiers come from
`model/parameters.csv`, `model/quantities.csv` and `model/identifiers.csv`; the databases are those of identifiers.org.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from icans.errors import RuleError
from icans.mechanism.definition.parameters import quantities, table
from icans.mechanism.nearest import nearest

TITLE = "From CAR T cells to ICANS"
NOTES = (
    "CAR T cells, cytokines, endothelium, blood-brain barrier, glia and the bedside signs of ICANS, with drugs. "
    "Time in days after infusion. Most values are assumed or calibrated to typical time courses by hand; "
    "a model for research and teaching, not for clinical use."
)
_RESOURCES = ("uniprot", "chebi", "drugbank", "cl", "uberon", "sbo")
_QUALIFIERS = {
    "is": "BQB_IS",
    "isVersionOf": "BQB_IS_VERSION_OF",
    "isPropertyOf": "BQB_IS_PROPERTY_OF",
    "hasPart": "BQB_HAS_PART",
}


def annotated(sbml: str) -> str:
    """The SBML text with units on its numbers, readable names and identifiers.

    Raises RuleError where identifiers.csv names something that the model does not have.
    """
    import libsbml

    document = libsbml.readSBMLFromString(sbml)
    model = document.getModel()
    model.setName(TITLE)
    model.setNotes(f'<p xmlns="http://www.w3.org/1999/xhtml">{NOTES}</p>')
    for math in _maths(model):
        _mark_numbers(math)
    _name_units(model, libsbml.UnitDefinition)
    for thing in (*table(), *quantities()):
        element = model.getElementBySId(thing.name)
        if element is not None:
            element.setName(thing.meaning)
    for row in csv.DictReader(_read("identifiers.csv").splitlines()):
        _identify(model, row, libsbml)
    return libsbml.writeSBMLToString(document)


def _read(name: str) -> str:
    return files("icans.mechanism").joinpath("model", name).read_text("utf-8")


def _maths(model: Any) -> Iterator[Any]:
    """Every formula of the model."""
    for listed in (
        model.getListOfFunctionDefinitions(),
        model.getListOfInitialAssignments(),
        model.getListOfRules(),
    ):
        for element in listed:
            yield element.getMath()


def _mark_numbers(node: Any) -> None:
    if node.isNumber():
        node.setUnits("dimensionless")
    for index in range(node.getNumChildren()):
        _mark_numbers(node.getChild(index))


def _name_units(model: Any, units: Any) -> None:
    """Give amounts the units that units.ant names: Antimony makes its own, 'pg_per_mL_mL' for pg."""
    named = set(re.findall(r"^unit (\w+) =", _read("units.ant"), re.MULTILINE))
    own = {u.getId(): units.convertToSI(u) for u in model.getListOfUnitDefinitions() if u.getId() in named}
    for species in model.getListOfSpecies():
        made = model.getUnitDefinition(species.getSubstanceUnits())
        if made is not None and made.getId() not in named:  # None: a unit that SBML has by itself, as gram
            made = units.convertToSI(made)
            same = [name for name, unit in own.items() if units.areIdentical(unit, made)]
            if not same:
                raise RuleError(f"units.ant has no unit for the amount of {species.getId()}")
            species.setSubstanceUnits(same[0])
    for unit in [u.getId() for u in model.getListOfUnitDefinitions()]:
        if unit not in named:
            model.removeUnitDefinition(unit)


def _identify(model: Any, row: dict[str, str], libsbml: Any) -> None:
    element = model.getElementBySId(row["name"])
    if element is None:
        known = [e.getId() for e in (*model.getListOfSpecies(), *model.getListOfParameters())]
        raise RuleError(f"identifiers.csv: the model has no {row['name']}; {nearest(row['name'], known)}")
    if row["resource"] not in _RESOURCES or row["qualifier"] not in _QUALIFIERS:
        raise RuleError(f"identifiers.csv, {row['name']}: {row['qualifier']} {row['resource']} is not known here")
    if row["resource"] == "sbo":
        element.setSBOTerm(row["identifier"])
        return
    term = libsbml.CVTerm(libsbml.BIOLOGICAL_QUALIFIER)
    term.setBiologicalQualifierType(getattr(libsbml, _QUALIFIERS[row["qualifier"]]))
    prefix = "" if ":" in row["identifier"] else f"{row['resource']}:"
    term.addResource(f"https://identifiers.org/{prefix}{row['identifier']}")
    if not element.isSetMetaId():
        element.setMetaId(f"meta_{row['name']}")
    element.addCVTerm(term)
