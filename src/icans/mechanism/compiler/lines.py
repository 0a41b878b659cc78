"""From nodes to lines of Python: each shared part is calculated once, under its own name where it has one."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from icans.mechanism.compiler.form import Node, walk

_INFIX = {"add": "+", "mul": "*", "div": "/", "lt": "<", "le": "<=", "eq": "==", "ne": "!="}


@dataclass(frozen=True)
class Dialect:
    """How one kind of kernel writes what differs between them.

    functions  operation -> the name of the function that does it
    choice     how a `select` is written, with {condition}, {then} and {otherwise}
    joining    how `and`, `or` and `not` are written
    """

    functions: Mapping[str, str]
    choice: str
    joining: Mapping[str, str]


_NAMES = ("exp", "log", "sqrt", "sin", "cos", "tan", "tanh", "floor", "pow", "abs")
_MATH = {name: f"math.{name}" for name in _NAMES} | {"abs": "abs", "pow": "power"}
_MATH |= {"arcsin": "math.asin", "arccos": "math.acos", "arctan": "math.atan"}
NUMPY = Dialect(
    {name: f"np.{name}" for name in (*_NAMES, "arcsin", "arccos", "arctan")} | {"pow": "np.power"},
    "np.where({condition}, {then}, {otherwise})",
    {"and": "np.logical_and({}, {})", "or": "np.logical_or({}, {})", "not": "np.logical_not({})"},
)
LANES = Dialect(
    # math.floor makes a whole number of 64 bits, which cannot say "not a number" or 1e300.
    _MATH | {"exp": "exp", "log": "log", "floor": "np.floor"},
    "choose({condition}, {then}, {otherwise})",
    {"and": "({} & {})", "or": "({} | {})", "not": "(not {})"},
)
CUDA = Dialect({**LANES.functions, "floor": "math.floor"}, "cuda.selp({condition}, {then}, {otherwise})", LANES.joining)


def lines(
    roots: Sequence[Node], leaves: Mapping[str, str], dialect: Dialect, names: Mapping[int, str] | None = None
) -> tuple[list[str], list[str]]:
    """Lines of Python that calculate `roots`, and the expression that stands for each root after them.

    leaves  symbol -> how it is written
    names   id of a node -> how its variable is written, so that a formula of the model keeps its own
    """
    nodes = [n for n in walk(list(roots)) if n.op not in ("number", "symbol")]
    uses = Counter(id(arg) for n in nodes for arg in n.args) + Counter(map(id, roots))
    written: dict[int, str] = {}
    made: list[str] = []
    taken = {*leaves.values(), *(names or {}).values()}
    free = (variable for k in count() if (variable := f"v{k}") not in taken)

    def text(node: Node) -> str:
        if node.op == "number":
            return _literal(node.value)
        return leaves[node.name] if node.op == "symbol" else written[id(node)]

    for node in nodes:
        expression = _expression(node, [text(arg) for arg in node.args], dialect)
        name = (names or {}).get(id(node))
        if name is None and uses[id(node)] == 1 and len(expression) < 60:
            written[id(node)] = expression
            continue
        written[id(node)] = name or next(free)
        made.append(f"{written[id(node)]} = {expression}")
    return made, [text(root) for root in roots]


def _literal(value: float) -> str:
    return repr(value) if math.isfinite(value) else f"(-np.{-value})" if value < 0 else f"np.{value}"


def _expression(node: Node, args: list[str], dialect: Dialect) -> str:
    if node.op in _INFIX:
        return f"({args[0]} {_INFIX[node.op]} {args[1]})"
    if node.op == "neg":
        return f"(-{args[0]})"
    if node.op == "select":
        return dialect.choice.format(condition=args[0], then=args[1], otherwise=args[2])
    if node.op in dialect.joining:
        return dialect.joining[node.op].format(*args)
    return f"{dialect.functions[node.op]}({', '.join(args)})"
