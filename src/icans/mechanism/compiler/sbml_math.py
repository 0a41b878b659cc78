"""SBML's mathematics (libSBML's trees) into the intermediate form; whatever is not known here is refused by name."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache, reduce
from typing import Any

from icans.mechanism.compiler.form import (
    BOOLEAN,
    ONE,
    REAL,
    ZERO,
    Node,
    add,
    build,
    call,
    div,
    mul,
    neg,
    number,
    power,
    select,
    sub,
    symbol,
)
from icans.mechanism.compiler.system import TIME

TRUE, FALSE = call("le", ZERO, ZERO), call("lt", ZERO, ZERO)


class Unsupported(ValueError):
    """A feature of SBML that is not simulated here; the text names it."""


def _minus(*args: Node) -> Node:
    return neg(args[0]) if len(args) == 1 else sub(*args)


def _maximum(*args: Node) -> Node:
    return reduce(lambda a, b: select(call("lt", a, b), b, a), args)


def _minimum(*args: Node) -> Node:
    return reduce(lambda a, b: select(call("lt", b, a), b, a), args)


def _logarithm(*args: Node) -> Node:
    return div(call("log", args[1]), call("log", args[0])) if len(args) == 2 else call("log", args[0])


def _root(*args: Node) -> Node:
    return power(args[1], div(ONE, args[0])) if len(args) == 2 else call("sqrt", args[0])


def _piecewise(*args: Node) -> Node:
    """value, condition, value, condition, ..., otherwise."""
    if len(args) % 2 == 0:
        raise Unsupported("a piecewise without 'otherwise'")
    value = args[-1]
    for i in range(len(args) - 3, -1, -2):
        value = select(args[i + 1], args[i], value)
    return value


def _chain(op: str) -> Callable[..., Node]:
    return lambda *args: reduce(lambda a, b: call(op, a, b), args)


def _unary(op: str) -> Callable[[Node], Node]:
    return lambda x: build(op, x)


def _binary(op: str) -> Callable[[Node, Node], Node]:
    return lambda a, b: call(op, a, b)


def _greater(op: str) -> Callable[..., Node]:
    return lambda a, b: call(op, b, a)


_FUNCTIONS: Mapping[str, Callable[..., Node]] = {
    "PLUS": add, "MINUS": _minus, "TIMES": mul, "DIVIDE": div, "POWER": power, "FUNCTION_POWER": power,
    "FUNCTION_PIECEWISE": _piecewise, "FUNCTION_ROOT": _root, "FUNCTION_LOG": _logarithm,
    "FUNCTION_MAX": _maximum, "FUNCTION_MIN": _minimum,
    "FUNCTION_CEILING": lambda x: neg(call("floor", neg(x))),
    "RELATIONAL_GT": _greater("lt"), "RELATIONAL_GEQ": _greater("le"),
    "LOGICAL_AND": _chain("and"), "LOGICAL_OR": _chain("or"), "LOGICAL_NOT": lambda x: call("not", x),
    "RELATIONAL_LT": _binary("lt"), "RELATIONAL_LEQ": _binary("le"),
    "RELATIONAL_EQ": _binary("eq"), "RELATIONAL_NEQ": _binary("ne"),
    "FUNCTION_LN": _unary("log"), "FUNCTION_ARCSIN": _unary("arcsin"), "FUNCTION_ARCCOS": _unary("arccos"),
    "FUNCTION_ARCTAN": _unary("arctan"),
    **{f"FUNCTION_{op.upper()}": _unary(op) for op in ("exp", "abs", "floor", "sin", "cos", "tan", "tanh")},
}  # fmt: skip
_LEAVES: Mapping[str, Node] = {
    "NAME_TIME": symbol(TIME), "NAME_AVOGADRO": number(6.02214179e23), "CONSTANT_E": number(math.e),
    "CONSTANT_PI": number(math.pi), "CONSTANT_TRUE": TRUE, "CONSTANT_FALSE": FALSE,
}  # fmt: skip


@cache
def _type_names() -> Mapping[int, str]:
    import libsbml

    return {getattr(libsbml, name): name[4:] for name in dir(libsbml) if name.startswith("AST_")}


def read_math(tree: Any, functions: Mapping[str, Any], names: Mapping[str, Node] | None = None) -> Node:
    """The node that a libSBML ASTNode says.

    functions  the model's function definitions, by identifier; calls of them are expanded
    names      what some identifiers stand for: arguments of a function, parameters of a reaction

    Raises Unsupported for an operation that this form does not have.
    """
    kind = _type_names()[tree.getType()]
    if kind == "NAME":
        return (names or {}).get(tree.getName(), symbol(tree.getName()))
    if kind in ("INTEGER", "REAL", "REAL_E", "RATIONAL"):
        return number(tree.getValue())
    if kind in _LEAVES:
        return _LEAVES[kind]
    args = [read_math(tree.getChild(i), functions, names) for i in range(tree.getNumChildren())]
    if kind == "FUNCTION":
        return _expanded(tree.getName(), args, functions)
    if kind not in _FUNCTIONS:
        raise Unsupported(f"the operation '{tree.getName() or kind.lower()}'")
    try:
        return _FUNCTIONS[kind](*(as_type(_wanted(kind, i), arg) for i, arg in enumerate(args)))
    except TypeError:
        raise Unsupported(f"'{kind.lower()}' with {len(args)} arguments") from None


def _wanted(kind: str, place: int) -> str:
    """The type of an argument; in a piecewise, values and conditions take turns."""
    return BOOLEAN if kind.startswith("LOGICAL_") or (kind == "FUNCTION_PIECEWISE" and place % 2) else REAL


def as_type(wanted: str, node: Node) -> Node:
    """A truth as 1 or 0, a number as whether it is not 0, as SBML Level 3 Version 2 has them stand for each other."""
    if node.type == wanted:
        return node
    return select(node, ONE, ZERO) if wanted == REAL else call("ne", node, ZERO)


def _expanded(name: str, args: list[Node], functions: Mapping[str, Any]) -> Node:
    if name not in functions:
        raise Unsupported(f"the function '{name}', which the model does not define")
    function = functions[name]
    wanted = [function.getArgument(i).getName() for i in range(function.getNumArguments())]
    if len(wanted) != len(args):
        raise Unsupported(f"a call of '{name}' with {len(args)} arguments instead of {len(wanted)}")
    # SBML forbids recursion, and libSBML reports it before this is reached.
    return read_math(function.getBody(), functions, dict(zip(wanted, args, strict=True)))
