"""One step of Dormand & Prince's method of order 5(4), for comparison with the method that is shipped.

J Comput Appl Math 6:19 (1980). Same form as `icans.mechanism.solver.rodas4`; dense output by Hermite's cubic.
"""

from __future__ import annotations

from icans.mechanism.solver.model_functions import (
    CUBIC,
    ERROR,
    K1,
    K2,
    K3,
    K4,
    K5,
    K6,
    K7,
    LANES,
    NEXT,
    QUARTIC,
    SLOPE,
    STAGE,
    STATE,
    STATES,
    Array,
    compiled,
    rates,
)

ORDER = 5
GAMMA = 1.0  # not used: no matrix is factorised


@compiled
def begin(W: Array) -> None:
    """The slopes at the start."""
    for q in range(STATES * LANES):
        W[STAGE + q] = W[STATE + q]
    rates(W)


@compiled
def stages(W: Array) -> None:
    """NEXT and ERROR, from what `begin` left."""
    for q in range(STATES * LANES):
        W[K1 + q] = W[SLOPE + q]
        W[STAGE + q] = W[STATE + q] + W[K1 + q] * (1 / 5)
    rates(W)
    for q in range(STATES * LANES):
        W[K2 + q] = W[SLOPE + q]
        W[STAGE + q] = W[STATE + q] + W[K1 + q] * (3 / 40) + W[K2 + q] * (9 / 40)
    rates(W)
    for q in range(STATES * LANES):
        W[K3 + q] = W[SLOPE + q]
        W[STAGE + q] = W[STATE + q] + W[K1 + q] * (44 / 45) - W[K2 + q] * (56 / 15) + W[K3 + q] * (32 / 9)
    rates(W)
    for q in range(STATES * LANES):
        W[K4 + q] = W[SLOPE + q]
        early = W[K1 + q] * (19372 / 6561) - W[K2 + q] * (25360 / 2187) + W[K3 + q] * (64448 / 6561)
        W[STAGE + q] = W[STATE + q] + early - W[K4 + q] * (212 / 729)
    rates(W)
    for q in range(STATES * LANES):
        W[K5 + q] = W[SLOPE + q]
        early = W[K1 + q] * (9017 / 3168) - W[K2 + q] * (355 / 33) + W[K3 + q] * (46732 / 5247)
        W[STAGE + q] = W[STATE + q] + early + W[K4 + q] * (49 / 176) - W[K5 + q] * (5103 / 18656)
    rates(W)
    for q in range(STATES * LANES):
        W[K6 + q] = W[SLOPE + q]
        early = W[K1 + q] * (35 / 384) + W[K3 + q] * (500 / 1113) + W[K4 + q] * (125 / 192)
        W[NEXT + q] = W[STATE + q] + early - W[K5 + q] * (2187 / 6784) + W[K6 + q] * (11 / 84)
        W[STAGE + q] = W[NEXT + q]
    rates(W)
    for q in range(STATES * LANES):
        W[K7 + q] = W[SLOPE + q]
        early = W[K1 + q] * (71 / 57600) - W[K3 + q] * (71 / 16695) + W[K4 + q] * (71 / 1920)
        late = W[K6 + q] * (22 / 525) - W[K7 + q] * (1 / 40)
        W[ERROR + q] = early - W[K5 + q] * (17253 / 339200) + late


@compiled
def interpolant(W: Array) -> None:
    """CUBIC and QUARTIC of Hermite's cubic through both ends and their slopes."""
    for q in range(STATES * LANES):
        difference = W[NEXT + q] - W[STATE + q]
        W[CUBIC + q] = W[K1 + q] - difference
        W[QUARTIC + q] = 2.0 * difference - W[K1 + q] - W[K7 + q]
