"""A simulation can be stopped, looked at and gone on with; what it gives is labelled."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from icans.mechanism.simulation.in_silico import simulate
from icans.mechanism.simulation.patients import Simulation
from icans.mechanism.treatment.regimen import Dose
from mechanism.kernels import icans
from mechanism.solver.bench import BENCH, QUIET, bench

DAYS = np.linspace(0.0, 30.0, 121)
TREATED = [Dose(3.0, "toc1", 640.0), Dose(7.0, "in_dex", 40.0), Dose(7.4, "in_dex", -40.0), Dose(20.0, "anad", 100.0)]


@pytest.fixture(scope="module")
def in_one_go():
    return Simulation(icans(), {"burden": [50.0, 200.0]}, TREATED).advance(30.0, DAYS)


@pytest.mark.parametrize("stops", [[7.2], [3.0, 7.0, 7.4], [0.01, 0.02, 15.0], list(range(1, 30))])
def test_stopping_and_going_on_changes_no_more_than_the_tolerance(in_one_go, stops):
    """Also in the middle of an infusion, and at the time of a dose, which is given once."""
    run = Simulation(icans(), {"burden": [50.0, 200.0]}, TREATED)
    whole = run.advance(0.0, [0.0])
    for start, stop in zip([0.0, *stops], [*stops, 30.0], strict=True):
        whole = whole.then(run.advance(stop, DAYS[(start <= DAYS) & (stop >= DAYS)]))
    np.testing.assert_array_equal(whole.times, DAYS)
    size = np.abs(in_one_go.values).max(axis=(0, 1))
    assert np.all(np.abs(whole.values - in_one_go.values) <= 1e-4 * size)


def test_whole_numbers_of_days_compile_nothing_anew():
    """To Numba 5 and 5.0 are of different types, for which it would compile another kernel, half a minute long."""
    Simulation(bench(), {"g0": 1}, [Dose(0, "central", 1)], begin=0, rtol=1).advance(5, [0, 5])
    for kernel in (bench().kernel.integrate, bench().kernel.observe_rows):
        assert len(kernel.signatures) == 1


def test_standing_still_changes_nothing():
    run = Simulation(icans(), {"burden": 200.0}, TREATED)
    run.advance(10.0)
    before, inputs = run.states.copy(), run.inputs.copy()
    run.advance(10.0, [10.0])
    assert run.time == 10.0
    np.testing.assert_array_equal(run.states, before)
    np.testing.assert_array_equal(run.inputs, inputs)


def test_it_can_be_gone_on_with_in_another_simulation():
    """States and inputs are all that a patient is."""
    first = Simulation(bench(), {"g0": 0.2})
    first.advance(1.0)
    second = Simulation(bench(), {"g0": 0.2}, begin=1.0, states=first.states)
    there = second.advance(2.0, [2.0], ["g", "u"]).values[0, 0]
    assert there == pytest.approx([1 / (1 + 4 * np.exp(-2.0)), np.cos(2.0)], abs=1e-4)


def test_one_row_of_states_is_for_everybody():
    first = Simulation(bench(), {})
    first.advance(1.0)
    both = Simulation(bench(), {"V": [4.0, 5.0]}, begin=1.0, states=first.states).advance(2.0, [2.0], ["u"])
    assert both["u"][:, 0] == pytest.approx([np.cos(2.0)] * 2, abs=1e-4)


def test_known_solutions_at_the_default_tolerance():
    run = Simulation(bench(), {}).advance(10.0, np.linspace(0, 10, 101))
    t = run.times
    expected = {"g": 1 / (1 + 9 * np.exp(-t)), "u": np.cos(t), "v": -np.sin(t), "w": np.exp(-np.sin(t))}
    for name, exact in expected.items():
        np.testing.assert_allclose(run[name][0], exact, atol=1e-4 * np.abs(exact).max(), err_msg=name)


@pytest.mark.parametrize("rtol", [1e-3, 1e-5, 1e-7, 1e-9])
def test_a_smaller_tolerance_makes_a_smaller_error(rtol):
    run = Simulation(bench(), {}, rtol=rtol).advance(10.0, np.linspace(0, 10, 101), ["u"])
    assert np.abs(run["u"][0] - np.cos(run.times)).max() < 10 * rtol


def test_parameters_are_numbers_for_all_or_one_a_patient():
    run = Simulation(bench(), {"g0": [0.1, 0.5], "u0": 2.0}).advance(1.0, [0.0, 1.0], ["g", "u"])
    assert run.values[:, 0].tolist() == [[0.1, 2.0], [0.5, 2.0]]
    assert run["g"][:, 1] == pytest.approx([1 / (1 + 9 * np.exp(-1)), 1 / (1 + np.exp(-1))], abs=1e-5)


def test_by_default_all_states_and_calculated_quantities_are_given():
    run = Simulation(bench(), {}).advance(1.0, [0.0, 1.0])
    assert run.names == bench().states + bench().assigned
    assert run.values.shape == (1, 2, len(run.names))


def test_calculated_quantities_follow_the_states():
    run = Simulation(bench(), {"V": [4.0, 5.0]}, [Dose(0.2, "depot", 10.0)]).advance(3.0, np.linspace(0, 3, 20))
    np.testing.assert_allclose(run["concentration"], run["central"] / [[4.0], [5.0]], rtol=1e-14)


def test_time_and_inputs_can_be_looked_at():
    run = Simulation(bench(), {}, [Dose(0.5, "in_central", 3.0)]).advance(1.0, [0.25, 1.0], ["time", "in_central"])
    np.testing.assert_allclose(run.values[0], [[0.25, 0.0], [1.0, 3.0]], rtol=1e-14)


def test_without_times_there_is_nothing_to_see_but_time_passes():
    run = Simulation(bench(), {"V": [4.0, 5.0]})
    for times in (None, [], np.array([])):
        seen = run.advance(run.time + 1.0, times)
        assert seen.values.shape == (2, 0, len(bench().states + bench().assigned))
        assert seen.frame().height == 0
    assert run.time == 3.0
    assert run.states[0, bench().states.index("u")] == pytest.approx(np.cos(3.0), abs=1e-4)


def test_without_outputs_there_are_only_times():
    assert Simulation(bench(), {}).advance(1.0, [0.5], []).frame().columns == ["patient", "time"]


def test_no_patients_are_simulated_into_nothing():
    run = Simulation(bench(), {"V": [], "ka": 2.0}).advance(1.0, [0.0, 1.0], ["u"])
    assert run.values.shape == (0, 2, 1)
    assert len(run) == 0


def test_a_frame_has_one_row_a_patient_and_time():
    run = Simulation(bench(), {"u0": [1.0, 2.0]}).advance(1.0, [0.0, 1.0], ["u", "g"])
    frame = run.frame()
    assert frame.columns == ["patient", "time", "u", "g"]
    assert frame["patient"].to_list() == [0, 0, 1, 1]
    assert frame["time"].to_list() == [0.0, 1.0, 0.0, 1.0]
    assert frame.filter(pl.col("time") == 0)["u"].to_list() == [1.0, 2.0]


def test_of_two_pieces_with_the_same_time_the_later_counts():
    """Just before the dose in the first, and just after it in none: both stand before it."""
    run = Simulation(bench(), QUIET, [Dose(0.0, "central", 8.0)])
    first, second = run.advance(1.0, [0.0, 1.0], ["central"]), run.advance(2.0, [1.0, 2.0], ["central"])
    both = first.then(second)
    assert both.times.tolist() == [0.0, 1.0, 2.0]
    assert both["central"][0] == pytest.approx([0.0, 8 * np.exp(-0.5), 8 * np.exp(-1)], rel=1e-4)
    assert both.steps[0] == first.steps[0] + second.steps[0]


def test_progress_is_told_to_the_last_patient():
    told: list[tuple[int, int]] = []
    Simulation(bench(), {"V": np.full(600, 4.0)}, threads=2).advance(1.0, progress=lambda *n: told.append(n))
    assert [total for _, total in told] == [600] * len(told)
    assert sorted(done for done, _ in told)[-1] == 600
    assert len(told) == 3, "600 patients are three portions of up to 256"


def test_the_front_door_looks_every_six_hours_for_thirty_days():
    run = simulate({"burden": 100.0}, outputs=["IL6"])
    np.testing.assert_allclose(run.times, np.arange(121) / 4)


@pytest.mark.parametrize("days", [0.05, 0.25, 1.0])
def test_however_short_it_is_the_last_day_is_seen(days):
    run = simulate({"burden": 100.0}, days=days, outputs=["IL6"])
    assert (run.times[0], run.times[-1]) == (0.0, days)


def test_the_bench_of_these_tests_says_what_its_solutions_are():
    assert BENCH.count("'") - BENCH.count("Kaps's") - BENCH.count("Robertson's") == len(bench().states)
