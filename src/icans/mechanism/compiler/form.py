"""The intermediate form: a model's mathematics as small, shared, immutable trees.

A node is a number, a symbol or a call of one of `OPERATIONS`, and is real or boolean. The constructors below simplify
as they build (0 * x is 0, numbers are folded), and equal trees compare equal, so that a shared part is found by its
value. Reading SBML, differentiating and printing all work on this form and on nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce

REAL, BOOLEAN = "real", "boolean"

OPERATIONS: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("add", "mul", "div", "neg", "pow", "exp", "log", "sqrt", "abs", "floor"), (REAL, REAL)),
    **dict.fromkeys(("sin", "cos", "tan", "tanh", "arcsin", "arccos", "arctan"), (REAL, REAL)),
    **dict.fromkeys(("lt", "le", "eq", "ne"), (REAL, BOOLEAN)),
    **dict.fromkeys(("and", "or", "not"), (BOOLEAN, BOOLEAN)),
    "select": (REAL, REAL),
}
"""Operation -> (type of its arguments, type of its value). `select` takes a boolean and two reals."""


@dataclass(frozen=True, eq=False)
class Node:
    """A number (`value`), a symbol (`name`) or a call (`op` with `args`)."""

    op: str
    args: tuple[Node, ...] = ()
    name: str = ""
    value: float = 0.0
    symbols: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def type(self) -> str:
        """`real` or `boolean`."""
        return OPERATIONS[self.op][1] if self.op in OPERATIONS else REAL


_known: dict[tuple, Node] = {}


def _node(op: str, args: tuple[Node, ...] = (), name: str = "", value: float = 0.0) -> Node:
    """The one node that says this: equal trees are the same object, so comparing them costs nothing."""
    key = (op, tuple(map(id, args)), name, math.copysign(1.0, value), value)
    if key not in _known:
        mine = frozenset([name]) if name else frozenset()
        _known[key] = Node(op, args, name, value, mine.union(*(a.symbols for a in args)))
    return _known[key]


def number(value: float) -> Node:
    """A number."""
    return _node("number", value=float(value))


def symbol(name: str) -> Node:
    """A state, parameter or assigned quantity, by name."""
    return _node("symbol", name=name)


ZERO, ONE = number(0.0), number(1.0)


def _is(node: Node, value: float) -> bool:
    return node.op == "number" and node.value == value


def add(*terms: Node) -> Node:
    """The sum of `terms`; 0 for none."""
    kept = [t for t in terms if not _is(t, 0.0)]
    numbers = [t.value for t in kept if t.op == "number"]
    kept = [t for t in kept if t.op != "number"] + ([number(sum(numbers))] if sum(numbers) else [])
    return reduce(lambda a, b: _node("add", (a, b)), kept) if kept else ZERO


def mul(*factors: Node) -> Node:
    """The product of `factors`; 1 for none."""
    if any(_is(f, 0.0) for f in factors):
        return ZERO
    scale = math.prod(f.value for f in factors if f.op == "number")
    kept = [f for f in factors if f.op != "number"]
    if not kept:
        return number(scale)
    product = reduce(lambda a, b: _node("mul", (a, b)), kept)
    if scale == 1.0:
        return product
    return neg(product) if scale == -1.0 else _node("mul", (number(scale), product))


def neg(x: Node) -> Node:
    """-x."""
    if x.op == "number":
        return number(-x.value)
    return x.args[0] if x.op == "neg" else _node("neg", (x,))


def sub(a: Node, b: Node) -> Node:
    """a - b."""
    return ZERO if a is b else add(a, neg(b))


def div(a: Node, b: Node) -> Node:
    """a / b."""
    if _is(a, 0.0) or _is(b, 1.0):
        return a
    if a.op == "number" and b.op == "number" and b.value != 0.0:
        return number(a.value / b.value)
    return _node("div", (a, b))


def power(base: Node, exponent: Node) -> Node:
    """base ** exponent; small whole exponents become products, which also hold for a negative base."""
    if exponent.op == "number" and exponent.value in (0.0, 1.0, 2.0, 3.0, 4.0):
        return mul(*[base] * int(exponent.value))
    if exponent.op == "number" and exponent.value == -1.0:
        return div(ONE, base)
    if exponent.op == "number" and exponent.value == 0.5:
        return call("sqrt", base)
    return call("pow", base, exponent)


def select(condition: Node, then: Node, otherwise: Node) -> Node:
    """`then` where the condition holds, else `otherwise`."""
    return then if then is otherwise else _node("select", (condition, then, otherwise))


_FOLD: Mapping[str, Callable[..., float]] = {
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "abs": math.fabs,
    "floor": math.floor,
    "pow": math.pow,
}


def call(op: str, *args: Node) -> Node:
    """Any other operation of `OPERATIONS`."""
    if op in _FOLD and all(arg.op == "number" for arg in args):
        try:
            return number(_FOLD[op](*(arg.value for arg in args)))
        except (OverflowError, ValueError):
            pass  # too large, or outside the domain: left to the kernel, which says infinite or not a number
    return _node(op, args)


_BUILD: Mapping[str, Callable[..., Node]] = {
    "add": add, "mul": mul, "neg": neg, "div": div, "pow": power, "select": select,
}  # fmt: skip


def build(op: str, *args: Node) -> Node:
    """A call of `op` with `args`, simplified."""
    return _BUILD[op](*args) if op in _BUILD else call(op, *args)


def substitute(node: Node, values: Mapping[str, Node]) -> Node:
    """`node` with each symbol of `values` replaced by what stands there."""
    done: dict[int, Node] = {}

    def replaced(n: Node) -> Node:
        if id(n) not in done:
            if n.op == "symbol":
                done[id(n)] = values.get(n.name, n)
            elif n.symbols.isdisjoint(values):
                done[id(n)] = n
            else:
                done[id(n)] = build(n.op, *map(replaced, n.args))
        return done[id(n)]

    return replaced(node)


def walk(roots: Iterator[Node] | list[Node]) -> Iterator[Node]:
    """Every node under `roots` once, arguments before the calls that use them."""
    seen: set[int] = set()
    stack = [(root, False) for root in reversed(list(roots))]
    while stack:
        node, ready = stack.pop()
        if ready:
            yield node
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack += [(arg, False) for arg in reversed(node.args)]
