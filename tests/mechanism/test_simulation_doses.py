"""Doses: at exact times, of any number, against the solutions of linear pharmacokinetics."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from icans.errors import DataError
from icans.mechanism.simulation.patients import Simulation
from icans.mechanism.treatment.regimen import Dose
from mechanism.kernels import icans
from mechanism.solver.bench import QUIET, absorbed, bench, given, infused

DAYS = np.linspace(0.0, 10.0, 81)
NEAR = 1e-4


def amount(doses: Sequence[Dose], times: Sequence[float] | np.ndarray = DAYS) -> np.ndarray:
    """What is in the blood: in mg, shape (times,)."""
    return Simulation(bench(), QUIET, doses).advance(10.0, times, ["central"])["central"][0]


def test_a_dose_into_the_blood():
    np.testing.assert_allclose(amount([Dose(2.5, "central", 100.0)]), given(DAYS, 100.0, 2.5), atol=100 * NEAR)


def test_a_dose_into_the_depot():
    np.testing.assert_allclose(amount([Dose(1.0, "depot", 100.0)]), absorbed(DAYS, 100.0, 1.0), atol=100 * NEAR)


def test_repeated_doses_add_up():
    doses = [Dose(day, "depot", 50.0) for day in np.arange(1.0, 9.0, 0.25)]
    expected = sum(absorbed(DAYS, 50.0, dose.time) for dose in doses)
    np.testing.assert_allclose(amount(doses), expected, atol=np.max(expected) * NEAR)


def test_an_infusion_is_a_rate_for_its_time():
    doses = [Dose(1.3, "in_central", 40.0), Dose(4.7, "in_central", -40.0)]
    np.testing.assert_allclose(amount(doses), infused(DAYS, 40.0, 1.3, 4.7), atol=80 * NEAR)


def test_infusions_that_overlap_add_up():
    doses = [
        Dose(1, "in_central", 40),
        Dose(3, "in_central", 20),
        Dose(5, "in_central", -40),
        Dose(6, "in_central", -20),
    ]
    expected = infused(DAYS, 40.0, 1, 5) + infused(DAYS, 20.0, 3, 6)
    np.testing.assert_allclose(amount(doses), expected, atol=np.max(expected) * NEAR)


def test_all_kinds_at_once_add_up():
    doses = [Dose(0, "central", 80), Dose(2, "depot", 60), Dose(2, "in_central", 30), Dose(2.5, "in_central", -30)]
    expected = given(DAYS, 80, 0) + absorbed(DAYS, 60, 2) + infused(DAYS, 30, 2, 2.5)
    np.testing.assert_allclose(amount(doses), expected, atol=np.max(expected) * NEAR)


def test_several_doses_at_one_time_are_one():
    several = [Dose(2.0, "central", 30.0), Dose(2.0, "central", 70.0)]
    np.testing.assert_array_equal(amount(several), amount([Dose(2.0, "central", 100.0)]))


def test_doses_may_be_told_in_any_order():
    doses = [Dose(day, "depot", 10.0 * day) for day in (1.0, 7.0, 4.0, 2.0)]
    np.testing.assert_array_equal(amount(doses), amount(sorted(doses, key=lambda dose: dose.time)))


def test_at_the_time_of_a_dose_the_value_is_that_from_just_before():
    """4 mg in 4 L: 1 mg/L, whose half goes in 2 ln 2 days."""
    half = 2 * np.log(2)
    doses = [Dose(0.0, "central", 4.0), Dose(half, "central", 8.0)]
    times = [0.0, 1e-9, half, half + 1e-9]
    run = Simulation(bench(), QUIET, doses).advance(3.0, times, ["central", "concentration"])
    assert run["central"][0] == pytest.approx([0.0, 4.0, 2.0, 10.0], rel=1e-5)
    assert run["concentration"][0] == pytest.approx([0.0, 1.0, 0.5, 2.5], rel=1e-5)


def test_at_the_start_of_an_infusion_the_rate_is_that_from_just_before():
    doses = [Dose(1.0, "in_central", 40.0), Dose(2.0, "in_central", -40.0)]
    run = Simulation(bench(), QUIET, doses).advance(3.0, [0.0, 1.0, 1.5, 2.0, 2.5], ["in_central"])
    assert run["in_central"][0].tolist() == [0.0, 0.0, 40.0, 40.0, 0.0]


@pytest.mark.parametrize("time", [1.0, 1.0 + 1e-12, np.nextafter(1.0, 2.0), 1 / 3, 0.1 + 0.2])
def test_a_dose_is_given_at_its_exact_time(time):
    before, after = np.nextafter(time, 0.0), time + 1e-9
    found = amount([Dose(time, "central", 100.0)], [before, time, after])
    assert found[:2].tolist() == [0.0, 0.0]
    assert found[2] == pytest.approx(100.0, rel=1e-6)


def test_doses_closer_together_than_any_step():
    doses = [Dose(1.0 + k * 1e-9, "central", 1.0) for k in range(50)]
    assert amount(doses, [2.0])[0] == pytest.approx(50 * np.exp(-0.5), rel=1e-4)


def test_two_thousand_doses():
    """As many as a dose text may ask for: infused nearly without a break, 2000 x 0.05 mg over 10 days."""
    doses = [Dose(10.0 * k / 2000, "central", 0.05) for k in range(2000)]
    assert amount(doses, [10.0])[0] == pytest.approx(infused(np.array(10.0), 10.0, 0.0, 10.0), rel=2e-3)


def test_a_dose_at_the_last_day_waits_for_who_goes_on():
    run = Simulation(bench(), QUIET, [Dose(5.0, "central", 100.0)])
    assert run.advance(5.0, [5.0], ["central"])["central"][0, 0] == 0.0
    assert run.advance(5.0, [5.0], ["central"])["central"][0, 0] == 0.0
    later = run.advance(6.0, [5.0, 6.0], ["central"])["central"][0]
    assert later == pytest.approx([0.0, 100 * np.exp(-0.5)], rel=1e-5)


def test_a_dose_beyond_the_last_day_changes_nothing():
    np.testing.assert_array_equal(amount([Dose(10.5, "central", 100.0)]), amount([]))


def test_a_dose_before_the_start_is_refused():
    with pytest.raises(DataError, match=r"cannot be given before day 0, which is where the simulation stands"):
        Simulation(bench(), QUIET, [Dose(-1.0, "central", 100.0)])
    with pytest.raises(DataError, match="before day 0"):
        Simulation(bench(), {"V": [3.0, 4.0]}, [[Dose(1.0, "central", 1.0)], [Dose(-1e-9, "central", 1.0)]])


def test_where_time_begins_earlier_a_dose_may_come_earlier():
    run = Simulation(bench(), QUIET, [Dose(-1.0, "central", 100.0)], begin=-2.0)
    assert run.advance(0.0, [0.0], ["central"])["central"][0, 0] == pytest.approx(100 * np.exp(-0.5), rel=1e-5)


@pytest.mark.parametrize("target", ["toc1", "dex", "anap", "in_dex", "NE"])
def test_a_dose_of_zero_changes_nothing_to_the_last_bit(target):
    nothing = Simulation(icans(), {"burden": 200.0}).advance(30.0, DAYS)
    zero = Simulation(icans(), {"burden": 200.0}, [Dose(day, target, 0.0) for day in (0.0, 3.3, 7.0)]).advance(
        30.0, DAYS
    )
    np.testing.assert_array_equal(zero.values, nothing.values)
    np.testing.assert_array_equal(zero.steps, nothing.steps)


@pytest.mark.parametrize("times", [0.5, 3.0, 100.0])
def test_linear_pharmacokinetics_scale_with_the_dose(times):
    doses = [(1.0, "depot", 10.0), (3.0, "central", 20.0), (4.0, "in_central", 5.0)]
    once = amount([Dose(*dose) for dose in doses])
    more = amount([Dose(day, target, times * mg) for day, target, mg in doses])
    np.testing.assert_allclose(more, times * once, atol=times * once.max() * NEAR)


@pytest.mark.parametrize(("target", "seen"), [
    ("dex", "Cd"), ("mp", "Cm"), ("lev", "Cv"), ("anap", "Can"), ("anad", "Can"), ("sil1", "Cs"), ("len1", "Cg"),
])  # fmt: skip
def test_the_drugs_of_the_model_scale_with_the_dose_but_for_the_saturable_one(target, seen):
    def level(mg: float, into: str = target, of: str = seen) -> np.ndarray:
        doses = [Dose(1.0, into, mg), Dose(2.0, into, mg)]
        return Simulation(icans(), {"burden": 200.0}, doses).advance(10.0, DAYS, [of])[of][0]

    np.testing.assert_allclose(level(300.0), 3 * level(100.0), atol=level(300.0).max() * NEAR)
    tocilizumab = level(300.0, "toc1", "Ct")
    assert np.abs(tocilizumab - 3 * level(100.0, "toc1", "Ct")).max() > 0.01 * tocilizumab.max()


def test_every_patient_has_doses_of_his_own():
    doses = [[], [Dose(1.0, "central", 8.0)], [Dose(2.0, "central", 8.0)]]
    run = Simulation(bench(), QUIET | {"V": [4.0, 4.0, 8.0]}, doses)
    last = run.advance(2.5, [1.5, 2.5], ["concentration"])["concentration"]
    expected = [[0.0, 0.0], [2 * np.exp(-0.25), 2 * np.exp(-0.75)], [0.0, np.exp(-0.25)]]
    np.testing.assert_allclose(last, expected, rtol=1e-4)


def test_an_infusion_can_run_from_the_start_at_a_rate_of_each_patient():
    """More patients than lanes, so that each lane has several, one after the other."""
    rates = np.arange(30.0)
    run = Simulation(bench(), QUIET | {"in_central": rates}).advance(3.0, [3.0], ["central"])
    np.testing.assert_allclose(run["central"][:, 0], rates * infused(np.array(3.0), 1.0, 0.0, 3.0), rtol=1e-4)


def test_a_dose_reaches_its_target_and_nothing_else():
    """One patient for each state and input; looked at so soon after that nothing else has moved."""
    targets = (*bench().states, "in_central")
    run = Simulation(bench(), {"V": np.full(len(targets), 4.0)}, [[Dose(0.0, target, 0.5)] for target in targets])
    moved = run.advance(1e-9, [0.0, 1e-9], targets).values
    np.testing.assert_allclose(moved[:, 1] - moved[:, 0], 0.5 * np.eye(len(targets)), atol=1e-7)


def test_treatment_that_reacts():
    """Stop, look, and treat only the patient whose level is low."""
    run = Simulation(bench(), QUIET | {"V": [4.0, 40.0]}, [Dose(0.0, "central", 40.0)])
    level = run.advance(2.0, [2.0], ["concentration"])["concentration"][:, 0]
    run.give([Dose(2.0, "central", 400.0)], np.flatnonzero(level < 1.0).tolist())
    after = run.advance(4.0, [4.0], ["central"])["central"][:, 0]
    assert after == pytest.approx([40 * np.exp(-2), 40 * np.exp(-2) + 400 * np.exp(-1)], rel=1e-4)
