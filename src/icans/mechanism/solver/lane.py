"""All that is done for one lane at a time: a patient comes, gets doses, makes steps, leaves rows behind, and goes."""

from __future__ import annotations

import math

from icans.mechanism.solver.control import DONE, TOO_MANY, TOO_SHORT, next_length, shorter, too_short, worst
from icans.mechanism.solver.model_functions import (
    CUBIC,
    INPUT,
    INPUTS,
    LANES,
    MOVED,
    NEXT,
    PARAMETER,
    PARAMETERS,
    QUARTIC,
    STATE,
    STATES,
    STEP,
    Array,
    Whole,
    compiled,
)

# What is known of each lane: rows of two small arrays.
PATIENT, DOSE, OUTPUT, FRESH, CUT, REJECTED = 0, 1, 2, 3, 4, 5
TIME, LENGTH, STOP, ERRED = 0, 1, 2, 3


@compiled
def load(W: Array, lane: int, patient: int, parameters: Array, start: Array, begin_at: float) -> None:
    """Put a patient into a lane: parameters (the inputs last), states at the start, time."""
    for i in range(PARAMETERS):
        W[PARAMETER + i * LANES + lane] = parameters[patient, i]
    for i in range(INPUTS):
        W[INPUT + i * LANES + lane] = parameters[patient, PARAMETERS + i]
    for i in range(STATES - 1):
        W[STATE + i * LANES + lane] = start[patient, i]
    W[STATE + (STATES - 1) * LANES + lane] = begin_at


@compiled
def give(W: Array, lane: int, slot: int, amount: float) -> None:
    """A dose: add `amount` to a state, or to an input (slots after the states)."""
    if slot < STATES - 1:
        W[STATE + slot * LANES + lane] += amount
    else:
        W[INPUT + (slot - STATES + 1) * LANES + lane] += amount


@compiled
def copy_out(W: Array, lane: int, row: Array) -> None:
    """The states and inputs of a lane as they are now."""
    for i in range(STATES):
        row[i] = W[STATE + i * LANES + lane]
    for i in range(INPUTS):
        row[STATES + i] = W[INPUT + i * LANES + lane]


@compiled
def copy_between(W: Array, lane: int, s: float, row: Array) -> None:
    """The states at the fraction s of the step just made, and the inputs during it."""
    for i in range(STATES):
        q = i * LANES + lane
        inner = W[NEXT + q] + (1.0 - s) * (W[CUBIC + q] + s * W[QUARTIC + q])
        row[i] = (1.0 - s) * W[STATE + q] + s * inner
    for i in range(INPUTS):
        row[STATES + i] = W[INPUT + i * LANES + lane]


@compiled
def leave(W: Array, lane: int, whole: Whole, rows: Array, end: Array) -> None:
    """The patient of a lane is done: his end, and no numbers in the rows that he did not reach."""
    p = whole[PATIENT, lane]
    copy_out(W, lane, end[p])
    for k in range(whole[OUTPUT, lane], rows.shape[1]):
        for i in range(STATES + INPUTS):
            rows[p, k, i] = math.nan
    whole[PATIENT, lane] = -1


@compiled
def take(W: Array, lane: int, whole: Whole, real: Array, p: int, parameters: Array, start: Array, begin_at: float,
         dose_from: Whole, times: Array, rows: Array) -> None:  # fmt: skip
    """A new patient for an empty lane; rows wanted at his start or before are what he starts with."""
    load(W, lane, p, parameters, start, begin_at)
    whole[PATIENT, lane], whole[DOSE, lane], whole[OUTPUT, lane] = p, dose_from[p], 0
    whole[FRESH, lane], whole[REJECTED, lane] = 1, 0
    real[TIME, lane], real[LENGTH, lane] = begin_at, 1e-3
    while whole[OUTPUT, lane] < times.size and times[whole[OUTPUT, lane]] <= begin_at:
        copy_out(W, lane, rows[p, whole[OUTPUT, lane]])
        whole[OUTPUT, lane] += 1


