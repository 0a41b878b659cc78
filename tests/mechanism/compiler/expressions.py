"""Random expressions as nested tuples, and their value by Python's own arithmetic: what the form is held against."""

from __future__ import annotations

import cmath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

from icans.mechanism.compiler.form import Node, build, number, symbol
from icans.mechanism.compiler.lines import NUMPY, lines

Tree = Any
"""A number, the name of a symbol, or (operation, argument, ...)."""
SYMBOLS = ("a", "b", "c")
STEP = 1e-30  # of a complex step: so small that it adds nothing to a real part


def above_zero(tree: Tree) -> Tree:
    """tree² + 1/2, for what needs a positive argument."""
    return ("add", ("mul", tree, tree), 0.5)


def within_one(tree: Tree) -> Tree:
    """0.7 sin(tree), for what needs an argument between -1 and 1."""
    return ("mul", 0.7, ("sin", tree))


def _conditions(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    compared = st.tuples(st.sampled_from(("lt", "le")), inner, inner)
    joined = st.tuples(st.sampled_from(("and", "or")), compared, compared)
    return st.one_of(compared, joined, compared.map(lambda c: ("not", c)))


def _grown(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    exponents = st.sampled_from((-2.0, -1.0, 0.0, 0.5, 1.0, 1.6, 2.0, 5.0, "c"))
    sums = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        st.builds(lambda op, args: (op, *args), st.sampled_from(("add", "mul")), sums),
        st.tuples(st.sampled_from(("neg", "sin", "cos", "tanh", "arctan", "abs", "floor")), inner),
        st.builds(lambda a, b: ("div", a, above_zero(b)), inner, inner),
        st.builds(lambda op, x: (op, above_zero(x)), st.sampled_from(("log", "sqrt")), inner),
        st.builds(lambda op, x: (op, within_one(x)), st.sampled_from(("exp", "tan", "arcsin", "arccos")), inner),
        st.builds(lambda x, n: ("pow", above_zero(x), n), inner, exponents),
        st.builds(lambda x, n: ("pow", x, n), inner, st.sampled_from((0.0, 1.0, 2.0, 3.0, 4.0))),
        st.builds(lambda c, x, y: ("select", c, x, y), _conditions(inner), inner, inner),
    )


_leaves = st.one_of(st.sampled_from(SYMBOLS), st.sampled_from((0.0, 1.0, -1.0, 0.5, 2.0, 3.0)))
trees = st.recursive(_leaves, _grown, max_leaves=12)
points = st.fixed_dictionaries({name: st.floats(-3.0, 3.0) for name in SYMBOLS})


def node_of(tree: Tree) -> Node:
    """The tree in the form, built with its simplifying constructors."""
    if isinstance(tree, tuple):
        return build(tree[0], *map(node_of, tree[1:]))
    return symbol(tree) if isinstance(tree, str) else number(tree)


_ARITHMETIC: Mapping[str, Callable[..., Any]] = {
    "div": lambda a, b: a / b, "neg": lambda a: -a, "pow": lambda a, b: a**b,
    "abs": lambda a: -a if a.real < 0 else a, "floor": lambda a: complex(np.floor(a.real)),
    "lt": lambda a, b: a.real < b.real, "le": lambda a, b: a.real <= b.real,
    "and": lambda a, b: a and b, "or": lambda a, b: a or b, "not": lambda a: not a,
    "exp": cmath.exp, "log": cmath.log, "sqrt": cmath.sqrt, "sin": cmath.sin, "cos": cmath.cos, "tan": cmath.tan,
    "tanh": cmath.tanh, "arcsin": cmath.asin, "arccos": cmath.acos, "arctan": cmath.atan,
}  # fmt: skip


@dataclass
class Evaluation:
    """Evaluates trees, with complex numbers so that a complex step gives a derivative.

    size    the largest number met, or derivative where a symbol was moved: rounding errors grow with it
    margin  how near a comparison or a floor came to turning out otherwise
    """

    values: Mapping[str, complex]
    size: float = 1.0
    margin: float = field(default=np.inf)

    def of(self, tree: Tree) -> Any:
        if not isinstance(tree, tuple):
            return complex(self.values[tree] if isinstance(tree, str) else tree)
        op, args = tree[0], tree[1:]
        if op == "select":
            return self.of(args[1]) if self.of(args[0]) else self.of(args[2])
        got = [self.of(arg) for arg in args]
        if op in ("lt", "le"):
            self.margin = min(self.margin, abs(got[0].real - got[1].real))
        if op in ("floor", "abs"):
            nearest = round(got[0].real) if op == "floor" else 0.0
            self.margin = min(self.margin, abs(got[0].real - nearest))
        value = sum(got) if op == "add" else np.prod(got) if op == "mul" else _ARITHMETIC[op](*got)
        if not isinstance(value, bool):
            self.size = float(max(self.size, abs(value.real), abs(value.imag) / STEP))
        return value


def by_numpy(nodes: Sequence[Node], values: Mapping[str, Any]) -> list[Any]:
    """The nodes' values by the NumPy lines that are printed for them."""
    written = {name: f"s{k}" for k, name in enumerate(values)}
    made, results = lines(nodes, written, NUMPY)
    known: dict[str, Any] = {"np": np, **{written[name]: value for name, value in values.items()}}
    exec("\n".join([*made, f"results = [{', '.join(results)}]"]), known)
    return known["results"]
