"""A patient's result is the same, to the last bit, whoever is simulated beside him and however it is divided up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from icans.mechanism.simulation import stretch
from icans.mechanism.simulation.patients import Simulation
from icans.mechanism.simulation.trajectories import Trajectories
from icans.mechanism.treatment.regimen import Dose
from mechanism.kernels import icans

COUNT, DAYS = 38, np.linspace(0.0, 30.0, 61)
RNG = np.random.default_rng(7)
BURDEN, RELEASE = np.exp(RNG.normal(4.6, 1.0, COUNT)), np.exp(RNG.normal(1.3, 0.5, COUNT))


def own_doses(patient: int) -> list[Dose]:
    """Every patient is treated differently, every third not at all, and infusions run on to the end."""
    days = np.random.default_rng(patient).uniform(0, 30, patient % 3 * 4)
    return [Dose(float(day), target, 8.0) for day in days for target in ("dex", "anap", "toc1", "in_mp")]


def simulated(patients: Sequence[int], threads: int = 1) -> Trajectories:
    chosen = np.array(patients)
    run = Simulation(
        icans(), {"burden": BURDEN[chosen], "p_GM": RELEASE[chosen]}, [own_doses(p) for p in patients], threads=threads
    )
    return run.advance(30.0, DAYS)


@pytest.fixture(scope="module")
def together() -> Trajectories:
    return simulated(range(COUNT))


def test_they_are_different_patients(together):
    assert np.unique(together["IL6"].max(axis=1)).size == COUNT
    assert len(set(together.steps.tolist())) > 20


@pytest.mark.parametrize("threads", [2, 3, 16])
def test_on_any_number_of_threads(together, threads):
    np.testing.assert_array_equal(simulated(range(COUNT), threads).values, together.values)


@pytest.mark.parametrize("size", [1, 5, 8, 37])
def test_in_portions_of_any_size(together, size, monkeypatch):
    monkeypatch.setattr(stretch, "CHUNK", size)
    np.testing.assert_array_equal(simulated(range(COUNT), 2).values, together.values)


def test_in_any_order(together):
    order = np.random.default_rng(1).permutation(COUNT)
    np.testing.assert_array_equal(simulated(order.tolist()).values, together.values[order])


@pytest.mark.parametrize("patient", [0, 7, 20, 37])
def test_alone_or_among_37_others(together, patient):
    np.testing.assert_array_equal(simulated([patient]).values[0], together.values[patient])


def test_beside_a_copy_of_himself_in_every_lane(together):
    copies = simulated([20] * 11)
    for copy in copies.values:
        np.testing.assert_array_equal(copy, together.values[20])


def test_whatever_is_asked_for(together):
    """The times and the quantities that are looked at do not change the steps."""
    run = Simulation(icans(), {"burden": BURDEN, "p_GM": RELEASE}, [own_doses(p) for p in range(COUNT)])
    few = run.advance(30.0, DAYS[::7], ["ICE", "IL6"])
    np.testing.assert_array_equal(few["IL6"], together["IL6"][:, ::7])
    np.testing.assert_array_equal(few["ICE"], together["ICE"][:, ::7])


def test_a_second_time(together):
    np.testing.assert_array_equal(simulated(range(COUNT), 2).values, together.values)


def test_beside_a_patient_who_fails():
    """One without a volume for his drug has no concentration of it, and so no solution from the start."""
    volumes = np.full(COUNT, icans().constants["V1t"])
    volumes[[3, 9]] = 0.0
    run = Simulation(icans(), {"burden": BURDEN, "V1t": volumes}, keep=True).advance(30.0, DAYS, ["IL6"])
    assert [f.patient for f in run.failures] == [3, 9]
    well = Simulation(icans(), {"burden": BURDEN}).advance(30.0, DAYS, ["IL6"])
    others = np.delete(np.arange(COUNT), [3, 9])
    np.testing.assert_array_equal(run["IL6"][others], well["IL6"][others])
