"""Partial states of a scale and every way their gaps could be filled, over one value from each cell.

Some items are no gaps to be filled: what is asked only if something else is not recorded (`first_known`), a total
beside its parts (`reconcile`), and whether anything was recorded at all (`any_known`). Learning one of these
changes the question, so they stay as they are drawn.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import polars as pl

from icans.grading.grade import dtype
from icans.grading.library import vocabulary
from icans.grading.scale import Scale
from icans.rules.cells import cells
from icans.rules.expression import Accounts, Compare, Node, Quantity, Recorded, terms, walk
from icans.rules.vocabulary import hi, lo

LARGEST = 150
# For numbers that are compared with one another, such as an enzyme with its upper limit of normal: a gap may be any
# of these; what is known lies between the first and the last, so that each way of comparing can come out.
SPREAD = (0.0, 0.4, 1.0, 1.2, 1.4, 1.8, 2.5, 3.5, 6.0, 12.0, 25.0, 1e9)

State = Mapping[str, float | None]


@dataclass(frozen=True)
class Partial:
    """A state with gaps, and the values each gap could have."""

    known: State
    gaps: Mapping[str, Sequence[float]]

    def completions(self) -> Iterator[State]:
        for values in product(*self.gaps.values()):
            yield {**self.known, **dict(zip(self.gaps, values, strict=True))}


def possible(name: str, scale: Scale, related: bool) -> list[float]:
    """One value of an item from each cell that the rules tell apart. related: it is compared with another item."""
    nodes, term = list(scale.nodes()), vocabulary()[name]
    found = set(cells(term, nodes))
    if related:
        low, high = term.limits
        found |= {x for x in SPREAD if (low is None or x >= low) and (high is None or x <= high)}
    return sorted(found)


def _compared_with_others(scale: Scale) -> set[str]:
    sides = [part for node in scale.nodes() for part in walk(node) if isinstance(part, Compare)]
    pairs = [(_items(side.left, scale), _items(side.right, scale)) for side in sides]
    found = {name for left, right in pairs if left and right for name in left | right}
    return {name for name in found if vocabulary()[name].is_number}


def partial_states(scale: Scale, how_many: int, seed: int) -> list[Partial]:
    """States drawn with a fixed seed, each with a few gaps whose completions can be listed."""
    rng = random.Random(seed)
    related = _compared_with_others(scale)
    values = {name: possible(name, scale, name in related) for name in scale.items()}
    kept, groups, totals = _kept(scale), _recorded_groups(scale), _totals(scale)
    found = []
    while len(found) < how_many:
        state: dict[str, float | None] = {}
        for name, some in values.items():
            state[name] = rng.choice(_between(some) if name in related else some)
        for name in kept:
            if rng.random() < 0.7 or name in totals:
                state[name] = None
        gaps = rng.sample(sorted(set(values) - kept), min(rng.randint(1, 3), len(set(values) - kept)))
        state |= dict.fromkeys(gaps)
        if any(all(state[name] is None for name in group) for group in groups):
            continue
        if prod(len(values[name]) for name in gaps) <= LARGEST:
            found.append(Partial(state, {name: values[name] for name in gaps}))
    return found


def _between(values: Sequence[float]) -> list[float]:
    return [x for x in values if SPREAD[0] < x < SPREAD[-1]]


def _recorded_groups(scale: Scale) -> list[set[str]]:
    """The items of each `any_known`: as long as one of them is known, learning another changes no question."""
    groups = []
    for node in scale.nodes():
        for part in walk(node):
            if isinstance(part, Recorded):
                groups.append({name for term in part.terms for name in _items(Quantity(term), scale)})
    return groups


def _kept(scale: Scale) -> set[str]:
    """The items that are drawn and left: stand-ins for one another and totals beside parts. Age stands in for none."""
    found = _totals(scale)
    for node in scale.nodes():
        for part in walk(node):
            if isinstance(part, Accounts) and part.what == "first_known":
                found |= {name for account in part.parts[:-1] for name in _items(account, scale)}
    return found - {"age"}


def _totals(scale: Scale) -> set[str]:
    """What `reconcile` sets beside a sum: both known and at odds is no gap either."""
    joined = [p for node in scale.nodes() for p in walk(node) if isinstance(p, Accounts) and p.what == "reconcile"]
    return {part.term.name for accounts in joined for part in accounts.parts if isinstance(part, Quantity)}


def _items(node: Node, scale: Scale) -> set[str]:
    """The items an expression asks for, definitions and their lists looked through."""
    own = {d.name: d for d in scale.definitions}
    waiting, seen = [term.name for term in terms(node)], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        definition = own.get(name)
        entries = definition.ladder.entries if definition and definition.ladder else ()
        inner = [part for entry in entries for part in (entry.when, entry.low, entry.high) if part is not None]
        if definition is not None and definition.node is not None:
            inner.append(definition.node)
        waiting += [term.name for part in inner for term in terms(part)]
    return seen & set(scale.items())


def table(states: Sequence[State]) -> pl.DataFrame:
    """A typed table of states out of the numbers a record carries; a feature is an interval of one number."""
    columns: dict[str, pl.Series] = {}
    for name in states[0]:
        term, numbers = vocabulary()[name], [state[name] for state in states]
        if term.span:
            columns |= {end: pl.Series(end, numbers, dtype=pl.Float64) for end in (lo(name), hi(name))}
        elif term.kind == "choice":
            words = [None if n is None else term.values[int(n)] for n in numbers]
            columns[name] = pl.Series(name, words, dtype=dtype(term))
        elif term.kind == "yes_no":
            columns[name] = pl.Series(name, [None if n is None else bool(n) for n in numbers], dtype=pl.Boolean)
        else:
            columns[name] = pl.Series(name, numbers, dtype=pl.Float64).cast(dtype(term))
    return pl.DataFrame(columns)
