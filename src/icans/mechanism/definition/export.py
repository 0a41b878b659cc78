"""One virtual patient for other programs: parameters, doses and day 0 written into the model.

SBML for COPASI, libRoadRunner and others, Antimony for reading, and a COMBINE archive (OMEX) with both. Doses are SBML
events (an infusion is two, its rate on and off), doses on day 0 part of the initial values. Whoever simulates the file
from 0 on repeats the run: nothing else is needed.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from icans.errors import DataError
from icans.mechanism.definition.compose import antimony_text, sbml_text
from icans.mechanism.definition.parameters import quantities, table, unit_id
from icans.mechanism.nearest import nearest
from icans.mechanism.simulation.dosing import Change

_OMEX = "http://identifiers.org/combine.specifications"
_WRITTEN = (2020, 1, 1, 0, 0, 0)  # the same archive for the same patient, whenever it is written
_NOTHING = 1e-15  # rounding of a steady state; libRoadRunner would take it for the scale of its tolerance, and stall


class Patient(NamedTuple):
    """What is written into the model, checked.

    values   parameter -> value
    start    state or input -> value on day 0, without the doses of day 0
    added    state or input -> amount given on day 0
    later    (time, {state or input: amount}) of the doses after day 0, in order
    """

    values: dict[str, float]
    start: dict[str, float]
    added: dict[str, float]
    later: list[tuple[float, dict[str, float]]]


def sbml(
    parameters: Mapping[str, float] | None = None,
    doses: Iterable[Change] = (),
    start: Mapping[str, float] | None = None,
) -> str:
    """The model with one patient as SBML Level 3 Version 2.

    parameters  name -> value: changes to the table's values
    doses       as `regimen.doses` reads them
    start       state -> value on day 0, before doses (a steady state); those not named start where the model says

    Raises DataError for unknown names, numbers that are not finite and doses before day 0.
    """
    import libsbml

    patient = _patient(parameters, doses, start)
    document = libsbml.readSBMLFromString(sbml_text())
    model = document.getModel()
    for name, value in patient.values.items():
        model.getParameter(name).setValue(value)
    for name, value in patient.start.items():
        model.removeInitialAssignment(name)
        _set_start(model.getElementBySId(name), value)
    for name, amount in patient.added.items():
        _add_at_start(model, name, amount, libsbml)
    for number, (time, amounts) in enumerate(patient.later, start=1):
        _event(model, number, time, amounts, libsbml)
    return libsbml.writeSBMLToString(document)


def antimony(
    parameters: Mapping[str, float] | None = None,
    doses: Iterable[Change] = (),
    start: Mapping[str, float] | None = None,
) -> str:
    """The same as readable Antimony text. Arguments and errors as for `sbml`."""
    patient = _patient(parameters, doses, start)
    lines = [f"{name} = {value!r}" for name, value in patient.start.items()]
    lines += [f"{name} = {_first(name, patient)} + {amount!r}" for name, amount in patient.added.items()]
    for number, (time, amounts) in enumerate(patient.later, start=1):
        changes = ", ".join(f"{name} = {name} + {amount!r}" for name, amount in amounts.items())
        lines.append(f"dose_{number}: at (time >= {time!r}): {changes}")
    return antimony_text(patient.values, ["", "// This patient: day 0 and doses.", *lines] if lines else [])


def omex(
    parameters: Mapping[str, float] | None = None,
    doses: Iterable[Change] = (),
    start: Mapping[str, float] | None = None,
) -> bytes:
    """A COMBINE archive (a zip file) with `icans.xml` (SBML) and `icans.ant`. Arguments and errors as for `sbml`."""
    given = list(doses)
    files = {
        "manifest.xml": _manifest(),
        "icans.xml": sbml(parameters, given, start),
        "icans.ant": antimony(parameters, given, start),
    }
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, _WRITTEN), text, zipfile.ZIP_DEFLATED)
    return memory.getvalue()


def _manifest() -> str:
    rows = [
        (".", f"{_OMEX}/omex", "false"),
        ("./manifest.xml", f"{_OMEX}/omex-manifest", "false"),
        ("./icans.xml", f"{_OMEX}/sbml.level-3.version-2", "true"),
        ("./icans.ant", "http://purl.org/NET/mediatypes/text/x-antimony", "false"),
    ]
    lines = [f'  <content location="{where}" format="{kind}" master="{master}"/>' for where, kind, master in rows]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<omexManifest xmlns="http://identifiers.org/combine.specifications/'
    return head + 'omex-manifest">\n' + "\n".join(lines) + "\n</omexManifest>\n"


def _patient(
    parameters: Mapping[str, float] | None, doses: Iterable[Change], start: Mapping[str, float] | None
) -> Patient:
    values, begin, given = dict(parameters or {}), dict(start or {}), list(doses)
    known, can_start = [p.name for p in table()], _can_start()
    _check_names("parameter", values, known)
    _check_names("state or input", [*begin, *(dose.target for dose in given)], can_start)
    for name, value in [*values.items(), *begin.items(), *((dose.target, dose.amount) for dose in given)]:
        if not math.isfinite(value):
            raise DataError(f"{name}: the value {value} is not a finite number")
    added: dict[str, float] = {}
    later: dict[float, dict[str, float]] = {}
    for dose in given:
        if not dose.time >= 0:
            raise DataError(f"a dose into {dose.target} on day {dose.time:g}: doses begin with day 0")
        at = added if dose.time == 0 else later.setdefault(float(dose.time), {})
        # Two events at one time would each add to the value before both, and one dose would be lost.
        at[dose.target] = at.get(dose.target, 0.0) + float(dose.amount)
    rested = {name: 0.0 if abs(value) < _NOTHING else value for name, value in _floats(begin).items()}
    return Patient(_floats(values), rested, added, sorted(later.items()))


def _floats(values: Mapping[str, float]) -> dict[str, float]:
    return {name: float(value) for name, value in values.items()}


def _check_names(kind: str, names: Iterable[str], known: list[str]) -> None:
    for name in names:
        if name not in known:
            raise DataError(f"the model has no {kind} {name}; {nearest(name, known)}")


def _can_start() -> list[str]:
    """States and inputs: what has a value of its own on day 0."""
    import libsbml

    document = libsbml.readSBMLFromString(sbml_text())
    model = document.getModel()
    formulas = {rule.getVariable() for rule in model.getListOfRules() if rule.isAssignment()}
    return [q.name for q in quantities() if q.name not in formulas]


def _first(name: str, patient: Patient) -> str:
    """What a state or input is on day 0 before doses, as text."""
    if name in patient.start:
        return repr(patient.start[name])
    import libsbml

    document = libsbml.readSBMLFromString(sbml_text())
    assignment = document.getModel().getInitialAssignment(name)
    if assignment is not None:
        return libsbml.formulaToL3String(assignment.getMath())
    return repr(_start(document.getModel().getElementBySId(name)))


def _start(element: Any) -> float:
    if element.getElementName() == "parameter":
        return element.getValue()
    return element.getInitialAmount() if element.isSetInitialAmount() else element.getInitialConcentration()


def _set_start(element: Any, value: float) -> None:
    if element.getElementName() == "parameter":
        element.setValue(value)
    elif element.getHasOnlySubstanceUnits():
        element.setInitialAmount(value)
    else:
        element.setInitialConcentration(value)


def _add_at_start(model: Any, name: str, amount: float, libsbml: Any) -> None:
    assignment = model.getInitialAssignment(name)
    if assignment is None:
        element = model.getElementBySId(name)
        _set_start(element, _start(element) + amount)
    else:
        assignment.setMath(_sum(assignment.getMath(), _number(amount, _unit(name), libsbml), libsbml))


def _event(model: Any, number: int, time: float, amounts: Mapping[str, float], libsbml: Any) -> None:
    event = model.createEvent()
    event.setId(f"dose_{number}")
    event.setUseValuesFromTriggerTime(True)
    trigger = event.createTrigger()
    trigger.setInitialValue(False)
    trigger.setPersistent(True)
    now = libsbml.ASTNode(libsbml.AST_NAME_TIME)
    now.setName("time")
    due = libsbml.ASTNode(libsbml.AST_RELATIONAL_GEQ)
    due.addChild(now)
    due.addChild(_number(time, model.getTimeUnits(), libsbml))
    trigger.setMath(due)
    for name, amount in amounts.items():
        before = libsbml.ASTNode(libsbml.AST_NAME)
        before.setName(name)
        assignment = event.createEventAssignment()
        assignment.setVariable(name)
        assignment.setMath(_sum(before, _number(amount, _unit(name), libsbml), libsbml))


def _unit(name: str) -> str:
    return next(unit_id(q.unit) for q in quantities() if q.name == name)


def _number(value: float, unit: str, libsbml: Any) -> Any:
    node = libsbml.ASTNode(libsbml.AST_REAL)
    node.setValue(value)
    node.setUnits(unit)
    return node


def _sum(one: Any, other: Any, libsbml: Any) -> Any:
    node = libsbml.ASTNode(libsbml.AST_PLUS)
    node.addChild(one.deepCopy())
    node.addChild(other)
    return node
