"""Formulas in an order in which each comes after those it uses."""

from __future__ import annotations

from collections.abc import Mapping, Set
from graphlib import CycleError, TopologicalSorter

from icans.mechanism.compiler.form import Node
from icans.mechanism.compiler.sbml_math import Unsupported


def in_order(formulas: Mapping[str, Node], known: Set[str]) -> dict[str, Node]:
    """`formulas` sorted by use; `known` are the names that need no formula.

    Raises Unsupported for a name that nobody gives a value, or formulas that use each other in a circle.
    """
    for name, node in formulas.items():
        missing = sorted(node.symbols - known - formulas.keys())
        if missing:
            raise Unsupported(f"'{missing[0]}' in the formula of '{name}', which has no value there,")
    graph = {name: sorted(node.symbols & formulas.keys()) for name, node in formulas.items()}
    try:
        return {name: formulas[name] for name in TopologicalSorter(graph).static_order()}
    except CycleError as circle:
        raise Unsupported(f"a circle of formulas ({' -> '.join(circle.args[1])})") from None
