"""What the solver asks of a model: the names that a generated kernel defines.

`compiler.kernel` writes a module that holds a model's own version of these, followed by the text of the solver's
modules, so that Numba compiles and keeps all of it as one. The versions here only say what each is for.

Everything a group of patients needs lies in one array W of rows; each row has LANES numbers, one a patient ("lane").
A name in capitals is the place in W where a row or a block of rows begins.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

LANES = 8
STATES = 1  # states, time among them as the last
INPUTS = 1
PARAMETERS = 1
OBSERVED = 1

STEP, SCORE, MOVED = 0, 0, 0  # length of the step, its error so far, whether it was accepted
PARAMETER, INPUT = 0, 0
STATE, STAGE, NEXT, ERROR = 0, 0, 0, 0  # at the start, at a stage, at the end; what the method thinks is its error
SLOPE = 0  # step times rate; `solve` puts its answer here
K1, K2, K3, K4, K5, K6, K7 = 0, 0, 0, 0, 0, 0, 0
CUBIC, QUARTIC = 0, 0  # what dense output needs beside STATE and NEXT
SEEN = 0  # assigned quantities
ROWS = 1


def compiled(function: Callable[..., Any]) -> Any:
    """Compile with Numba, keep on disk, release the interpreter's lock."""
    return function


cuda: Any = None
"""Numba's, in what is printed for a graphics card."""


def entry(function: Callable[..., Any]) -> Any:
    """Compile for a graphics card, as what a program starts there."""
    return function


def prepare(W: Array) -> None:
    """Calculate from PARAMETER what stays the same for a patient."""


def rates(W: Array) -> None:
    """SLOPE = STEP * the rates at STAGE."""


def linearise(W: Array) -> None:
    """As `rates`, and the factors of I - GAMMA * STEP * Jacobian at STAGE."""


def solve(W: Array) -> None:
    """Solve with these factors, in place, for SLOPE."""


def observe(W: Array) -> None:
    """SEEN = the assigned quantities at STAGE."""
