"""What of a calculation stays the same while a patient's constants do: it is calculated once and kept."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from icans.mechanism.compiler.form import ONE, REAL, Node, build, div, mul, symbol


@dataclass(frozen=True)
class Hoisted:
    """moving: the calculations, with each constant part replaced by a symbol; kept: those parts, by their symbol."""

    moving: list[list[Node]]
    kept: dict[str, Node]


def hoist(groups: Sequence[Sequence[Node]], constants: Set[str]) -> Hoisted:
    """Take the constant parts out of several groups of nodes that share them.

    A division by a constant becomes a multiplication by its reciprocal, which is then a constant part as well.
    """
    kept: dict[int, tuple[str, Node]] = {}
    done: dict[int, Node] = {}

    def constant(node: Node) -> bool:
        return node.symbols <= constants

    def place(node: Node) -> Node:
        if node.op == "number":
            return node
        if id(node) not in kept:
            kept[id(node)] = (f"$c{len(kept)}", node)
        return symbol(kept[id(node)][0])

    def moved(node: Node) -> Node:
        # What is kept is a row of numbers, so that a condition is worked out anew each time.
        if constant(node) and node.type == REAL:
            return place(node)
        if node.op == "symbol":
            return node
        if id(node) not in done:
            if node.op == "div" and constant(node.args[1]):
                done[id(node)] = mul(moved(node.args[0]), place(div(ONE, node.args[1])))
            else:
                done[id(node)] = build(node.op, *map(moved, node.args))
        return done[id(node)]

    moving = [[moved(node) for node in group] for group in groups]
    return Hoisted(moving, dict(kept.values()))
