"""How large an error is, and how long the next step."""

from __future__ import annotations

import math

from icans.mechanism.solver.model_functions import (
    ERROR,
    LANES,
    NEXT,
    SCORE,
    SLOPE,
    STATE,
    STATES,
    Array,
    compiled,
)
from icans.mechanism.solver.rodas4 import ORDER

DONE, TOO_SHORT, TOO_MANY = 0, 1, 2
SAFETY, SHRINK, GROW = 0.9, 0.2, 5.0
SHORTEST = 1e-13  # of the time reached


@compiled
def first_step(W: Array, lane: int, rtol: float, atol: Array, h: float) -> float:
    """A length for a first step: a hundredth of the time in which the states would change by their own size.

    SLOPE holds h times the rates. After Hairer, Norsett & Wanner, Solving ODEs I, section II.4.
    """
    size, speed = 0.0, 0.0
    for i in range(STATES):
        weight = atol[i] + rtol * abs(W[STATE + i * LANES + lane])
        size += (W[STATE + i * LANES + lane] / weight) ** 2
        speed += (W[SLOPE + i * LANES + lane] / h / weight) ** 2
    if not speed > 1e-30:
        return 1.0
    return max(0.01 * math.sqrt(size / speed), 0.01 / math.sqrt(speed / STATES))


@compiled
def norms(W: Array, rtol: float, atol: Array, error: Array) -> None:
    """The error of each lane: the root mean square over states of error / (atol + rtol |state|)."""
    for lane in range(LANES):
        W[SCORE + lane] = 0.0
    for i in range(STATES):
        for lane in range(LANES):
            size = max(abs(W[STATE + i * LANES + lane]), abs(W[NEXT + i * LANES + lane]))
            ratio = W[ERROR + i * LANES + lane] / (atol[i] + rtol * size)
            W[SCORE + lane] += ratio * ratio
    for lane in range(LANES):
        error[lane] = math.sqrt(W[SCORE + lane] / STATES)


@compiled
def worst(W: Array, lane: int, rtol: float, atol: Array) -> int:
    """The state with the largest error, or the first whose error is not finite."""
    found, largest = 0, -1.0
    for i in range(STATES):
        ratio = abs(W[ERROR + i * LANES + lane]) / (atol[i] + rtol * abs(W[STATE + i * LANES + lane]))
        if not math.isfinite(ratio):
            return i
        if ratio > largest:
            found, largest = i, ratio
    return found


@compiled
def next_length(h: float, error: float, rejected: bool) -> float:
    """After a step that was accepted; not longer just after one that was not."""
    factor = min(GROW, max(SHRINK, SAFETY * max(error, 1e-10) ** (-1.0 / ORDER)))
    return h * (min(factor, 1.0) if rejected else factor)


@compiled
def shorter(h: float, error: float) -> float:
    """After a step that was not accepted, because its error was too large or no number at all."""
    return h * (max(SHRINK, SAFETY * error ** (-1.0 / ORDER)) if math.isfinite(error) else SHRINK)


@compiled
def too_short(h: float, time: float) -> bool:
    """Whether a step is so short that time would hardly move."""
    return h < SHORTEST * max(1e-3, abs(time))
