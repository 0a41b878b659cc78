"""Where everything stands in the arrays of rows that a group of patients shares."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from icans.mechanism.compiler.equations import Equations

LANES = 8
STAGES = ("K1", "K2", "K3", "K4", "K5", "K6", "K7")
BLOCKS = ("STATE", "STAGE", "NEXT", "ERROR", "SLOPE", *STAGES, "CUBIC", "QUARTIC")
"""Blocks with one row a state."""


@dataclass(frozen=True)
class Rows:
    """The first row of each block, and how many rows there are in all.

    lanes  numbers in a row, one a patient
    near   blocks that stand in a second array, S, whose rows are counted apart (`near_count`); the others are in W
    """

    first: Mapping[str, int]
    count: int
    lanes: int = LANES
    near: Set[str] = frozenset()
    near_count: int = 0

    def at(self, block: str, row: int = 0) -> int:
        """Where row `row` of a block begins, in numbers."""
        return (self.first[block] + row) * self.lanes

    def entry(self, block: str, row: int = 0) -> str:
        """How the number of the present lane in that row is written."""
        return f"{'S' if block in self.near else 'W'}[{self.at(block, row)} + lane]"


def rows(equations: Equations, lanes: int = LANES, near: Set[str] = frozenset()) -> Rows:
    """Lay the blocks one after another."""
    sizes = {"STEP": 1, "SCORE": 1, "MOVED": 1} | dict.fromkeys(BLOCKS, len(equations.states))
    sizes |= {"INPUT": len(equations.inputs), "PARAMETER": len(equations.parameters), "KEPT": len(equations.kept)}
    sizes |= {"MATRIX": len(equations.elimination.places), "SEEN": len(equations.observed)}
    first: dict[str, int] = {}
    count = {True: 0, False: 0}
    for block, size in sizes.items():
        first[block] = count[block in near]
        count[block in near] += size
    return Rows(first, count[False], lanes, near, count[True])
