"""Where everything stands in the array of rows that a group of patients shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from icans.mechanism.compiler.equations import Equations

LANES = 8
STAGES = ("K1", "K2", "K3", "K4", "K5", "K6", "K7")
BLOCKS = ("STATE", "STAGE", "NEXT", "ERROR", "SLOPE", *STAGES, "CUBIC", "QUARTIC")
"""Blocks with one row a state."""


@dataclass(frozen=True)
class Rows:
    """The first row of each block, and how many there are in all."""

    first: Mapping[str, int]
    count: int

    def at(self, block: str, row: int = 0) -> int:
        """Where row `row` of a block begins, in numbers."""
        return (self.first[block] + row) * LANES


def rows(equations: Equations) -> Rows:
    """Lay the blocks one after another."""
    sizes = {"STEP": 1} | dict.fromkeys(BLOCKS, len(equations.states))
    sizes |= {"INPUT": len(equations.inputs), "PARAMETER": len(equations.parameters), "KEPT": len(equations.kept)}
    sizes |= {"MATRIX": len(equations.elimination.places), "SEEN": len(equations.observed)}
    first, count = {}, 0
    for block, size in sizes.items():
        first[block] = count
        count += size
    return Rows(first, count)
