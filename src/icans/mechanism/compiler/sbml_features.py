"""The features of SBML that are refused, each with its name."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

_HARMLESS = ("layout", "render", "groups", "l3v2extendedmath")
"""Packages that change no equation (pictures call themselves required in Level 2), or only add operations,
each of which is met, or refused, where it is used."""


def refused(document: Any) -> Iterator[str]:
    """What in an SBML document cannot be simulated here, a phrase each."""
    model = document.getModel()
    if document.getLevel() < 2:
        yield "SBML Level 1"
    for i in range(document.getNumPlugins()):
        package = document.getPlugin(i).getPackageName()
        if package not in _HARMLESS and document.getPackageRequired(package):
            yield f"the package '{package}'"
    yield from _of_structure(model)
    yield from _of_reactions(model)
    for event in model.getListOfEvents():
        yield from _of_event(event, model)


def _calculated(model: Any) -> set[str]:
    """What a rule, an event or an initial assignment gives a value."""
    variables = {r.getVariable() for r in model.getListOfRules() if not r.isAlgebraic()}
    variables |= {a.getVariable() for e in model.getListOfEvents() for a in e.getListOfEventAssignments()}
    return variables | {a.getSymbol() for a in model.getListOfInitialAssignments()}


def _of_structure(model: Any) -> Iterator[str]:
    variables = _calculated(model)
    if any(r.isAlgebraic() for r in model.getListOfRules()):
        yield "an algebraic rule"
    if model.getNumConstraints():
        yield "a constraint"
    if model.isSetConversionFactor() or any(s.isSetConversionFactor() for s in model.getListOfSpecies()):
        yield "a conversion factor"
    for compartment in model.getListOfCompartments():
        if compartment.getId() in variables:
            yield f"compartment '{compartment.getId()}', whose size changes or is calculated,"


def _of_reactions(model: Any) -> Iterator[str]:
    variables = _calculated(model)
    for reaction in model.getListOfReactions():
        if reaction.isSetFast() and reaction.getFast():
            yield f"the fast reaction '{reaction.getId()}'"
        for reference in [*reaction.getListOfReactants(), *reaction.getListOfProducts()]:
            what = f"stoichiometry of '{reference.getSpecies()}' in '{reaction.getId()}'"
            changes = reference.isSetId() and reference.getId() in variables
            if reference.isSetStoichiometryMath() or changes:
                yield f"the variable {what}"
            elif not math.isfinite(reference.getStoichiometry()):
                yield f"the {what}, which has no value,"


def _of_event(event: Any, model: Any) -> Iterator[str]:
    import libsbml

    name = event.getId() or "without a name"
    if event.isSetDelay() and libsbml.formulaToL3String(event.getDelay().getMath()) not in ("0", "0.0", "-0"):
        yield f"the delay of event '{name}'"
    if event.isSetPriority():
        yield f"the priority of event '{name}'"
    calculated = {r.getVariable() for r in model.getListOfRules() if r.isAssignment()}
    for assignment in event.getListOfEventAssignments():
        if assignment.getVariable() in calculated:
            yield f"event '{name}', which sets the calculated '{assignment.getVariable()}',"
