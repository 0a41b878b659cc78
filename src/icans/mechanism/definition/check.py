"""Is the model in order? Everything that can be said without running it.

SBML and its units (libSBML, and factors of ten by `unit_check.py`), every parameter used and told, sources, ranges, and
two conditions without which the healthy body would not rest. What is accepted stands with its reason in `check.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from icans.errors import RuleError
from icans.mechanism.definition.parameters import EVIDENCE, Parameter, quantities, table
from icans.mechanism.definition.products import endotypes, products


@dataclass(frozen=True)
class Finding:
    """Something that is not in order: which check, of what, and how."""

    check: str
    name: str
    text: str

    def __str__(self) -> str:
        """'range: k_m is 7, plausible are 0.2 to 3'."""
        return f"{self.check}: {self.name} {self.text}"


def check() -> list[Finding]:
    """Every finding that `check.yaml` does not accept; an empty list where the model is in order.

    An exception that no longer applies is a finding too, so that the file stays true.
    """
    from icans.mechanism.definition.compose import sbml_text

    found = [*sbml_findings(sbml_text()), *table_findings(table()), *set_findings()]
    accepted = exceptions()
    seen = {(finding.check, finding.name) for finding in found}
    stale = [Finding("exception", name, f"is no longer needed for {check}") for check, name in accepted.keys() - seen]
    return [finding for finding in found if (finding.check, finding.name) not in accepted] + stale


@cache
def exceptions() -> Mapping[tuple[str, str], str]:
    """(check, name) -> why it is accepted. Raises RuleError where one has no reason."""
    raw = yaml.safe_load(files("icans.mechanism.definition").joinpath("check.yaml").read_text("utf-8"))
    for entry in raw:
        if not entry.get("reason"):
            raise RuleError(f"check.yaml: {entry['check']} {entry['name']} has no reason")
    return {(entry["check"], entry["name"]): entry["reason"] for entry in raw}


def sbml_findings(sbml: str) -> Iterator[Finding]:
    """What is wrong with the SBML: consistency, units, names that no table tells, parameters that nothing uses."""
    import libsbml

    from icans.mechanism.definition.unit_check import mismatches

    document = libsbml.readSBMLFromString(sbml)
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, True)
    document.checkConsistency()
    for index in range(document.getNumErrors()):
        error = document.getError(index)
        yield Finding("sbml", str(error.getErrorId()), " ".join(error.getMessage().split()))
    model = document.getModel()
    untold = list(_untold(model))
    yield from untold
    if not untold:
        yield from (Finding("unit", name, text) for name, text in mismatches(model))
    yield from _unused(model)


def _untold(model: Any) -> Iterator[Finding]:
    """Names of the model that stand in no table, and of the tables that the model does not have."""
    things = [*model.getListOfSpecies(), *model.getListOfParameters()]
    names = {thing.getId() for thing in things}
    constant = {p.getId() for p in model.getListOfParameters() if p.getConstant()}
    told = {p.name for p in table()}, {q.name for q in quantities()}
    for name in sorted(names - told[0] - told[1]):
        where = "parameters.csv" if name in constant else "quantities.csv"
        yield Finding("untold", name, f"is in an equation but not in {where}")
    for name in sorted((told[0] | told[1]) - names):
        yield Finding("untold", name, "is in a table but not in the model")


def _unused(model: Any) -> Iterator[Finding]:
    used: set[str] = set()
    for element in (*model.getListOfRules(), *model.getListOfInitialAssignments()):
        used |= set(_names(element.getMath()))
    for parameter in table():
        if parameter.name not in used:
            yield Finding("unused", parameter.name, "is in parameters.csv, and no equation uses it")


def _names(node: Any) -> Iterator[str]:
    if node.isName():
        yield node.getName()
    for index in range(node.getNumChildren()):
        yield from _names(node.getChild(index))


def table_findings(parameters: Iterable[Parameter]) -> Iterator[Finding]:
    """Rows of the parameter table without source or meaning, with values out of their range; healthy rest."""
    known = {p.name: p for p in parameters}
    for p in known.values():
        for key in ("source", "meaning", "identifiability", "group"):
            if not getattr(p, key):
                yield Finding("source", p.name, f"has no {key}")
        if p.evidence not in EVIDENCE:
            yield Finding("source", p.name, f"has the evidence mark {p.evidence!r}")
        if not p.low <= p.value <= p.high:
            yield Finding("range", p.name, _out_of(p, p.value))
    yield from rest_findings("table", {p.name: p.value for p in known.values()})


def set_findings() -> Iterator[Finding]:
    """Products and endotypes with values out of the range, or that keep a healthy body from resting."""
    known = {p.name: p for p in table()}
    for name, chosen in (products() | endotypes()).items():
        changes = chosen.changes
        for changed, value in changes.items():
            if not known[changed].low <= value <= known[changed].high:
                yield Finding("range", f"{name}.{changed}", _out_of(known[changed], value))
        yield from rest_findings(name, {p.name: p.value for p in known.values()} | changes)


def _out_of(parameter: Parameter, value: float) -> str:
    return f"is {value:g} {parameter.unit}, plausible are {parameter.low:g} to {parameter.high:g}"


def rest_findings(name: str, values: Mapping[str, float]) -> Iterator[Finding]:
    """Whether a healthy body with these parameters rests.

    name    of the set, for the finding
    values  parameter -> value, of all parameters

    Source: sections 2.5 and 2.9 of the model's literature review.
    """
    gain = loop_gain(values)
    if gain >= 1:
        yield Finding("loop gain", name, f"is {gain:.2f}: at 1 and above the healthy brain sets itself alight")
    lost = lost_crp(values)
    if lost >= values["CRP0"]:
        yield Finding("CRP floor", name, f"CRP0 is {values['CRP0']:g} mg/L, and {lost:g} of it are owed to IL-6")


def loop_gain(values: Mapping[str, float]) -> float:
    """Gain of the loop from microglia through IL-1 and back, for small signals; it must stay below 1.

    kG wG1 (s_G p1b/k1b)/(K1b dG): IL-1 per microglia, its effect near zero, microglia per effect.
    """
    made = values["s_G"] * values["p1b"] / values["k1b"]
    return values["kG"] * values["wG1"] * made / (values["K1b"] * values["dG"])


def lost_crp(values: Mapping[str, float]) -> float:
    """The part of healthy CRP, mg/L, that is owed to IL-6 and goes when a drug takes the signal away.

    pC Hn(IL6_0, K6C, nC)/kC. It must stay below CRP0, or CRP would fall below zero.
    """
    ratio = (values["IL6_0"] / values["K6C"]) ** values["nC"]
    return values["pC"] * ratio / (1 + ratio) / values["kC"]
