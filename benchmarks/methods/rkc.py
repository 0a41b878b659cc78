"""One step of the Runge-Kutta-Chebyshev method of order 2 with six stages, for comparison with what is shipped.

Sommeijer, Shampine & Verwer, J Comput Appl Math 88:315 (1998): formulas 2.2 to 2.8 there. Its stability reaches to
about -23 along the negative axis. Same form as `icans.mechanism.solver.rodas4`; dense output by Hermite's cubic.
"""

from __future__ import annotations

import numpy as np

from icans.mechanism.solver.model_functions import (
    CUBIC,
    ERROR,
    K1,
    K2,
    K3,
    K4,
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

ORDER = 3  # of the error, which the control of the step works with
STAGES = 6
GAMMA = 1.0  # not used: no matrix is factorised


def chebyshev(stages: int):
    """mu, nu, mu~ and gamma~ of each stage, and mu~ of the first."""
    w0 = 1.0 + (2.0 / 13.0) / stages**2
    base = [np.polynomial.chebyshev.Chebyshev.basis(j) for j in range(stages + 1)]
    t = [float(p(w0)) for p in base]
    dt = [float(p.deriv()(w0)) for p in base]
    ddt = [float(p.deriv(2)(w0)) for p in base]
    w1 = dt[stages] / ddt[stages]
    b = [0.0, 0.0, *(ddt[j] / dt[j] ** 2 for j in range(2, stages + 1))]
    b[0] = b[1] = b[2]
    rows = []
    for j in range(2, stages + 1):
        mu, nu, mu_tilde = 2 * b[j] * w0 / b[j - 1], -b[j] / b[j - 2], 2 * b[j] * w1 / b[j - 1]
        rows.append((mu, nu, mu_tilde, -(1 - b[j - 1] * t[j - 1]) * mu_tilde))
    return np.array(rows), b[1] * w1


TABLE, FIRST = chebyshev(STAGES)


@compiled
def begin(W: Array) -> None:
    """The slopes at the start."""
    for q in range(STATES * LANES):
        W[STAGE + q] = W[STATE + q]
    rates(W)


@compiled
def stages(W: Array) -> None:
    """NEXT and ERROR; K1: slopes at the start, K2 and K3: the last two stages, K4: slopes at the end."""
    for q in range(STATES * LANES):
        W[K1 + q] = W[SLOPE + q]
        W[K2 + q] = W[STATE + q]
        W[K3 + q] = W[STATE + q] + FIRST * W[K1 + q]
        W[STAGE + q] = W[K3 + q]
    for j in range(STAGES - 1):
        mu, nu, mu_tilde, gamma_tilde = TABLE[j, 0], TABLE[j, 1], TABLE[j, 2], TABLE[j, 3]
        rates(W)
        for q in range(STATES * LANES):
            old = (1.0 - mu - nu) * W[STATE + q] + mu * W[K3 + q] + nu * W[K2 + q]
            W[STAGE + q] = old + mu_tilde * W[SLOPE + q] + gamma_tilde * W[K1 + q]
            W[K2 + q] = W[K3 + q]
            W[K3 + q] = W[STAGE + q]
    rates(W)
    for q in range(STATES * LANES):
        W[NEXT + q] = W[K3 + q]
        W[K4 + q] = W[SLOPE + q]
        W[ERROR + q] = 0.8 * (W[STATE + q] - W[NEXT + q]) + 0.4 * (W[K1 + q] + W[K4 + q])


@compiled
def interpolant(W: Array) -> None:
    """CUBIC and QUARTIC of Hermite's cubic through both ends and their slopes."""
    for q in range(STATES * LANES):
        difference = W[NEXT + q] - W[STATE + q]
        W[CUBIC + q] = W[K1 + q] - difference
        W[QUARTIC + q] = 2.0 * difference - W[K1 + q] - W[K4 + q]
