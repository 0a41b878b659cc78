"""The peers that the mechanism is measured against: libRoadRunner, and SciPy's LSODA."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from icans.mechanism.compiler.compiled import Compiled

Array = NDArray[np.float64]
Rates = Callable[[float, Array], Array]


def roadrunner_run(
    sbml: str, names: Sequence[str], parameters: Mapping[str, Array], start: Array, grid: Array, rtol: float
) -> tuple[Array, float]:
    """States (patients, times, names) by libRoadRunner (CVODE), and the seconds of its simulations alone.

    Setting the parameters and the start of each patient is not counted.
    """
    import roadrunner

    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)
    runner = roadrunner.RoadRunner(sbml)
    runner.timeCourseSelections = ["time", *names]
    found, seconds = np.empty((len(start), grid.size, len(names))), 0.0
    for patient, states in enumerate(start):
        runner.resetAll()
        for name, values in parameters.items():
            runner.setValue(name, float(values[patient]))
        for name, value in zip(names, states, strict=True):
            # It lowers its absolute tolerance to the smallest state that is not zero: rounding is no state.
            runner.setValue(name, 0.0 if abs(value) < 1e-15 else float(value))
        runner.integrator.relative_tolerance = rtol
        runner.integrator.absolute_tolerance = rtol * 1e-4
        runner.integrator.maximum_num_steps = 200_000
        began = time.perf_counter()
        table = np.array(runner.simulate(float(grid[0]), float(grid[-1]), grid.size))
        seconds += time.perf_counter() - began
        found[patient] = table[:, 1:]
    return found, seconds


def lsoda_run(rates: Rates, start: Array, grid: Array, rtol: float, atol: Array) -> Array:
    """One patient's states (times, states) by SciPy's LSODA."""
    solved = solve_ivp(rates, (grid[0], grid[-1]), start, "LSODA", grid, rtol=rtol, atol=atol)
    return solved.y.T


def interpreted(model: Compiled, parameters: Mapping[str, float]) -> Rates:
    """The right-hand side as plain NumPy, interpreted."""
    return lambda time, states: np.array(model.plain.rates(time, states, parameters))


def machine_code(model: Compiled, parameters: Mapping[str, float]) -> Rates:
    """The right-hand side as machine code: that of our kernel, called for one patient."""
    kernel = model.kernel
    lanes, rows = kernel.LANES, np.zeros(kernel.ROWS * kernel.LANES)
    for i, name in enumerate(model.constants):
        rows[kernel.PARAMETER + i * lanes :][:lanes] = parameters[name]
    kernel.prepare(rows)
    rows[kernel.STEP :][:lanes] = 1.0
    states_at = slice(kernel.STAGE, kernel.STAGE + (kernel.STATES - 1) * lanes, lanes)
    time_at = kernel.STAGE + (kernel.STATES - 1) * lanes
    slopes_at = slice(kernel.SLOPE, kernel.SLOPE + (kernel.STATES - 1) * lanes, lanes)

    def rates(time: float, states: Array) -> Array:
        rows[states_at] = states
        rows[time_at] = time
        kernel.rates(rows)
        return rows[slopes_at].copy()

    return rates
