"""A patient who cannot be simulated: which, when, which state, why; and the others go on."""

from __future__ import annotations

import numpy as np
import pytest

from icans.errors import DataError
from icans.mechanism.simulation import stretch
from icans.mechanism.simulation.in_silico import simulate
from icans.mechanism.simulation.patients import Simulation
from icans.mechanism.simulation.steady import steady_start
from icans.mechanism.treatment.regimen import Dose
from mechanism.kernels import icans
from mechanism.solver.bench import bench

TIMES = np.linspace(0.0, 4.0, 41)
BLOW = [0.0, 1.0, 0.5, 0.0]
"""q = 1/(1 - blow t): the second patient's has no end at day 1, the third's at day 2."""


def kept() -> Simulation:
    return Simulation(bench(), {"blow": BLOW}, keep=True)


def test_the_error_names_patient_time_state_and_reason():
    with pytest.raises(DataError) as caught:
        Simulation(bench(), {"blow": BLOW}).advance(4.0, TIMES)
    first, second = caught.value.problems
    assert first.startswith("patient 1 at day 1: ")
    assert second.startswith("patient 2 at day 2: ")
    assert "the step became shorter than time can tell" in first
    assert first.endswith("the state that failed is q")


def test_of_many_failures_five_are_told():
    with pytest.raises(DataError) as caught:
        Simulation(bench(), {"blow": np.ones(20)}).advance(4.0)
    assert len(caught.value.problems) == 5


def test_the_others_are_as_if_they_were_alone():
    run = kept().advance(4.0, TIMES)
    well = Simulation(bench(), {"blow": [0.0]}).advance(4.0, TIMES)
    np.testing.assert_array_equal(run.values[0], well.values[0])
    np.testing.assert_array_equal(run.values[3], well.values[0])


def test_values_are_right_up_to_the_failure_and_not_a_number_after_it():
    run = kept().advance(4.0, TIMES)
    for patient, end in ((1, 1.0), (2, 2.0)):
        before = end * 0.999 > TIMES
        q = run["q"][patient]
        np.testing.assert_allclose(q[before], 1 / (1 - TIMES[before] / end), rtol=1e-3)
        assert np.isnan(run.values[patient, end < TIMES]).all(), "calculated quantities too"


def test_a_condition_on_what_is_not_a_number_is_not_a_number_either():
    """piecewise(1, q > 5, 0) would be 0 for a q that is not a number."""
    run = Simulation(bench(), {"blow": 1.0}, keep=True).advance(2.0, [0.5, 0.9, 1.5], ["high", "always"])
    assert run["high"][0].tolist()[:2] == [0.0, 1.0]
    assert np.isnan(run["high"][0, 2])
    assert np.isnan(run["always"][0, 2])


def test_failures_are_told_once_with_their_patients_and_times():
    run = kept()
    seen = run.advance(1.5, [1.5]), run.advance(3.0, [3.0]), run.advance(4.0, [4.0])
    assert [[f.patient for f in part.failures] for part in seen] == [[1], [2], []]
    assert [f.time for f in run.failures.values()] == pytest.approx([1.0, 2.0], abs=1e-3)
    assert {f.state for f in run.failures.values()} == {"q"}


def test_nobody_comes_back_after_a_failure():
    """Neither by going on nor by a dose: the last state that was right is not where he is later."""
    run = kept()
    run.advance(1.5)
    run.give([Dose(2.0, "q", 1.0), Dose(2.0, "central", 1.0)], [1])
    later = run.advance(4.0, [1.5, 3.0, 4.0])
    assert np.isnan(later.values[1]).all()
    assert np.isfinite(later.values[[0, 3]]).all()
    assert np.isnan(run.states[1]).all()


def test_a_value_that_is_none_from_the_start():
    states = np.array([np.ones(len(bench().states))] * 2)
    states[1, bench().states.index("central")] = np.nan
    with pytest.raises(DataError, match=r"patient 1 at day 0: .*the state that failed is central"):
        Simulation(bench(), {"ke": [0.5, 0.5]}, states=states).advance(1.0)


def test_more_steps_than_are_allowed(monkeypatch):
    monkeypatch.setattr(stretch, "MOST_STEPS", 20)
    with pytest.raises(DataError, match=r"patient 0 at day \S+: more than .* steps were needed; the state"):
        Simulation(bench(), {}, rtol=1e-9).advance(100.0)


def test_a_patient_of_the_model_without_a_volume_for_his_drug():
    """Whoever is not at rest without cells is run to it first, from day -60."""
    with pytest.raises(DataError, match=r"patient 1 at day -60: .* a value is not finite.*the state that failed is"):
        simulate({"burden": [100.0, 100.0], "V1t": [4.0, 0.0]}, days=1.0)


CHRONIC = {"burden": 100.0, "e_ins": [0.0, 0.1, 0.1], "V1t": [4.0, 4.0, 0.0]}
"""The second and third are run to their own rest first; the third has no concentration of his drug."""


def test_a_failure_before_day_0_names_the_patient_as_he_was_given():
    with pytest.raises(DataError, match="patient 2 at day -60: "):
        steady_start(icans(), CHRONIC)


def test_a_failure_before_day_0_can_be_kept():
    run = simulate(CHRONIC, days=2.0, times=[0.0, 2.0], keep=True)
    assert [f.patient for f in run.failures] == [2]
    assert np.isnan(run.values[2]).all()
    assert np.isfinite(run.values[:2]).all()
