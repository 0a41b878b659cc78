"""One step of RODAS4: a Rosenbrock method of order 4 with an error estimate of order 3.

Hairer & Wanner, Solving Ordinary Differential Equations II (2nd ed. 1996), section IV.7: six stages, L-stable and
stiffly accurate. Written, as there, in the transformed unknowns u, here multiplied through by STEP * GAMMA:
(I - GAMMA STEP J) u_i = GAMMA (STEP f(y + sum a_ij u_j) + sum c_ij u_j). Time is a state like the others.
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
    LANES,
    NEXT,
    QUARTIC,
    SLOPE,
    STAGE,
    STATE,
    STATES,
    Array,
    compiled,
    linearise,
    rates,
    solve,
)

GAMMA = 0.25
ORDER = 4
A21 = 1.544
A31, A32 = 0.9466785280815826, 0.2557011698983284
A41, A42, A43 = 3.314825187068521, 2.896124015972201, 0.9986419139977817
A51, A52, A53, A54 = 1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950
C21 = -5.6688
C31, C32 = -2.430093356833875, -0.2063599157091915
C41, C42, C43 = -0.1073529058151375, -9.594562251023355, -20.47028614809616
C51, C52, C53, C54 = 7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160
C61, C62, C63, C64, C65 = (
    8.083246795921522,
    -7.981132988064893,
    -31.52159432874371,
    16.31930543123136,
    -6.058818238834054,
)
D21, D22, D23, D24, D25 = (
    10.12623508344586,
    -7.487995877610167,
    -34.80091861555747,
    -7.992771707568823,
    1.025137723295662,
)
D31, D32, D33, D34, D35 = (
    -0.6762803392801253,
    6.087714651680015,
    16.43084320892478,
    24.76722511418386,
    -6.594389125716872,
)


@compiled
def begin(W: Array) -> None:
    """What a step needs at its start, where STEP and STATE are set: the slopes and the factorised matrix."""
    for q in range(STATES * LANES):
        W[STAGE + q] = W[STATE + q]
    linearise(W)


@compiled
def stages(W: Array) -> None:
    """NEXT and ERROR, and what dense output needs, from what `begin` left."""
    for q in range(STATES * LANES):
        W[SLOPE + q] = GAMMA * W[SLOPE + q]
    solve(W)
    for q in range(STATES * LANES):
        W[K1 + q] = W[SLOPE + q]
        W[STAGE + q] = W[STATE + q] + A21 * W[K1 + q]
    rates(W)
    for q in range(STATES * LANES):
        W[SLOPE + q] = GAMMA * (W[SLOPE + q] + C21 * W[K1 + q])
    solve(W)
    for q in range(STATES * LANES):
        W[K2 + q] = W[SLOPE + q]
        W[STAGE + q] = W[STATE + q] + A31 * W[K1 + q] + A32 * W[K2 + q]
    rates(W)
    for q in range(STATES * LANES):
        W[SLOPE + q] = GAMMA * (W[SLOPE + q] + C31 * W[K1 + q] + C32 * W[K2 + q])
    solve(W)
    for q in range(STATES * LANES):
        W[K3 + q] = W[SLOPE + q]
        W[STAGE + q] = W[STATE + q] + A41 * W[K1 + q] + A42 * W[K2 + q] + A43 * W[K3 + q]
    rates(W)
    for q in range(STATES * LANES):
        W[SLOPE + q] = GAMMA * (W[SLOPE + q] + C41 * W[K1 + q] + C42 * W[K2 + q] + C43 * W[K3 + q])
    solve(W)
    last_stages(W)


@compiled
def last_stages(W: Array) -> None:
    """The stages at the end of the step; the last of them is the error."""
    for q in range(STATES * LANES):
        W[K4 + q] = W[SLOPE + q]
        W[NEXT + q] = W[STATE + q] + A51 * W[K1 + q] + A52 * W[K2 + q] + A53 * W[K3 + q] + A54 * W[K4 + q]
        W[STAGE + q] = W[NEXT + q]
    rates(W)
    for q in range(STATES * LANES):
        early = C51 * W[K1 + q] + C52 * W[K2 + q] + C53 * W[K3 + q] + C54 * W[K4 + q]
        W[SLOPE + q] = GAMMA * (W[SLOPE + q] + early)
    solve(W)
    for q in range(STATES * LANES):
        W[K5 + q] = W[SLOPE + q]
        W[NEXT + q] = W[NEXT + q] + W[K5 + q]
        W[STAGE + q] = W[NEXT + q]
    rates(W)
    for q in range(STATES * LANES):
        early = C61 * W[K1 + q] + C62 * W[K2 + q] + C63 * W[K3 + q] + C64 * W[K4 + q] + C65 * W[K5 + q]
        W[SLOPE + q] = GAMMA * (W[SLOPE + q] + early)
    solve(W)
    for q in range(STATES * LANES):
        W[ERROR + q] = W[SLOPE + q]
        W[NEXT + q] = W[NEXT + q] + W[ERROR + q]


@compiled
def interpolant(W: Array) -> None:
    """CUBIC and QUARTIC: y(s) = (1-s) STATE + s (NEXT + (1-s) (CUBIC + s QUARTIC)) for s in 0..1, of order 3."""
    for q in range(STATES * LANES):
        W[CUBIC + q] = D21 * W[K1 + q] + D22 * W[K2 + q] + D23 * W[K3 + q] + D24 * W[K4 + q] + D25 * W[K5 + q]
        W[QUARTIC + q] = D31 * W[K1 + q] + D32 * W[K2 + q] + D33 * W[K3 + q] + D34 * W[K4 + q] + D35 * W[K5 + q]
