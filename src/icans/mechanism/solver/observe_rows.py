"""The assigned quantities at rows of states, LANES rows of one patient at a time."""

from __future__ import annotations

import numpy as np

from icans.mechanism.solver.model_functions import (
    INPUT,
    INPUTS,
    LANES,
    PARAMETER,
    PARAMETERS,
    ROWS,
    SEEN,
    STAGE,
    STATES,
    Array,
    Whole,
    compiled,
    observe,
    prepare,
)


@compiled
def observe_rows(first: int, last: int, parameters: Array, rows: Array, columns: Whole, seen: Array) -> None:
    """seen[patient, time, k] = the assigned quantity columns[k] at rows[patient, time], for `first` to `last`."""
    W = np.zeros(ROWS * LANES)
    for p in range(first, last):
        for i in range(PARAMETERS):
            for lane in range(LANES):
                W[PARAMETER + i * LANES + lane] = parameters[p, i]
        prepare(W)
        for begin_row in range(0, rows.shape[1], LANES):
            count = min(LANES, rows.shape[1] - begin_row)
            for lane in range(count):
                for i in range(STATES):
                    W[STAGE + i * LANES + lane] = rows[p, begin_row + lane, i]
                for i in range(INPUTS):
                    W[INPUT + i * LANES + lane] = rows[p, begin_row + lane, STATES + i]
            observe(W)
            for lane in range(count):
                for k in range(columns.size):
                    seen[p, begin_row + lane, k] = W[SEEN + columns[k] * LANES + lane]
