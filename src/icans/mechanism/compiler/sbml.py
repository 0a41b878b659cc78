"""SBML into a `System`. What is not supported is refused with its name, so that nothing is simulated wrongly."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from icans.errors import DataError
from icans.mechanism.compiler.form import REAL, ZERO, Node, add, call, div, mul, number, select, substitute, symbol
from icans.mechanism.compiler.order import at_start, check_known, in_order
from icans.mechanism.compiler.sbml_features import refused
from icans.mechanism.compiler.sbml_math import Unsupported, as_type, read_math
from icans.mechanism.compiler.system import TIME, Event, Parameter, State, System


def read_sbml(text: str, name: str = "the model") -> System:
    """The system of equations in an SBML document (Level 2 or 3).

    Species are concentrations (amounts where `hasOnlySubstanceUnits`), as their symbols are in SBML.

    Raises DataError where libSBML finds errors, or for any feature that is not supported; it names all of them.
    """
    import libsbml

    document = libsbml.readSBMLFromString(text)
    model = document.getModel()
    if model is None or _errors(document):
        told = _errors(document) or ["there is no model in it"]
        raise DataError(f"{name}: this is not valid SBML: {told[0]}")
    problems = [f"{name}: {feature} is not supported" for feature in refused(document)]
    if problems:
        raise DataError(*problems)
    # Units do not change what is simulated; `mechanism.check` looks at those of our own model.
    for category in (libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, libsbml.LIBSBML_CAT_MODELING_PRACTICE):
        document.setConsistencyChecks(category, False)
    document.checkConsistency()
    if told := _errors(document):
        raise DataError(*(f"{name}: this is not valid SBML: {error}" for error in told))
    try:
        return _Reader(model).system(model.getId() or name)
    except Unsupported as feature:
        raise DataError(f"{name}: {feature} is not supported") from None


def _errors(document: Any) -> list[str]:
    """What libSBML calls an error, each on one line."""
    import libsbml

    found = [document.getError(i) for i in range(document.getNumErrors())]
    return [" ".join(e.getMessage().split()) for e in found if e.getSeverity() >= libsbml.LIBSBML_SEV_ERROR]


class _Reader:
    """One model on its way into the intermediate form."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.functions = {f.getId(): f for f in model.getListOfFunctionDefinitions()}
        self.rules = {r.getVariable(): self.math(r.getMath()) for r in model.getListOfRules() if r.isAssignment()}
        self.rate_rules = {r.getVariable(): self.math(r.getMath()) for r in model.getListOfRules() if r.isRate()}
        self.starts = {a.getSymbol(): self.math(a.getMath()) for a in model.getListOfInitialAssignments()}
        self.fluxes = {r.getId(): self.flux(r) for r in model.getListOfReactions()}
        self.changed = dict(self.reactions())
        events = [e for event in model.getListOfEvents() for e in event.getListOfEventAssignments()]
        self.set_by_events = {e.getVariable() for e in events}

    def math(self, tree: Any, names: Mapping[str, Node] | None = None) -> Node:
        if tree is None:
            raise Unsupported("a formula without mathematics in it")
        return as_type(REAL, read_math(tree, self.functions, names))

    def flux(self, reaction: Any) -> Node:
        """A reaction's rate; its own parameters are numbers."""
        law = reaction.getKineticLaw()
        if law is None or law.getMath() is None:
            raise Unsupported(f"reaction '{reaction.getId()}' without a kinetic law")
        own = {p.getId(): number(p.getValue()) for p in [*law.getListOfParameters(), *law.getListOfLocalParameters()]}
        for parameter, value in own.items():
            _finite(f"{parameter}' of reaction '{reaction.getId()}", value)
        return self.math(law.getMath(), own)

    def reactions(self) -> Iterator[tuple[str, Node]]:
        """Species -> its rate of change by all reactions."""
        terms: dict[str, list[Node]] = {}
        for reaction in self.model.getListOfReactions():
            sides = [(reaction.getListOfReactants(), -1.0), (reaction.getListOfProducts(), 1.0)]
            for reference, sign in ((r, sign) for side, sign in sides for r in side):
                amount = mul(number(sign * reference.getStoichiometry()), symbol(reaction.getId()))
                terms.setdefault(reference.getSpecies(), []).append(amount)
        for species in self.model.getListOfSpecies():
            if species.getId() in terms and not species.getBoundaryCondition():
                total = add(*terms[species.getId()])
                size = ZERO if species.getHasOnlySubstanceUnits() else symbol(species.getCompartment())
                yield species.getId(), total if size is ZERO else div(total, size)

    def system(self, name: str) -> System:
        states: list[State] = []
        parameters: list[Parameter] = []
        derived: dict[str, Node] = {}
        for thing, value, unit, constant in self.quantities():
            key = thing.getId()
            rate, start = self.rate_rules.get(key, self.changed.get(key)), self.starts.get(key, value)
            calculated = key in self.starts or value.op != "number"
            if key in self.rules:
                continue
            if rate is not None or (calculated and key in self.set_by_events):
                states.append(State(key, start, ZERO if rate is None else rate, unit))
            elif calculated:
                derived[key] = start
            else:
                parameters.append(Parameter(key, value.value, unit, constant))
        if not states:
            raise Unsupported("a model in which nothing changes with time")
        return self.joined(name, states, parameters, derived)

    def joined(
        self, name: str, states: Sequence[State], parameters: Sequence[Parameter], derived: Mapping[str, Node]
    ) -> System:
        """The parts as a system: formulas in order, and what is calculated at the start by parameters alone."""
        formulas = {**self.fluxes, **self.rules}
        known = {s.name for s in states} | {p.name for p in parameters} | {TIME}
        start = at_start({**formulas, **derived, **{s.name: s.initial for s in states}}, {p.name for p in parameters})
        assigned = in_order(formulas, known | derived.keys())
        check_known({s.name: s.rate for s in states}, known | derived.keys() | formulas.keys())
        events = tuple(self.events(known | derived.keys() | formulas.keys()))
        system = System(
            name, tuple(replace(s, initial=start[s.name]) for s in states), tuple(parameters), assigned,
            {key: start[key] for key in derived}, events,
        )  # fmt: skip
        return replace(system, parameters=tuple(self.held(system)))

    def held(self, system: System) -> Iterator[Parameter]:
        """The parameters, of which those that decide a start or the time of an event must stay as they are."""
        times = [substitute(event.time, system.formulas) for event in system.events]
        for event, time in zip(system.events, times, strict=True):
            if not time.symbols <= {p.name for p in system.parameters}:
                raise Unsupported(f"event '{event.name}', whose time is not known beforehand,")
        used = frozenset().union(*(node.symbols for node in (*system.derived.values(), *times)))
        if wrong := sorted(used & self.set_by_events):
            raise Unsupported(f"an event that sets '{wrong[0]}', from which something was calculated at the start,")
        for parameter in system.parameters:
            yield replace(parameter, constant=True) if parameter.name in used else parameter

    def quantities(self) -> Iterator[tuple[Any, Node, str, bool]]:
        """Compartments, species and parameters, with value, unit and whether they stay as they are."""
        for compartment in self.model.getListOfCompartments():
            if compartment.isSetSize():
                size = _finite(compartment.getId(), number(compartment.getSize()))
                yield compartment, size, compartment.getUnits(), True
        for species in self.model.getListOfSpecies():
            unit = species.getSubstanceUnits()
            yield species, self.species_value(species), unit, bool(species.getConstant())
        for parameter in self.model.getListOfParameters():
            key = parameter.getId()
            if not (parameter.isSetValue() or key in self.rules or key in self.starts):
                raise Unsupported(f"parameter '{key}' without a value")
            value = _finite(key, number(parameter.getValue())) if parameter.isSetValue() else ZERO
            yield parameter, value, parameter.getUnits(), bool(parameter.getConstant())

    def species_value(self, species: Any) -> Node:
        """The initial value of a species' symbol: a concentration, or an amount where it has only substance units."""
        size = symbol(species.getCompartment())
        whole = species.getHasOnlySubstanceUnits()
        if species.isSetInitialConcentration():
            given = _finite(species.getId(), number(species.getInitialConcentration()))
            return mul(given, size) if whole else given
        if species.isSetInitialAmount():
            given = _finite(species.getId(), number(species.getInitialAmount()))
            return given if whole else div(given, size)
        key = species.getId()
        if key in self.rules or key in self.starts:
            return ZERO
        raise Unsupported(f"species '{key}' without an initial value")

    def events(self, known: Set[str]) -> Iterator[Event]:
        """Events at known times, as `sbml_features` has checked them to be."""
        for event in self.model.getListOfEvents():
            name = event.getId() or "without a name"
            assignments = {a.getVariable(): self.math(a.getMath()) for a in event.getListOfEventAssignments()}
            check_known({f"{name}: {key}": node for key, node in assignments.items()}, known)
            trigger = read_math(event.getTrigger().getMath(), self.functions)
            time = event_time(trigger, name)
            taken_as_false = event.getTrigger().isSetInitialValue() and not event.getTrigger().getInitialValue()
            if taken_as_false:
                time = select(call("lt", time, ZERO), ZERO, time)
            yield Event(name, time, assignments, at_start=taken_as_false or trigger.op == "lt")


def event_time(trigger: Node, name: str) -> Node:
    """The time T of a trigger `time >= T` or `time > T`, of the event `name`."""
    if trigger.op in ("le", "lt") and trigger.args[1] is symbol(TIME) and TIME not in trigger.args[0].symbols:
        return trigger.args[0]
    raise Unsupported(f"the trigger of event '{name}', which is not 'time >= ...',")


def _finite(name: str, value: Node) -> Node:
    """The number. Raises Unsupported for an infinite one, or none."""
    if math.isfinite(value.value):
        return value
    raise Unsupported(f"'{name}', whose value is not a finite number,")
