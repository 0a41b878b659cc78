"""The step of RODAS4 has the order of its authors: 4, and 3 within the step (Hairer & Wanner II, section IV.7)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from mechanism.kernels import Lanes
from mechanism.solver.bench import bench


def solution(t: float) -> dict[str, float]:
    return {
        "g": 1 / (1 + 9 * np.exp(-t)), "u": np.cos(t), "v": -np.sin(t), "w": np.exp(-np.sin(t)),
        "y1": np.exp(-2 * t), "y2": np.exp(-t),
    }  # fmt: skip


def at_start(**parameters: float) -> Lanes:
    lanes = Lanes(bench(), **parameters)
    lanes.put(solution(0.0))
    lanes.put({"r1": 1.0, "q": 1.0})
    return lanes


def errors_at_two(steps: int, **parameters: float) -> dict[str, float]:
    """After `steps` equal steps from t = 0 to t = 2."""
    lanes = at_start(**parameters)
    for k in range(steps):
        lanes.step(2.0 / steps)
        lanes.block("STATE")[:] = lanes.block("NEXT")
        lanes.block("STATE")[-1] = 2.0 * (k + 1) / steps
    return {name: abs(lanes.state(name)[0] - exact) for name, exact in solution(2.0).items()}


def errors_within_one_step(h: float, **parameters: float) -> dict[str, float]:
    """The largest error at a quarter, half and three quarters of a first step."""
    lanes = at_start(**parameters)
    lanes.step(h)
    found: dict[str, float] = {}
    for s in (0.25, 0.5, 0.75):
        values = lanes.between(s)
        for name, exact in solution(s * h).items():
            error = abs(values[lanes.model.states.index(name), 0] - exact)
            found[name] = max(found.get(name, 0.0), error)
    return found


def order(coarse: Mapping[str, float], fine: Mapping[str, float], name: str, finer: float) -> float:
    return float(np.log(coarse[name] / fine[name]) / np.log(finer))


@pytest.mark.parametrize("name", ["g", "u", "v", "w", "y1", "y2"])
def test_the_order_is_four(name):
    """Eight times shorter steps make the error 8⁴ = 4096 times smaller."""
    assert order(errors_at_two(20), errors_at_two(160), name, 8) == pytest.approx(4.0, abs=0.5)


@pytest.mark.parametrize("name", ["y1", "y2"])
def test_the_order_is_four_where_the_equations_are_stiff(name):
    """With 1/eps = 10⁶ an explicit method would need steps of 10⁻⁶."""
    coarse, fine = errors_at_two(10, eps=1e-6), errors_at_two(40, eps=1e-6)
    assert order(coarse, fine, name, 4) > 3.7
    assert coarse[name] < 1e-6


@pytest.mark.parametrize("name", ["g", "u", "w", "y1", "y2"])
def test_the_order_within_a_step_is_three(name):
    """An interpolant of order 3 errs by h⁴ within one step."""
    coarse, fine = errors_within_one_step(0.05), errors_within_one_step(0.0125)
    assert order(coarse, fine, name, 4) == pytest.approx(4.0, abs=0.2)


def test_within_a_stiff_step_one_order_is_lost():
    coarse, fine = errors_within_one_step(0.05, eps=1e-6), errors_within_one_step(0.0125, eps=1e-6)
    assert order(coarse, fine, "y1", 4) == pytest.approx(3.0, abs=0.2)
    assert order(coarse, fine, "y2", 4) == pytest.approx(4.0, abs=0.2)


def test_within_a_step_the_ends_are_met_exactly():
    lanes = at_start()
    lanes.step(0.3)
    np.testing.assert_array_equal(lanes.between(0.0), lanes.block("STATE"))
    np.testing.assert_array_equal(lanes.between(1.0), lanes.block("NEXT"))


@pytest.mark.parametrize("name", ["g", "u", "w", "y1", "y2"])
def test_the_estimate_of_the_error_has_order_three(name):
    """The embedded method errs by h⁴ in one step; it is the larger of the two errors, so that the estimate is safe."""
    estimates = []
    for h in (0.05, 0.0125):
        lanes = at_start()
        lanes.step(h)
        estimates.append(abs(lanes.state(name, "ERROR")[0]))
        assert estimates[-1] > abs(lanes.state(name, "NEXT")[0] - solution(h)[name])
    assert np.log(estimates[0] / estimates[1]) / np.log(4) == pytest.approx(4.0, abs=0.3)


@pytest.mark.parametrize("stiffness", [1e2, 1e4, 1e8])
def test_what_is_stiff_dies_out_in_one_long_step(stiffness):
    """L-stability: y' = -ke y with ke h large leaves nearly nothing; a method that is only A-stable would leave ±1."""
    lanes = Lanes(bench(), ke=stiffness)
    lanes.put({"central": 1.0, "r1": 1.0, "q": 1.0, "y1": 1.0, "y2": 1.0})
    lanes.step(1.0)
    assert abs(lanes.state("central", "NEXT")[0]) < 20 / stiffness


def test_each_lane_takes_a_step_of_its_own():
    """Eight lengths of step at once give what each gives alone."""
    together, h = at_start(), np.linspace(0.01, 0.5, 8)
    together.block("STEP", 1)[:] = h
    together.kernel.begin(together.W)
    together.kernel.stages(together.W)
    for lane, length in enumerate(h):
        alone = at_start()
        alone.step(float(length))
        np.testing.assert_array_equal(together.block("NEXT")[:, lane], alone.block("NEXT")[:, 0])