@compiled
def give_due(W: Array, lane: int, whole: Whole, real: Array, end_at: float, dose_from: Whole, dose_time: Array,
             dose_slot: Whole, dose_amount: Array) -> None:  # fmt: skip
    """The doses that are due (those at the very end are left to who goes on from there), and the next stop."""
    last = dose_from[whole[PATIENT, lane] + 1]
    while whole[DOSE, lane] < last and dose_time[whole[DOSE, lane]] <= real[TIME, lane] < end_at:
        give(W, lane, dose_slot[whole[DOSE, lane]], dose_amount[whole[DOSE, lane]])
        whole[DOSE, lane] += 1
        whole[FRESH, lane] = 1
    real[STOP, lane] = end_at
    if whole[DOSE, lane] < last:
        real[STOP, lane] = min(end_at, dose_time[whole[DOSE, lane]])


@compiled
def set_step(W: Array, lane: int, whole: Whole, real: Array) -> None:
    """The step to try: not beyond the next stop, and not so close to it that a crumb is left."""
    W[STEP + lane] = 0.0
    if whole[PATIENT, lane] >= 0:
        left, h = real[STOP, lane] - real[TIME, lane], real[LENGTH, lane]
        whole[CUT, lane] = 1 if h * 1.0001 >= left else 0
        W[STEP + lane] = left if h * 1.0001 >= left else (0.5 * left if 2.0 * h > left else h)


@compiled
def accept(W: Array, lane: int, whole: Whole, real: Array, times: Array, rows: Array) -> None:
    """Go to the end of the step, and write the rows that lie within it."""
    p, h = whole[PATIENT, lane], W[STEP + lane]
    reached = real[STOP, lane] if whole[CUT, lane] else real[TIME, lane] + h
    while whole[OUTPUT, lane] < times.size and times[whole[OUTPUT, lane]] <= reached:
        at = times[whole[OUTPUT, lane]]
        copy_between(W, lane, (at - real[TIME, lane]) / h, rows[p, whole[OUTPUT, lane]])
        whole[OUTPUT, lane] += 1
    W[NEXT + (STATES - 1) * LANES + lane] = reached
    real[TIME, lane] = reached


@compiled
def move_on(W: Array) -> None:
    """The end of the step becomes the start of the next one in every lane where it was accepted."""
    for i in range(STATES):
        for lane in range(LANES):
            q = i * LANES + lane
            W[STATE + q] = W[NEXT + q] if W[MOVED + lane] > 0.0 else W[STATE + q]


@compiled
def judge(W: Array, lane: int, whole: Whole, real: Array, rtol: float, atol: Array, most_steps: int, times: Array,
          rows: Array, status: Whole, failed: Array) -> None:  # fmt: skip
    """Accept a step or not, and choose the length of the next; a patient that cannot go on is marked as failed."""
    p, h, error = whole[PATIENT, lane], W[STEP + lane], real[ERRED, lane]
    status[p, 3] += 1
    W[MOVED + lane] = 1.0 if error <= 1.0 else 0.0
    if error <= 1.0:
        status[p, 2] += 1
        accept(W, lane, whole, real, times, rows)
        longer = next_length(h, error, whole[REJECTED, lane] == 1)
        # A step cut by a stop says little about how long a step could be.
        real[LENGTH, lane] = max(real[LENGTH, lane], longer) if whole[CUT, lane] and longer > h else longer
        whole[REJECTED, lane] = 0
    else:
        real[LENGTH, lane] = shorter(h, error)
        whole[REJECTED, lane] = 1
        if too_short(real[LENGTH, lane], real[TIME, lane]):
            status[p, 0] = TOO_SHORT
    if status[p, 0] == DONE and status[p, 3] >= most_steps:
        status[p, 0] = TOO_MANY
    if status[p, 0] != DONE:
        status[p, 1] = worst(W, lane, rtol, atol)
        failed[p] = real[TIME, lane]
