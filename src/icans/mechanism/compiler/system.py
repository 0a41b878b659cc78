"""A system of ordinary differential equations in the intermediate form: what SBML is read into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from icans.mechanism.compiler.form import ZERO, Node, substitute

TIME = "$time"
"""The symbol for time in expressions; no SBML identifier can be the same."""


@dataclass(frozen=True)
class State:
    """A quantity that changes continuously. initial: by parameters; rate: by states, parameters and time."""

    name: str
    initial: Node
    rate: Node
    unit: str = ""


@dataclass(frozen=True)
class Parameter:
    """A number that stays as it is (constant) or changes only by doses and events (not constant: an input)."""

    name: str
    value: float
    unit: str = ""
    constant: bool = True


@dataclass(frozen=True)
class Event:
    """What happens once at a time known beforehand: each name is set to its expression, all from the values before.

    at_start  whether it happens at time 0 too, if that is its time: `time >= 0` is true from the start, and a trigger
              has to turn true, as `time > 0` does
    """

    name: str
    time: Node
    assignments: Mapping[str, Node]
    at_start: bool = False


@dataclass(frozen=True)
class System:
    """A whole model.

    assigned  quantities given by a formula of states, parameters and time, each after those it uses
    derived   parameters whose value is a formula of other parameters at the start (initial assignments)
    """

    name: str
    states: tuple[State, ...]
    parameters: tuple[Parameter, ...]
    assigned: Mapping[str, Node]
    derived: Mapping[str, Node]
    events: tuple[Event, ...] = ()

    @cached_property
    def state_names(self) -> tuple[str, ...]:
        """The names of the states, in order."""
        return tuple(s.name for s in self.states)

    @cached_property
    def constants(self) -> tuple[Parameter, ...]:
        """The parameters that no dose changes."""
        return tuple(p for p in self.parameters if p.constant)

    @cached_property
    def inputs(self) -> tuple[Parameter, ...]:
        """The parameters that doses and events may change."""
        return tuple(p for p in self.parameters if not p.constant)

    @cached_property
    def formulas(self) -> Mapping[str, Node]:
        """Derived and assigned quantities, by states, parameters and time alone."""
        found: dict[str, Node] = {}
        for name, node in {**self.derived, **self.assigned}.items():
            found[name] = substitute(node, found)
        return found

    @cached_property
    def rates(self) -> tuple[Node, ...]:
        """The right-hand sides, by states, parameters and time alone."""
        return tuple(substitute(s.rate, self.formulas) for s in self.states)

    @cached_property
    def initials(self) -> tuple[Node, ...]:
        """The initial values, by parameters alone; an initial value may use that of another state."""
        first = {s.name: s.initial for s in self.states} | {TIME: ZERO}
        done: dict[str, Node] = {}

        def of(name: str) -> Node:
            if name not in done:
                node = substitute(first[name], self.formulas)
                done[name] = substitute(node, {other: of(other) for other in sorted(node.symbols & first.keys())})
            return done[name]

        return tuple(of(name) for name in self.state_names)
