"""The outputs that are wanted, from rows of states that are on the graphics card: one thread a patient."""

from __future__ import annotations

import math

from icans.mechanism.solver.model_functions import (
    INPUT,
    INPUTS,
    LANES,
    PARAMETER,
    PARAMETERS,
    SEEN,
    STAGE,
    STATES,
    Array,
    Whole,
    compiled,
    cuda,
    entry,
    observe,
    prepare,
)


@compiled
def restore(W: Array, lane: int, row: Array) -> bool:
    """Bring states and inputs back to where `observe` looks for them; whether all of them are numbers."""
    known = True
    for i in range(STATES):
        W[STAGE + i * LANES + lane] = row[i]
        known = known and not math.isnan(row[i])
    for i in range(INPUTS):
        W[INPUT + i * LANES + lane] = row[STATES + i]
    return known


@entry
def pick(
    space: Array, count: int, parameters: Array, rows: Array, wanted: Whole, calculated: int, values: Array
) -> None:
    """values[patient, time, k] = what wanted[k] says, for `count` patients; not a number where a patient never came.

    wanted      0 ... for a state (time as the last), then the inputs, then the assigned quantities
    calculated  whether an assigned quantity is among them
    """
    block, thread, lane = cuda.blockIdx.x, cuda.threadIdx.x, 0
    W = space[block, thread:]
    for p in range(block * LANES + thread, count, cuda.gridDim.x * LANES):
        for i in range(PARAMETERS):
            W[PARAMETER + i * LANES + lane] = parameters[p, i]
        prepare(W)
        for j in range(rows.shape[1]):
            known = restore(W, lane, rows[p, j])
            if calculated:
                observe(W)
            for k in range(wanted.size):
                seen = wanted[k] - STATES - INPUTS
                if seen < 0:
                    values[p, j, k] = rows[p, j, wanted[k]]
                else:
                    values[p, j, k] = W[SEEN + seen * LANES + lane] if known else math.nan
