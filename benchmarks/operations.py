"""How much a step calculates, and how much it reads and writes: counted in the printed text of a card's kernel."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from inspect import getsource

from icans.mechanism.compiler import elementary

STEP = ("begin", "stages", "interpolant", "norms")
"""The functions that make one step; what chooses its length and writes rows is left out."""


@dataclass(frozen=True)
class Work:
    """operations: additions, multiplications, divisions ... of numbers; numbers: of 8 bytes, moved from or to W."""

    operations: float = 0.0
    numbers: float = 0.0

    def __add__(self, other: Work) -> Work:
        """Both."""
        return Work(self.operations + other.operations, self.numbers + other.numbers)

    def times(self, count: int) -> Work:
        """So often."""
        return Work(self.operations * count, self.numbers * count)


def step_work(text: str) -> Work:
    """One step of one patient.

    Each sign of arithmetic in the text is an operation: a sum of products counts as two, as in a card's peak. exp and
    log count with the arithmetic of `compiler.elementary`, a square root as one; comparisons, and all that finds a
    place in memory, as none. A number of W counts once where a round of a loop, or a function without loops, names it.
    """
    return sum(map(Counter(text).function, STEP), Work())


class Counter:
    """Counts in the functions of one module."""

    def __init__(self, text: str) -> None:
        tree = ast.parse(text)
        named = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        own = {node.name: node for node in ast.parse(getsource(elementary)).body if isinstance(node, ast.FunctionDef)}
        self.functions = named | {name: own[name] for name in ("exp", "log")}
        self.sizes = {"range": range} | dict(_constants(tree.body))

    def function(self, name: str) -> Work:
        """One call of a function."""
        return self.block(self.functions[name].body)

    def block(self, lines: Iterable[ast.stmt]) -> Work:
        """Lines one after another, with the loops among them."""
        seen: set[str] = set()
        total = Work()
        for line in lines:
            if isinstance(line, ast.For):
                rounds = eval(ast.unparse(line.iter), self.sizes)  # the text is our own
                total += self.block(line.body).times(len(rounds))
            else:
                total += self.expression(line, seen)
        return total

    def expression(self, node: ast.AST, seen: set[str]) -> Work:
        """A line or part of one; `seen`: the numbers of W that were named before it."""
        if isinstance(node, ast.Subscript):
            text = ast.unparse(node)
            moved = ast.unparse(node.value) == "W" and (text not in seen or isinstance(node.ctx, ast.Store))
            seen.add(text)
            return Work(numbers=float(moved))
        parts = [node.value, *node.targets] if isinstance(node, ast.Assign) else ast.iter_child_nodes(node)
        work = sum((self.expression(part, seen) for part in parts), Work())
        if isinstance(node, (ast.BinOp, ast.AugAssign)) or (
            isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
        ):
            return work + Work(operations=1.0)
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            return work + (self.function(name) if name in self.functions else Work(float(name == "math.sqrt")))
        return work


def _constants(lines: Iterable[ast.stmt]) -> Iterable[tuple[str, int]]:
    for line in lines:
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant) and isinstance(line.value.value, int):
            yield ast.unparse(line.targets[0]), line.value.value
