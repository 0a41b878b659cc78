"""What the limits of a number say about a comparison before any table is seen."""

from __future__ import annotations

from math import inf

from icans.rules.expression import Members, Quantity, Rank


def limits_of(node: Quantity | Rank | Members) -> tuple[str, float, float]:
    """What a number of the table is called in a mistake, and the two numbers it lies between."""
    if isinstance(node, Members):
        return f"count({node.term.name})", 0.0, float(len(node.words))
    if isinstance(node, Rank):
        return f"rank({node.term.name})", 0.0, len(node.term.values) - 1.0
    low, high = node.term.limits
    return node.term.name, -inf if low is None else low, inf if high is None else high


def decided(operator: str, low: float, high: float, number: float) -> bool | None:
    """What comparing anything from `low` to `high` with `number` always gives; None where it depends."""
    if operator in ("==", "!="):
        return (operator == "!=") if not low <= number <= high else None
    if operator in ("<", ">="):
        below = True if high < number else False if low >= number else None
        return below if operator == "<" or below is None else not below
    above = True if low > number else False if high <= number else None
    return above if operator == ">" or above is None else not above
