"""The values of a name that a set of expressions can tell apart.

An expression that asks `flow > 6` cannot tell 7 from 30. One value from each such cell stands for all of
them, so the completions of a gap can be listed: for what-if sentences, and to prove that intervals are exact.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable
from itertools import combinations, pairwise

import polars as pl

from icans.rules.expression import Among, Calculation, Compare, Members, Node, Number, Quantity, terms, walk
from icans.rules.span import span
from icans.rules.vocabulary import Term

_WIDTH = 1.0


def thresholds(nodes: Iterable[Node]) -> dict[str, set[float]]:
    """name of a number -> the numbers it is compared with anywhere in `nodes`."""
    found: dict[str, set[float]] = defaultdict(set)
    for node in nodes:
        for part in walk(node):
            if isinstance(part, Compare):
                _note(part.left, part.right, found)
                _note(part.right, part.left, found)
    return found


def _note(side: Node, other: Node, found: dict[str, set[float]]) -> None:
    if not isinstance(other, Number):
        return
    if isinstance(side, Quantity):
        found[side.term.name].add(other.value)
    elif isinstance(side, Calculation):
        for part in walk(side):
            if isinstance(part, Quantity):
                found[part.term.name].add(other.value)


def number_cells(term: Term, cuts: Iterable[float]) -> list[float]:
    """One number from each cell between `cuts`, and each cut itself, within the limits of the item."""
    low, high = term.limits
    points = sorted({c for c in cuts if (low is None or c >= low) and (high is None or c <= high)})
    ends = [p for p in (low, high) if p is not None]
    if term.kind == "whole" and low is not None and high is not None and high - low <= 20:
        return [float(i) for i in range(math.ceil(low), math.floor(high) + 1)]
    found = set(points) | set(ends)
    if term.kind == "whole":
        found |= {c + step for c in points for step in (-1.0, 1.0) if _inside(c + step, low, high)}
    inner = sorted(found)
    found |= {(a + b) / 2 for a, b in pairwise(inner)} if term.kind == "number" else set()
    if low is None:
        found.add((inner[0] if inner else 0.0) - _WIDTH)
    if high is None:
        found.add((inner[-1] if inner else 0.0) + _WIDTH)
    return sorted(found)


def _inside(number: float, low: float | None, high: float | None) -> bool:
    return (low is None or number >= low) and (high is None or number <= high)


def choice_cells(term: Term, nodes: Iterable[Node]) -> list[float]:
    """Every word of a choice that the expressions treat apart from those before it; all of them if ranked."""
    groups = [part.words for node in nodes for part in walk(node) if isinstance(part, Among) and part.term == term]
    ranked = not groups
    seen: set[tuple[bool, ...]] = set()
    kept = []
    for place, word in enumerate(term.values):
        signature = tuple(word in group for group in groups)
        if ranked or signature not in seen:
            kept.append(float(place))
            seen.add(signature)
    return kept


def set_cells(term: Term, nodes: Iterable[Node], largest: int = 2) -> list[float]:
    """Bit masks of the empty set and of every set of up to `largest` words that the expressions treat apart."""
    groups = [
        part.words
        for node in nodes
        for part in walk(node)
        if isinstance(part, Members) and part.term == term and part.words
    ]
    by_signature: dict[tuple[bool, ...], list[int]] = defaultdict(list)
    for place, word in enumerate(term.values):
        by_signature[tuple(word in group for group in groups)].append(place)
    places = [p for members in by_signature.values() for p in members[:largest]]
    masks = {0}
    for size in range(1, largest + 1):
        masks |= {sum(1 << p for p in some) for some in combinations(places, size)}
    return [float(m) for m in sorted(masks)]


def cells(term: Term, nodes: Iterable[Node], more_cuts: Iterable[float] = ()) -> list[float]:
    """One value, as a table carries it, from each cell of `term` that `nodes` can tell apart.

    more_cuts  numbers it is compared with that are not written in the rules, such as a limit that depends on age
    """
    using = [node for node in nodes if any(t.name == term.name for t in terms(node))]
    if term.kind == "yes_no":
        return [0.0, 1.0]
    if term.kind == "choice":
        return choice_cells(term, using)
    if term.kind == "set":
        return set_cells(term, using)
    return number_cells(term, {*thresholds(using).get(term.name, set()), *more_cuts})


def calculated_limits(frame: pl.LazyFrame, nodes: Iterable[Node], names: Collection[str]) -> dict[str, list[float]]:
    """name -> the numbers it is compared with in one state, where the rules calculate them (a limit by age).

    frame  one row, with everything the comparisons ask for; names: whose limits are wanted
    """
    pairs = [
        (item.term.name, span(limit))
        for node in nodes
        for part in walk(node)
        if isinstance(part, Compare)
        for item, limit in ((part.left, part.right), (part.right, part.left))
        if isinstance(item, Quantity) and item.term.name in names and not isinstance(limit, Number)
    ]
    if not pairs:
        return {}
    ends = [end.alias(f"{i}{side}") for i, (_, s) in enumerate(pairs) for side, end in (("lo", s.lo), ("hi", s.hi))]
    row = frame.select(ends).collect().row(0)
    found: dict[str, list[float]] = {}
    for (name, _), low, high in zip(pairs, row[::2], row[1::2], strict=True):
        found.setdefault(name, []).extend(end for end in (low, high) if math.isfinite(end))
    return found
