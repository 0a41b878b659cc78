"""Numbers as intervals, over a table of any size: the half of the compiler that calculates.

An unknown number is the interval of its limits, so that a sum of which a part is unknown is still bounded. An
interval is exact where each unknown name appears once in the expression, and never too narrow otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import polars as pl

from icans.rules.expression import (
    Accounts,
    ByConvention,
    Calculation,
    Members,
    Node,
    Number,
    Quantity,
    Rank,
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


def span(node: Node) -> Span:
    """The interval of a number."""
    return _SPANS[type(node)](node)


def masked(node: Members) -> pl.Expr:
    """The bits of a set that are among the words asked for."""
    bits = sum(1 << node.term.values.index(word) for word in node.words)
    return pl.col(node.term.name) & pl.lit(bits, dtype=pl.UInt32)


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
    count = masked(node).bitwise_count_ones()
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


def _convention_span(node: ByConvention) -> Span:
    on, off, at = span(node.on), span(node.off), pl.col(node.term.name)
    return Span(
        pl.when(at).then(on.lo).otherwise(off.lo),
        pl.when(at).then(on.hi).otherwise(off.hi),
        min(on.least, off.least),
        max(on.most, off.most),
    )


_SPANS: dict[type, Callable[..., Span]] = {
    Number: _number,
    Quantity: _quantity,
    Members: _count,
    Rank: _rank,
    Calculation: _calculation,
    Accounts: _accounts_span,
    ByConvention: _convention_span,
}
