"""Integrating a list of patients, LANES at a time, each with its own step length, doses and end.

The lanes of a group take their steps together, but nothing of one lane enters another: a patient's result is the same
whoever is beside him, in whatever order and on however many threads. A lane whose patient is done takes the next one.
"""

from __future__ import annotations

import numpy as np

from icans.mechanism.solver.control import DONE, first_step, norms
from icans.mechanism.solver.lane import (
    ERRED,
    FRESH,
    LENGTH,
    PATIENT,
    TIME,
    give_due,
    judge,
    leave,
    move_on,
    set_step,
    take,
)
from icans.mechanism.solver.model_functions import LANES, MOVED, ROWS, STEP, Array, Whole, compiled, prepare
from icans.mechanism.solver.rodas4 import begin, interpolant, stages


@compiled
def integrate(
    first: int, last: int, begin_at: float, end_at: float, times: Array, parameters: Array, start: Array,
    dose_from: Whole, dose_time: Array, dose_slot: Whole, dose_amount: Array,
    rtol: float, atol: Array, most_steps: int, rows: Array, end: Array, status: Whole, failed: Array,
) -> None:  # fmt: skip
    """Integrate the patients `first` to `last` (not included) from `begin_at` to `end_at`.

    times       when rows are wanted, rising; a row at a dose's time is from just before the dose
    parameters  (patients, PARAMETERS + INPUTS); start: (patients, states without time)
    dose_*      doses sorted by time; those of patient p are dose_from[p] to dose_from[p + 1] (not included)
    rows        (patients, times, STATES + INPUTS), filled; end: (patients, STATES + INPUTS), filled
    status      (patients, 4): 0 or why it failed, the state that failed, steps accepted, steps tried
    failed      (patients,): the time reached by a patient that failed
    """
    W = np.zeros(ROWS * LANES)
    whole, real = np.zeros((6, LANES), np.int64), np.zeros((4, LANES))
    whole[PATIENT] = -1
    waiting = first
    while True:
        loaded, busy, fresh = False, False, False
        for lane in range(LANES):
            while whole[PATIENT, lane] >= 0 or waiting < last:
                if whole[PATIENT, lane] < 0:
                    take(W, lane, whole, real, waiting, parameters, start, begin_at, dose_from, times, rows)
                    waiting += 1
                    loaded = True
                give_due(W, lane, whole, real, end_at, dose_from, dose_time, dose_slot, dose_amount)
                if real[TIME, lane] < end_at and status[whole[PATIENT, lane], 0] == DONE:
                    break
                leave(W, lane, whole, rows, end)
            set_step(W, lane, whole, real)
            busy = busy or whole[PATIENT, lane] >= 0
        if not busy:
            break
        if loaded:
            prepare(W)
        begin(W)
        for lane in range(LANES):
            if whole[FRESH, lane] and whole[PATIENT, lane] >= 0:
                real[LENGTH, lane] = first_step(W, lane, rtol, atol, W[STEP + lane])
                whole[FRESH, lane] = 0
                fresh = True
        if fresh:
            continue
        stages(W)
        interpolant(W)
        norms(W, rtol, atol, real[ERRED])
        for lane in range(LANES):
            W[MOVED + lane] = 0.0
            if whole[PATIENT, lane] >= 0:
                judge(W, lane, whole, real, rtol, atol, most_steps, times, rows, status, failed)
        move_on(W)
