"""From the tree of an expression to Polars, over a table of any size.

A condition becomes a Boolean column with Kleene logic: null is unknown. A number becomes an interval, two
columns: an unknown number is the interval of its limits, so that a sum of which a part is unknown is still
bounded. Intervals are exact where each unknown name appears once, and never too narrow otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import polars as pl

from icans.rules.expression import (
    Accounts,
    Among,
    Calculation,
    Compare,
    Constant,
    Finding,
    Logic,
    Members,
    Node,
    Number,
    Quantity,
    Rank,
    Recorded,
)
from icans.rules.vocabulary import Term, hi, lo

_INF = float("inf")


@dataclass(frozen=True)
class Span:
    """A number as an interval.

    lo, hi        the ends, never null
    least, most   what the ends cannot pass, known before any table is seen
    point         the column itself where it is one number or null: comparisons are cheaper on it
    """

    lo: pl.Expr
    hi: pl.Expr
    least: float
    most: float
    point: pl.Expr | None = None


def condition(node: Node) -> pl.Expr:
    """The Boolean column of a condition; null where it is unknown."""
    return _CONDITIONS[type(node)](node)


def span(node: Node) -> Span:
    """The interval of a number."""
    return _SPANS[type(node)](node)


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


def _mask(node: Members) -> pl.Expr:
    bits = sum(1 << node.term.values.index(word) for word in node.words)
    return pl.col(node.term.name) & pl.lit(bits, dtype=pl.UInt32)


def _members(node: Members) -> pl.Expr:
    if node.what == "empty":
        return pl.col(node.term.name) == 0
    return _mask(node) != 0


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
    left, right = span(node.left), span(node.right)
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


def _number(node: Number) -> Span:
    literal = pl.lit(node.value)
    return Span(literal, literal, node.value, node.value, literal)


def _ends(term: Term) -> tuple[float, float]:
    low, high = term.limits
    return (-_INF if low is None else float(low), _INF if high is None else float(high))


def _quantity(node: Quantity) -> Span:
    least, most = _ends(node.term)
    if node.term.span:
        return Span(pl.col(lo(node.term.name)), pl.col(hi(node.term.name)), least, most)
    column = pl.col(node.term.name)
    return Span(column.fill_null(least), column.fill_null(most), least, most, column)


def _count(node: Members) -> Span:
    count = _mask(node).bitwise_count_ones()
    most = float(len(node.words))
    return Span(count.fill_null(0), count.fill_null(int(most)), 0.0, most, count)


def _rank(node: Rank) -> Span:
    place = pl.col(node.term.name).to_physical()
    most = len(node.term.values) - 1
    return Span(place.fill_null(0), place.fill_null(most), 0.0, float(most), place)


def _calculation(node: Calculation) -> Span:
    parts = [span(part) for part in node.parts]
    if node.operator in ("min", "max"):
        return reduce(_pick_min if node.operator == "min" else _pick_max, parts)
    if node.operator in ("floor", "log2"):
        return _monotone(node.operator, parts[0])
    return _ARITHMETIC[node.operator](parts[0], parts[1])


def _pick_min(a: Span, b: Span) -> Span:
    return Span(
        pl.min_horizontal(a.lo, b.lo),
        pl.min_horizontal(a.hi, b.hi),
        min(a.least, b.least),
        min(a.most, b.most),
    )


def _pick_max(a: Span, b: Span) -> Span:
    return Span(
        pl.max_horizontal(a.lo, b.lo),
        pl.max_horizontal(a.hi, b.hi),
        max(a.least, b.least),
        max(a.most, b.most),
    )


def _monotone(operator: str, a: Span) -> Span:
    if operator == "floor":
        return Span(a.lo.floor(), a.hi.floor(), a.least, a.most)
    return Span(a.lo.log(2), a.hi.log(2), -_INF, _INF)


def _plus(a: Span, b: Span) -> Span:
    return Span(a.lo + b.lo, a.hi + b.hi, a.least + b.least, a.most + b.most)


def _minus(a: Span, b: Span) -> Span:
    return Span(a.lo - b.hi, a.hi - b.lo, a.least - b.most, a.most - b.least)


def _times(a: Span, b: Span) -> Span:
    if a.least >= 0 and b.least >= 0:
        return Span(_product(a.lo, b.lo), _product(a.hi, b.hi), 0.0, _INF)
    corners = [_product(x, y) for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
    return Span(pl.min_horizontal(corners), pl.max_horizontal(corners), -_INF, _INF)


def _product(x: pl.Expr, y: pl.Expr) -> pl.Expr:
    # 0 times an unbounded unknown is 0: whatever the unknown is, it is some finite number.
    return (x * y).fill_nan(0.0)


def _over(a: Span, b: Span) -> Span:
    if b.least < 0:
        raise ValueError("a rule may only divide by what cannot be negative")
    positive = a.least >= 0
    low = a.lo / (b.hi if positive else pl.when(a.lo >= 0).then(b.hi).otherwise(b.lo))
    high = a.hi / (b.lo if positive else pl.when(a.hi >= 0).then(b.lo).otherwise(b.hi))
    # inf / inf: both unbounded, so nothing is known of that end.
    return Span(low.fill_nan(0.0 if positive else -_INF), high.fill_nan(_INF), 0.0 if positive else -_INF, _INF)


_ARITHMETIC: dict[str, Callable[[Span, Span], Span]] = {"+": _plus, "-": _minus, "*": _times, "/": _over}


def _accounts_span(node: Accounts) -> Span:
    parts = [span(part) for part in node.parts]
    return reduce(_first_known if node.what == "first_known" else _reconciled, parts)


def _first_known(a: Span, b: Span) -> Span:
    known = a.lo == a.hi
    return Span(
        pl.when(known).then(a.lo).otherwise(b.lo),
        pl.when(known).then(a.hi).otherwise(b.hi),
        min(a.least, b.least),
        max(a.most, b.most),
    )


def _reconciled(a: Span, b: Span) -> Span:
    low, high = pl.max_horizontal(a.lo, b.lo), pl.min_horizontal(a.hi, b.hi)
    apart = low > high
    return Span(
        pl.when(apart).then(pl.min_horizontal(a.lo, b.lo)).otherwise(low),
        pl.when(apart).then(pl.max_horizontal(a.hi, b.hi)).otherwise(high),
        min(a.least, b.least),
        max(a.most, b.most),
    )


_CONDITIONS: dict[type, Callable[..., pl.Expr]] = {
    Finding: _finding,
    Constant: _constant,
    Among: _among,
    Members: _members,
    Recorded: _recorded,
    Logic: _logic,
    Compare: _compare,
    Accounts: _accounts_condition,
}
_SPANS: dict[type, Callable[..., Span]] = {
    Number: _number,
    Quantity: _quantity,
    Members: _count,
    Rank: _rank,
    Calculation: _calculation,
    Accounts: _accounts_span,
}
