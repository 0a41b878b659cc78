"""From the tree of a condition to a Boolean column of Polars, over a table of any size.

Kleene logic: null is unknown. Numbers in it are intervals, see `span`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import reduce

import polars as pl

from icans.rules.expression import (
    Accounts,
    Among,
    ByConvention,
    Calculation,
    Compare,
    Constant,
    Finding,
    Logic,
    Members,
    Node,
    Number,
    Recorded,
    walk,
)
from icans.rules.span import Span, masked, span
from icans.rules.vocabulary import Term, hi, lo


def condition(node: Node) -> pl.Expr:
    """The Boolean column of a condition; null where it is unknown."""
    return _CONDITIONS[type(node)](node)


def _finding(node: Finding) -> pl.Expr:
    return pl.col(node.term.name)


def _constant(node: Constant) -> pl.Expr:
    return pl.lit(node.value, dtype=pl.Boolean)


def _among(node: Among) -> pl.Expr:
    places = sorted(node.term.values.index(word) for word in node.words)
    place = pl.col(node.term.name).to_physical()
    if places == list(range(places[0], places[-1] + 1)):
        return _between(place, places[0], places[-1], len(node.term.values))
    return reduce(lambda a, b: a | b, [place == p for p in places])


def _between(place: pl.Expr, first: int, last: int, length: int) -> pl.Expr:
    if first == last:
        return place == first
    if first == 0:
        return place <= last
    return place >= first if last == length - 1 else (place >= first) & (place <= last)


def _members(node: Members) -> pl.Expr:
    if node.what == "empty":
        return pl.col(node.term.name) == 0
    return masked(node) != 0


def _recorded(node: Recorded) -> pl.Expr:
    return reduce(lambda a, b: a | b, [_is_known(term) for term in node.terms])


def _is_known(term: Term) -> pl.Expr:
    return pl.col(lo(term.name)) == pl.col(hi(term.name)) if term.span else pl.col(term.name).is_not_null()


def _logic(node: Logic) -> pl.Expr:
    parts = [condition(part) for part in node.parts]
    if node.operator == "not":
        return ~parts[0]
    return reduce(lambda a, b: a & b if node.operator == "and" else a | b, parts)


def _compare(node: Compare) -> pl.Expr:
    left, right = _side(node.left), _side(node.right)
    if left.point is not None and right.point is not None and _fits_null(node):
        return _COMPARE[node.operator](left.point, right.point)
    if node.operator in ("<", "<="):
        left, right = right, left
    if node.operator in ("==", "!="):
        surely = (left.lo == left.hi) & (right.lo == right.hi) & (left.lo == right.lo)
        maybe = (left.lo <= right.hi) & (right.lo <= left.hi)
        equal = _kleene(surely, maybe)
        return equal if node.operator == "==" else ~equal
    if node.operator in (">", "<"):
        return _kleene(left.lo > right.hi, left.hi > right.lo)
    return _kleene(left.lo >= right.hi, left.hi >= right.lo)


def _side(node: Node) -> Span:
    """One side of a comparison. Products and quotients are rounded: 1.8 is not above 1.5 times 1.2."""
    value = span(node)
    if not any(isinstance(part, Calculation) and part.operator in ("*", "/") for part in walk(node)):
        return value
    return replace(value, lo=value.lo.round(9), hi=value.hi.round(9), point=None)


def _fits_null(node: Compare) -> bool:
    """True where an unknown side makes the comparison unknown: one side is a number written in the rule.

    Between two items the limits may decide (a score of 10 is never below a baseline that is unknown)."""
    return isinstance(node.left, Number) or isinstance(node.right, Number)


_COMPARE: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def _kleene(surely: pl.Expr, maybe: pl.Expr) -> pl.Expr:
    """True where `surely`, false where not even `maybe`, unknown between: (surely or unknown) and maybe."""
    return (surely | pl.lit(None, dtype=pl.Boolean)) & maybe


def _accounts_condition(node: Accounts) -> pl.Expr:
    return pl.coalesce([condition(part) for part in node.parts])


def _convention_condition(node: ByConvention) -> pl.Expr:
    return pl.when(pl.col(node.term.name)).then(condition(node.on)).otherwise(condition(node.off))


_CONDITIONS: dict[type, Callable[..., pl.Expr]] = {
    Finding: _finding,
    Constant: _constant,
    Among: _among,
    Members: _members,
    Recorded: _recorded,
    Logic: _logic,
    Compare: _compare,
    Accounts: _accounts_condition,
    ByConvention: _convention_condition,
}
