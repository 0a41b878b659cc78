"""A system made ready to be printed: time as a state, constant parts apart, the Jacobian and its elimination."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from icans.mechanism.compiler.differentiate import gradients
from icans.mechanism.compiler.form import ONE, Node
from icans.mechanism.compiler.hoist import hoist
from icans.mechanism.compiler.sparse import Elimination, Place, eliminate
from icans.mechanism.compiler.system import TIME, System


@dataclass(frozen=True)
class Equations:
    """What a kernel calculates, by states, inputs and kept constants ("$c0", ...).

    states    names, time last; inputs, parameters, observed: names
    kept      the constant parts, by the parameters
    rates     one a state; jacobian: place -> derivative; seen: one an observed quantity
    elimination  how the matrix of an implicit step is factorised
    """

    states: tuple[str, ...]
    inputs: tuple[str, ...]
    parameters: tuple[str, ...]
    observed: tuple[str, ...]
    kept: Mapping[str, Node]
    rates: list[Node]
    jacobian: Mapping[Place, Node]
    seen: list[Node]
    elimination: Elimination


def equations(system: System) -> Equations:
    """Bring a system into the form that is printed."""
    states = (*system.state_names, TIME)
    rates = [*system.rates, ONE]
    slopes = gradients(rates, frozenset(states))
    column = {name: j for j, name in enumerate(states)}
    places = [(i, column[name]) for i, gradient in enumerate(slopes) for name in gradient]
    derivatives = [slope for gradient in slopes for slope in gradient.values()]
    observed = tuple(system.assigned)
    constants = {p.name for p in system.constants}
    parts = hoist([rates, derivatives, [system.formulas[name] for name in observed]], constants)
    return Equations(
        states, tuple(p.name for p in system.inputs), tuple(p.name for p in system.constants), observed, parts.kept,
        parts.moving[0], dict(zip(places, parts.moving[1], strict=True)), parts.moving[2],
        eliminate(places, len(states)),
    )  # fmt: skip
