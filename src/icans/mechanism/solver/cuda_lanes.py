"""Integrating patients on a graphics card: each thread is a lane that takes the next patient when it is done with one.

What happens to a patient is written in `lane`, `control` and the method, for the processor and the card alike. All
the lanes of a warp make their step together; a new patient comes between two steps, so that none waits for another.
"""

from __future__ import annotations

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
from icans.mechanism.solver.model_functions import STEP, Array, Whole, compiled, cuda, entry, prepare
from icans.mechanism.solver.rodas4 import begin, interpolant, stages


@compiled
def try_step(W: Array, lane: int, whole: Whole, real: Array, rtol: float, atol: Array, most_steps: int, times: Array,
             rows: Array, status: Whole, failed: Array) -> None:  # fmt: skip
    """A step of one lane; where the patient is new or had a dose, only the length for it."""
    set_step(W, lane, whole, real)
    begin(W)
    if whole[FRESH, lane]:
        real[LENGTH, lane] = first_step(W, lane, rtol, atol, W[STEP + lane])
        whole[FRESH, lane] = 0
    else:
        stages(W)
        interpolant(W)
        norms(W, rtol, atol, real[ERRED])
        judge(W, lane, whole, real, rtol, atol, most_steps, times, rows, status, failed)
        move_on(W)


@entry
def integrate(
    space: Array, wholes: Whole, reals: Array, waiting: Whole, count: int, begin_at: float, end_at: float,
    times: Array, parameters: Array, start: Array, dose_from: Whole, dose_time: Array, dose_slot: Whole,
    dose_amount: Array, rtol: float, atol: Array, most_steps: int, rows: Array, end: Array, status: Whole,
    failed: Array,
) -> None:  # fmt: skip
    """Integrate `count` patients; the arguments from `begin_at` on are those of `lanes.integrate`.

    space    (blocks, ROWS * LANES), wholes (blocks, 6, LANES), reals (blocks, 4, LANES): what the lanes work in
    waiting  (1,): the next patient, 0 at first
    status   all 0 at first
    """
    block, thread, lane = cuda.blockIdx.x, cuda.threadIdx.x, 0
    W, whole, real = space[block, thread:], wholes[block, :, thread:], reals[block, :, thread:]
    whole[PATIENT, lane] = -1
    while True:
        if whole[PATIENT, lane] < 0:
            p = cuda.atomic.add(waiting, 0, 1)
            if p >= count:
                break
            take(W, lane, whole, real, p, parameters, start, begin_at, dose_from, times, rows)
            prepare(W)
        give_due(W, lane, whole, real, end_at, dose_from, dose_time, dose_slot, dose_amount)
        if real[TIME, lane] < end_at and status[whole[PATIENT, lane], 0] == DONE:
            try_step(W, lane, whole, real, rtol, atol, most_steps, times, rows, status, failed)
        else:
            leave(W, lane, whole, rows, end)
