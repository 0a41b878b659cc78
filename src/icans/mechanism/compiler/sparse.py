"""The sparse linear algebra of an implicit step, worked out before any number is known.

A pivot order that fills in little, the places of L and U, and the eliminations one after another. There is no
pivoting for size: the matrix is I - h g J, whose diagonal leads wherever a step is short enough to be accurate, and
a step that meets a small pivot ends in a number that is not finite and is tried again, shorter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Place = tuple[int, int]


@dataclass(frozen=True)
class Elimination:
    """How to factorise a matrix of one sparsity pattern and to solve with it.

    order   rows and columns in the order in which they become pivots
    places  every entry of L and U, in the original numbering -> its position in storage
    filled  those that are zero before the elimination
    """

    order: tuple[int, ...]
    places: dict[Place, int]
    filled: tuple[Place, ...]

    def below(self, pivot: int) -> list[int]:
        """Rows still to come that have an entry in this pivot's column."""
        return [i for i in self.after(pivot) if (i, pivot) in self.places]

    def right(self, pivot: int) -> list[int]:
        """Columns still to come that have an entry in this pivot's row."""
        return [j for j in self.after(pivot) if (pivot, j) in self.places]

    def after(self, pivot: int) -> tuple[int, ...]:
        """The pivots after this one."""
        return self.order[self.order.index(pivot) + 1 :]


def eliminate(pattern: Iterable[Place], size: int) -> Elimination:
    """The elimination of a `size` by `size` matrix with entries at `pattern` and on its diagonal.

    The next pivot is always the one whose elimination touches the fewest entries (Markowitz), the first of equals.
    """
    entries = set(pattern) | {(i, i) for i in range(size)}
    given, left, order = set(entries), set(range(size)), []
    while left:
        columns = {k: [i for i in left if i != k and (i, k) in entries] for k in left}
        rows = {k: [j for j in left if j != k and (k, j) in entries] for k in left}
        pivot = min(left, key=lambda k: (len(columns[k]) * len(rows[k]), k))
        entries |= {(i, j) for i in columns[pivot] for j in rows[pivot]}
        left.remove(pivot)
        order.append(pivot)
    places = {place: n for n, place in enumerate(sorted(entries))}
    return Elimination(tuple(order), places, tuple(sorted(entries - given)))
