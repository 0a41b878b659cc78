"""Stiff problems take few steps, and the model made a thousand times stiffer still agrees with another solver."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from icans.mechanism.simulation.patients import Simulation
from mechanism.kernels import icans
from mechanism.solver.bench import QUIET, bench


def test_a_thousand_times_stiffer_takes_no_more_steps():
    """Kaps's problem to t = 10: its solution is exp(-2t), exp(-t), however stiff it is."""
    times = np.linspace(0.0, 10.0, 41)
    stiffness = np.array([1.0, 1e3, 1e6])
    run = Simulation(bench(), {**QUIET, "eps": 1 / stiffness}).advance(10.0, times, ["y1", "y2"])
    np.testing.assert_allclose(run["y1"], np.tile(np.exp(-2 * times), (3, 1)), atol=1e-4)
    np.testing.assert_allclose(run["y2"], np.tile(np.exp(-times), (3, 1)), atol=1e-4)
    assert run.steps.max() < 200, "an explicit method would need more than 3,000 and 3,000,000"
    assert run.steps[2] <= 1.5 * run.steps[0]


def robertson(_: float, y: np.ndarray) -> list[float]:
    slow, fast, faster = 0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] ** 2
    return [fast - slow, slow - fast - faster, faster]


def test_robertsons_reactions():
    """Rate constants from 0.04 to 3e7, over seven decades of time, against SciPy's Radau at 1e-10."""
    times = np.array([0.4, 4.0, 40.0, 400.0, 4e3, 4e4, 4e5])
    exact = solve_ivp(robertson, (0, times[-1]), [1.0, 0.0, 0.0], "Radau", times, rtol=1e-10, atol=1e-16).y
    run = Simulation(bench(), {**QUIET, "on": 1.0}).advance(float(times[-1]), times, ["r1", "r2", "r3"])
    assert run.steps[0] < 400
    for name, expected in zip(run.names, exact, strict=True):
        np.testing.assert_allclose(run[name][0], expected, atol=1e-4 * expected.max())
    np.testing.assert_allclose(sum(run[name] for name in run.names), 1.0, atol=1e-9, err_msg="nothing is lost")


def test_robertsons_reactions_as_published():
    """Printed by SUNDIALS' example cvRoberts (rtol 1e-4), to the digits that its tolerance supports."""
    run = Simulation(bench(), {**QUIET, "on": 1.0}).advance(4000.0, [40.0, 4000.0], ["r1", "r2", "r3"])
    assert run.values[0, 0] == pytest.approx([7.158e-01, 9.185e-06, 2.842e-01], rel=1e-3)
    assert run.values[0, 1] == pytest.approx([1.832e-01, 8.942e-07, 8.168e-01], rel=1e-3)


STIFFER = {
    "IL-1 cleared and released within seconds": ("k1", "p1"),
    "IL-6 cleared and released within seconds": ("k6n", "k6r", "p6", "p6e"),
    "microglia that are switched within seconds": ("kG", "dG"),
    "plasma and tissue exchanged within seconds": ("L0",),
}
"""What is made a thousand times faster: nothing leaves its range, only the time that it takes becomes shorter."""


@pytest.mark.parametrize("names", STIFFER.values(), ids=STIFFER)
def test_the_model_made_a_thousand_times_stiffer(names):
    model, days = icans(), np.linspace(0.0, 30.0, 121)
    parameters = {"burden": 200.0} | {name: 1e3 * model.constants[name] for name in names}
    run = Simulation(model, parameters)
    start, named = run.states[0].copy(), run.named()
    ours = run.advance(30.0, days, model.states)
    assert ours.steps[0] < 1000
    there = solve_ivp(
        lambda t, y: np.stack([np.broadcast_to(r, y.shape[1:]) for r in model.plain.rates(t, y, named)]),
        (0, 30), start, "Radau", days, rtol=1e-7, atol=1e-10, vectorized=True,
    )  # fmt: skip
    for name, expected in zip(model.states, there.y, strict=True):
        np.testing.assert_allclose(ours[name][0], expected, atol=1e-4 * np.abs(expected).max(), err_msg=name)
