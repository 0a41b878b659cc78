"""Nodes made out of others, with what is written in the rule worked out at once."""

from __future__ import annotations

from icans.rules.expression import Calculation, Constant, Logic, Node, Number


def logic(operator: str, parts: tuple[Node, ...]) -> Node:
    """A logical node with its constants folded away."""
    if operator == "not":
        part = parts[0]
        if isinstance(part, Constant):
            return Constant(None if part.value is None else not part.value)
        return Logic("not", parts)
    deciding = operator == "or"
    if any(isinstance(part, Constant) and part.value is deciding for part in parts):
        return Constant(deciding)
    rest = tuple(part for part in parts if not isinstance(part, Constant) or part.value is None)
    if not rest:
        return Constant(not deciding)
    return rest[0] if len(rest) == 1 else Logic(operator, rest)


def arithmetic(operator: str, left: Node, right: Node) -> Node:
    """A calculation; one of two written numbers is done at once, so that `28 / 365.25` is a number."""
    if not (isinstance(left, Number) and isinstance(right, Number)) or (operator == "/" and right.value == 0):
        return Calculation(operator, (left, right))
    a, b = left.value, right.value
    return Number({"+": a + b, "-": a - b, "*": a * b}[operator] if operator != "/" else a / b)
