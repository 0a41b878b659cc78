"""The text of a kernel for a graphics card: the same functions as on the processor, one thread a patient.

A block of threads is one warp of 32, whose patients stand side by side in W: row r of thread t is W[r * 32 + t], so
that neighbouring threads read neighbouring numbers. The text is the processor's, changed only in how it is laid out:
see `cuda_layout`.
"""

from __future__ import annotations

from pathlib import Path

from icans.mechanism.compiler.cuda_layout import LANES, for_threads, near_blocks
from icans.mechanism.compiler.equations import equations
from icans.mechanism.compiler.kernel import METHOD, SHARED, SOLVER, model_functions, module_body, size_lines
from icans.mechanism.compiler.lines import CUDA
from icans.mechanism.compiler.rows import rows
from icans.mechanism.compiler.system import System

ELEMENTARY = Path(__file__).parent / "elementary.py"
FUNCTIONS = SOLVER / "cuda_functions.py"
ENTRIES = (SOLVER / "cuda_lanes.py", SOLVER / "cuda_rows.py")
DRIVER = (FUNCTIONS, *ENTRIES)
HEAD = '''"""Made from the model '{name}' by icans for a graphics card; made again when model or compiler changes."""

from __future__ import annotations

import math

import numpy as np
from numba import cuda, float64

from icans.mechanism.compiler.cuda_apart import apart

compiled = cuda.jit(device=True)
entry = cuda.jit(cache=True)

NEAR = {near}
'''


def cuda_text(system: System, method: Path = METHOD) -> str:
    """A module that integrates `system` on a card: see `solver.cuda_lanes` and `solver.cuda_rows`.

    method  the module that makes a step, as for the processor
    """
    ready = equations(system)
    place = rows(ready, LANES, near_blocks(len(ready.states)))
    solver = [module_body(path) for path in (FUNCTIONS, method, *SHARED, *ENTRIES)]
    parts = [*size_lines(ready, place), _power(), *solver, *model_functions(ready, place, CUDA)]
    head = HEAD.format(name=system.name, near=place.near_count * LANES)
    return head + for_threads("\n".join(parts), place.near, len(ready.states))


def _power() -> str:
    """The processor's `power`, with the `exp` and `log` of this module."""
    return "\n@compiled\n" + ELEMENTARY.read_text("utf-8").split("@contract\n")[-1]
