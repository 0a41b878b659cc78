"""Derivatives of the intermediate form, for the Jacobian."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from icans.mechanism.compiler.form import (
    ONE,
    ZERO,
    Node,
    add,
    call,
    div,
    mul,
    neg,
    number,
    power,
    select,
    sub,
)

Gradient = dict[str, Node]

_SLOPE: Mapping[str, Callable[[Node, Node], Node]] = {
    "exp": lambda x, value: value,
    "log": lambda x, value: div(ONE, x),
    "sqrt": lambda x, value: div(number(0.5), value),
    "abs": lambda x, value: select(call("lt", x, ZERO), number(-1.0), ONE),
    "floor": lambda x, value: ZERO,
    "sin": lambda x, value: call("cos", x),
    "cos": lambda x, value: neg(call("sin", x)),
    "tan": lambda x, value: add(ONE, mul(value, value)),
    "tanh": lambda x, value: sub(ONE, mul(value, value)),
    "arcsin": lambda x, value: div(ONE, call("sqrt", sub(ONE, mul(x, x)))),
    "arccos": lambda x, value: div(number(-1.0), call("sqrt", sub(ONE, mul(x, x)))),
    "arctan": lambda x, value: div(ONE, add(ONE, mul(x, x))),
}


def gradients(nodes: Sequence[Node], names: frozenset[str]) -> list[Gradient]:
    """The derivative of each node by each symbol of `names` on which it depends; zero ones are left out.

    At a kink (`select`, `abs`, `floor`) it is the derivative of the branch that is taken.
    """
    known: dict[int, Gradient] = {}

    def of(node: Node) -> Gradient:
        if id(node) not in known:
            known[id(node)] = {} if node.symbols.isdisjoint(names) else _of_call(node, of, names)
        return known[id(node)]

    return [of(node) for node in nodes]


def _of_call(node: Node, of: Callable[[Node], Gradient], names: frozenset[str]) -> Gradient:
    if node.op == "symbol":
        return {node.name: ONE}
    args = node.args[1:] if node.op == "select" else node.args
    inner = [of(arg) for arg in args]
    found: Gradient = {}
    for name in sorted(set().union(*inner)):
        slope = _chain(node, [g.get(name, ZERO) for g in inner])
        if slope is not ZERO:
            found[name] = slope
    return found


def _chain(node: Node, slopes: list[Node]) -> Node:
    """The derivative of a call, from the derivatives of its arguments."""
    if node.op == "add":
        return add(*slopes)
    if node.op == "neg":
        return neg(slopes[0])
    if node.op == "mul":
        (a, b), (da, db) = node.args, slopes
        return add(mul(da, b), mul(a, db))
    if node.op == "div":
        # (a/b)' = a'/b - (a/b) b'/b: reuses the quotient and divides by b once.
        (_, b), (da, db) = node.args, slopes
        return mul(sub(da, mul(node, db)), div(ONE, b))
    if node.op == "pow":
        return _of_power(node, *slopes)
    if node.op == "select":
        return select(node.args[0], *slopes)
    return mul(_SLOPE[node.op](node.args[0], node), slopes[0])


def _of_power(node: Node, dbase: Node, dexponent: Node) -> Node:
    base, exponent = node.args
    by_base = mul(exponent, power(base, sub(exponent, ONE)), dbase)
    return add(by_base, mul(node, call("log", base), dexponent))
