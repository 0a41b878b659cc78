"""Events that a model brings along happen once, at their times, as SBML and libRoadRunner have it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from icans.errors import DataError
from icans.mechanism.simulation.patients import Simulation
from icans.mechanism.simulation.trajectories import Trajectories
from icans.mechanism.treatment.regimen import Dose
from mechanism.compiler.made_sbml import from_antimony
from mechanism.kernels import made

EVENTS = """
model events
  x = 8; k = 0.5; T = 2; y = 1; limit = 100
  x' = -k*x; y' = 0
  at time >= T: x = x + 5, y = x            // both from the values before it
  at time >= 1.5*T: k = 2*k
  at time >= 3: limit = 7                   // at the same time as the one before
  at time > 0: y = y + 10                   // turns true just after the start
  at time >= 0: x = 1000                    // is true from the start, and so never turns true
  at time >= -1: x = 1000
end
"""
TIMES = np.array([0.5, 1.9, 2.1, 2.9, 3.1, 5.0])


def x_by_hand(t: np.ndarray) -> np.ndarray:
    """8 exp(-t/2) to t = 2, then 5 more, and from t = 3 on at twice the rate."""
    at_two = 8 * np.exp(-1) + 5
    at_three = at_two * np.exp(-0.5)
    return np.where(t < 2, 8 * np.exp(-t / 2), np.where(t < 3, at_two * np.exp(-(t - 2) / 2), at_three * np.exp(3 - t)))


def simulated(times: Sequence[float] | np.ndarray = TIMES, **parameters: Any) -> Trajectories:
    return Simulation(made(EVENTS), parameters).advance(5.0, times, ["x", "y", "k", "limit"])


def test_events_at_known_times():
    run = simulated()
    np.testing.assert_allclose(run["x"][0], x_by_hand(TIMES), rtol=1e-4)
    np.testing.assert_allclose(run["y"][0], [11, 11, *[8 * np.exp(-1)] * 4], rtol=1e-5)
    assert run["k"][0].tolist() == [0.5, 0.5, 0.5, 0.5, 1.0, 1.0]
    assert run["limit"][0].tolist() == [100.0] * 4 + [7.0] * 2


def test_as_libroadrunner_has_it():
    """Also at the very times of events, where both give the values after them."""
    import roadrunner

    times = np.sort(np.append(TIMES, [2.0, 3.0]))
    runner = roadrunner.RoadRunner(from_antimony(EVENTS))
    runner.integrator.relative_tolerance = 1e-10
    runner.timeCourseSelections = ["x", "y", "k", "limit"]
    theirs = np.array(runner.simulate(times=[0.0, *times]))[1:]
    np.testing.assert_allclose(simulated(times).values[0], theirs, rtol=1e-4)


@pytest.mark.parametrize("stops", [[2.0], [1.0, 2.0, 3.0], [0.0, 0.0, 2.0, 2.0, 2.5]])
def test_each_happens_once_wherever_the_simulation_stops(stops):
    run = Simulation(made(EVENTS), {})
    for stop in stops:
        run.advance(stop, [stop])
    seen = run.advance(5.0, [5.0], ["x", "y", "k"]).values[0, 0]
    assert seen == pytest.approx([*x_by_hand(np.array([5.0])), 8 * np.exp(-1), 1.0], rel=1e-4)


def test_their_times_follow_the_parameters():
    """T = 1: x has 5 more from t = 1 on, and k doubles at t = 1.5."""
    x = simulated([1.25], T=1.0)["x"][0, 0]
    assert x == pytest.approx((8 * np.exp(-0.5) + 5) * np.exp(-0.125), rel=1e-4)


def test_patients_with_other_doses_and_values_have_the_same_events():
    run = Simulation(made(EVENTS), {"k": [0.5, 0.1]}, [[], [Dose(1.0, "x", 2.0)]])
    x = run.advance(2.5, [2.5], ["x"])["x"][:, 0]
    other = ((8 * np.exp(-0.1) + 2) * np.exp(-0.1) + 5) * np.exp(-0.05)
    assert x == pytest.approx([(8 * np.exp(-1) + 5) * np.exp(-0.25), other], rel=1e-4)


def test_times_that_differ_between_patients_are_refused():
    with pytest.raises(DataError, match="event 1 of the model happens at different times in different patients"):
        simulated(T=[1.0, 2.0])
