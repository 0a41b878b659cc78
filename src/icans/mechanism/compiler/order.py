"""Formulas in an order in which each comes after those it uses."""

from __future__ import annotations

from collections.abc import Mapping, Set
from graphlib import CycleError, TopologicalSorter

from icans.mechanism.compiler.form import ZERO, Node, substitute
from icans.mechanism.compiler.sbml_math import Unsupported
from icans.mechanism.compiler.system import TIME


def in_order(formulas: Mapping[str, Node], known: Set[str]) -> dict[str, Node]:
    """`formulas` sorted by use; `known` are the names that need no formula.

    Raises Unsupported for a name that nobody gives a value, or formulas that use each other in a circle.
    """
    check_known(formulas, known | formulas.keys())
    graph = {name: sorted(node.symbols & formulas.keys()) for name, node in formulas.items()}
    try:
        return {name: formulas[name] for name in TopologicalSorter(graph).static_order()}
    except CycleError as circle:
        raise Unsupported(f"a circle of formulas ({' -> '.join(circle.args[1])})") from None


def check_known(formulas: Mapping[str, Node], known: Set[str]) -> None:
    """Raises Unsupported for a name in one of the formulas that nobody gives a value."""
    for name, node in formulas.items():
        missing = sorted(node.symbols - known)
        if missing:
            raise Unsupported(f"'{missing[0]}' in the formula of '{name}', which has no value there,")


def at_start(formulas: Mapping[str, Node], parameters: Set[str]) -> dict[str, Node]:
    """Each formula as it is at time 0, by parameters alone.

    formulas  of everything but parameters; that of a state is its initial value
    """
    done = {TIME: ZERO}
    for name, node in in_order(formulas, parameters | done.keys()).items():
        done[name] = substitute(node, done)
    return done
