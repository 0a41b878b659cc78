"""Do the units of the equations fit, factors of ten included?

libSBML's own check compares dimensions only: litre against millilitre passes. This one works through every formula
and compares what it adds, compares and assigns. A unit is a factor and exponents of SI base units.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_NEAR = 1e-9
_SAME = ("PLUS", "MINUS", "FUNCTION_MAX", "FUNCTION_MIN", "FUNCTION_ABS")
_PLAIN = ("FUNCTION_EXP", "FUNCTION_LN")


@dataclass(frozen=True)
class Unit:
    """factor * the product of base units to their exponents; {} is a number without a unit."""

    factor: float = 1.0
    exponents: Mapping[str, float] = field(default_factory=dict)

    def times(self, other: Unit, power: float = 1.0) -> Unit:
        """This unit times another to a power."""
        exponents = dict(self.exponents)
        for base, exponent in other.exponents.items():
            exponents[base] = exponents.get(base, 0.0) + power * exponent
        return Unit(self.factor * other.factor**power, {base: e for base, e in exponents.items() if abs(e) > _NEAR})

    def same(self, other: Unit) -> bool:
        """Whether both are the same unit, factor included."""
        return self.exponents == other.exponents and math.isclose(self.factor, other.factor, rel_tol=_NEAR)

    def __str__(self) -> str:
        """The factor and the base units, '1e-09 kilogram metre^-3'."""
        words = [base if e == 1 else f"{base}^{e:g}" for base, e in sorted(self.exponents.items())]
        return " ".join([f"{self.factor:g}", *words])


NUMBER = Unit()


class UnitMismatch(ValueError):
    """Units that do not fit; the text says which."""


def mismatches(model: Any) -> Iterator[tuple[str, str]]:
    """(name, what is wrong) of every rule and initial assignment whose units do not fit.

    model   libSBML's model; every species, parameter and compartment has its unit
    """
    import libsbml

    units = _units_of(model, libsbml)
    day = _unit(model, model.getTimeUnits(), libsbml)
    functions = {f.getId(): f for f in model.getListOfFunctionDefinitions()}
    for rule in model.getListOfRules():
        name = rule.getVariable()
        expected = units[name].times(day, -1.0) if rule.isRate() else units[name]
        yield from _compare(name, rule.getMath(), expected, {**units, "time": day}, functions)
    for start in model.getListOfInitialAssignments():
        yield from _compare(start.getSymbol(), start.getMath(), units[start.getSymbol()], units, functions)


def _compare(
    name: str, math_: Any, expected: Unit, units: Mapping[str, Unit], functions: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    try:
        found = _of(math_, units, functions)
    except UnitMismatch as mismatch:
        yield name, str(mismatch)
        return
    if not found.same(expected):
        yield name, f"has the unit {expected}, and its formula {found}"


def _of(node: Any, units: Mapping[str, Unit], functions: Mapping[str, Any]) -> Unit:
    """The unit of a formula. Raises UnitMismatch where its parts do not fit."""
    kind = _kind(node)
    if node.isNumber():
        return NUMBER
    if kind in ("NAME", "NAME_TIME"):
        return units["time" if kind == "NAME_TIME" else node.getName()]
    parts = [_of(node.getChild(i), units, functions) for i in range(node.getNumChildren())]
    if kind == "FUNCTION":
        function = functions[node.getName()]
        arguments = {function.getArgument(i).getName(): part for i, part in enumerate(parts)}
        return _of(function.getBody(), arguments, functions)
    if kind == "TIMES":
        return _product(parts)
    if kind == "DIVIDE":
        return parts[0].times(parts[1], -1.0)
    if kind in ("POWER", "FUNCTION_POWER"):
        return _power(node, parts)
    if kind in _SAME:
        return _all_same(node, parts)
    if kind in _PLAIN:
        return _all_same(node, [*parts, NUMBER])
    raise UnitMismatch(f"the unit check does not know {kind.lower()}")


def _product(parts: list[Unit]) -> Unit:
    result = NUMBER
    for part in parts:
        result = result.times(part)
    return result


def _power(node: Any, parts: list[Unit]) -> Unit:
    if node.getChild(1).isNumber():
        return NUMBER.times(parts[0], node.getChild(1).getValue())
    return _all_same(node, [*parts, NUMBER])


def _all_same(node: Any, parts: list[Unit]) -> Unit:
    import libsbml

    other = next((part for part in parts if not part.same(parts[0])), None)
    if other is not None:
        raise UnitMismatch(f"{libsbml.formulaToL3String(node)}: {parts[0]} meets {other}")
    return parts[0]


def _kind(node: Any) -> str:
    return _kinds()[node.getType()]


def _kinds(known: dict[int, str] = {}) -> dict[int, str]:  # noqa: B006 - filled once, at the first formula
    import libsbml

    if not known:
        known |= {getattr(libsbml, name): name[4:] for name in dir(libsbml) if name.startswith("AST_")}
    return known


def _units_of(model: Any, libsbml: Any) -> dict[str, Unit]:
    """The unit of every name in a formula: a species counts as its concentration unless it is an amount."""
    units = {}
    for thing in (*model.getListOfParameters(), *model.getListOfCompartments()):
        units[thing.getId()] = _unit(model, thing.getUnits(), libsbml)
    for species in model.getListOfSpecies():
        amount = _unit(model, species.getSubstanceUnits(), libsbml)
        space = units[species.getCompartment()]
        units[species.getId()] = amount if species.getHasOnlySubstanceUnits() else amount.times(space, -1.0)
    return units


def _unit(model: Any, name: str, libsbml: Any) -> Unit:
    definition = model.getUnitDefinition(name)
    if definition is None:  # a unit that SBML has by itself
        definition = libsbml.UnitDefinition(3, 2)
        unit = definition.createUnit()
        unit.setKind(libsbml.UnitKind_forName(name))
        unit.setExponent(1)
        unit.setScale(0)
        unit.setMultiplier(1.0)
    result, base = NUMBER, libsbml.UnitDefinition.convertToSI(definition)
    for unit in base.getListOfUnits():
        kind = libsbml.UnitKind_toString(unit.getKind())
        one = Unit(unit.getMultiplier() * 10.0 ** unit.getScale(), {} if kind == "dimensionless" else {kind: 1.0})
        result = result.times(one, unit.getExponentAsDouble())
    return result
