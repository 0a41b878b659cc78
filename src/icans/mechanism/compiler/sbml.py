"""SBML into a `System`. What is not supported is refused with its name, so that nothing is simulated wrongly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from icans.errors import DataError
from icans.mechanism.compiler.form import ZERO, Node, add, div, mul, number, symbol
from icans.mechanism.compiler.order import in_order
from icans.mechanism.compiler.sbml_features import refused
from icans.mechanism.compiler.sbml_math import Unsupported, read_math
from icans.mechanism.compiler.system import TIME, Event, Parameter, State, System


def read_sbml(text: str, name: str = "the model") -> System:
    """The system of equations in an SBML document (Level 2 or 3).

    Species are concentrations (amounts where `hasOnlySubstanceUnits`), as their symbols are in SBML.

    Raises DataError where libSBML finds errors, or for any feature that is not supported; it names all of them.
    """
    import libsbml

    document = libsbml.readSBMLFromString(text)
    model = document.getModel()
    severe = [document.getError(i) for i in range(document.getNumErrors())]
    told = [e.getMessage().strip() for e in severe if e.getSeverity() >= libsbml.LIBSBML_SEV_ERROR]
    if model is None or told:
        raise DataError(f"{name}: this is not valid SBML: {told[0] if told else 'there is no model in it'}")
    problems = [f"{name}: {feature} is not supported" for feature in refused(document)]
    if problems:
        raise DataError(*problems)
    try:
        return _Reader(model).system(model.getId() or name)
    except Unsupported as feature:
        raise DataError(f"{name}: {feature} is not supported") from None


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

    def math(self, tree: Any, names: Mapping[str, Node] | None = None) -> Node:
        return read_math(tree, self.functions, names)

    def flux(self, reaction: Any) -> Node:
        """A reaction's rate; its own parameters are numbers."""
        law = reaction.getKineticLaw()
        if law is None or law.getMath() is None:
            raise Unsupported(f"reaction '{reaction.getId()}' without a kinetic law")
        own = [*law.getListOfParameters(), *law.getListOfLocalParameters()]
        return self.math(law.getMath(), {p.getId(): number(p.getValue()) for p in own})

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
            rate = self.rate_rules.get(key, self.changed.get(key))
            if key in self.rules:
                continue
            if rate is not None:
                states.append(State(key, self.starts.get(key, value), rate, unit))
            elif key in self.starts or value.op != "number":
                derived[key] = self.starts.get(key, value)
            else:
                parameters.append(Parameter(key, value.value, unit, constant))
        known = {s.name for s in states} | {p.name for p in parameters} | {TIME}
        assigned = in_order({**self.fluxes, **self.rules}, known | derived.keys())
        return System(
            name, tuple(states), tuple(parameters), assigned, in_order(derived, known), tuple(self.events())
        )  # fmt: skip

    def quantities(self) -> Iterator[tuple[Any, Node, str, bool]]:
        """Compartments, species and parameters, with value, unit and whether they stay as they are."""
        for compartment in self.model.getListOfCompartments():
            size = compartment.getSize() if compartment.isSetSize() else 1.0
            yield compartment, number(size), compartment.getUnits(), True
        for species in self.model.getListOfSpecies():
            unit = species.getSubstanceUnits()
            yield species, self.species_value(species), unit, bool(species.getConstant())
        for parameter in self.model.getListOfParameters():
            key = parameter.getId()
            told = parameter.isSetValue() or key in self.rules or key in self.rate_rules or key in self.starts
            if not told:
                raise Unsupported(f"parameter '{key}' without a value")
            value = parameter.getValue() if parameter.isSetValue() else 0.0
            yield parameter, number(value), parameter.getUnits(), bool(parameter.getConstant())

    def species_value(self, species: Any) -> Node:
        """The initial value of a species' symbol: a concentration, or an amount where it has only substance units."""
        size = symbol(species.getCompartment())
        whole = species.getHasOnlySubstanceUnits()
        if species.isSetInitialConcentration():
            given = number(species.getInitialConcentration())
            return mul(given, size) if whole else given
        if species.isSetInitialAmount():
            given = number(species.getInitialAmount())
            return given if whole else div(given, size)
        key = species.getId()
        if key in self.rules or key in self.starts:
            return ZERO
        raise Unsupported(f"species '{key}' without an initial value")

    def events(self) -> Iterator[Event]:
        """Events at known times, as `sbml_features` has checked them to be."""
        for event in self.model.getListOfEvents():
            trigger = self.math(event.getTrigger().getMath())
            assignments = {a.getVariable(): self.math(a.getMath()) for a in event.getListOfEventAssignments()}
            yield Event(event.getId(), event_time(trigger), assignments)


def event_time(trigger: Node) -> Node:
    """The time T of a trigger `time >= T` or `time > T`."""
    early, late = trigger.args
    if trigger.op in ("le", "lt") and late is symbol(TIME) and TIME not in early.symbols:
        return early
    raise Unsupported("an event whose trigger is not 'time >= ...'")
