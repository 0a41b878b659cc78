"""Day 0: the steady state of a patient's covariates, and then the cells come (literature review, section 2.1)."""

from __future__ import annotations

import numpy as np
import pytest

from icans.mechanism.simulation.in_silico import simulate, start
from icans.mechanism.simulation.patients import Simulation
from icans.mechanism.simulation.steady import steady_start
from mechanism.kernels import icans

ENDOTHELIOPATHY = {"e_ins": 0.10, "fplt": 0.65, "r_E": 1.5, "m_ET": 18.0, "k_m": 0.0459, "burden": 60.0}
"""Literature.md, section 2.11 (without its lower p_IFN, which does nothing before there are cells)."""


def at_day_0(**parameters) -> dict[str, np.ndarray]:
    return dict(zip(icans().states, steady_start(icans(), parameters)[0].T, strict=True))


def test_somebody_healthy_starts_where_the_model_says():
    expected = icans().initial({**icans().constants, **icans().inputs, "burden": 25.0}, 1)
    np.testing.assert_array_equal(steady_start(icans(), {"burden": 25.0})[0], expected)


def test_tumour_and_cells_are_there_from_day_0():
    """P(0) = 0.145 * 1.6e8 cells in 5e6 uL of blood = 4.64 cells/uL; B(0) is the burden."""
    for e_ins in (0.0, 0.1):
        state = at_day_0(burden=60.0, e_ins=e_ins)
        assert (state["P"][0], state["B"][0]) == (pytest.approx(4.64, rel=1e-12), 60.0)
        assert state["Hz"][0] == 0.0
        assert state["Et"][0] == state["Eb"][0] == state["M"][0] == 0.0


def test_primary_endotheliopathy_before_the_cells():
    """Table 5.1: Ang-2 1850 and Ang-1 3620 pg/mL before, both to three digits."""
    state = at_day_0(**ENDOTHELIOPATHY)
    assert state["A2"][0] == pytest.approx(1850, rel=0.02)
    assert state["A1"][0] == pytest.approx(3620, rel=0.02)


@pytest.mark.parametrize(("infl", "crp"), [(0.01, 6.3), (0.03, 24.3)])
def test_inflammation_before_the_infusion_shows_in_crp(infl, crp):
    """Solved by hand from sections 2.4 and 2.5, without the little IL-6 that the endothelium adds (5 %).

    m = Ma - Ma0 = k_m infl (1 + a_fb H1)(M_tot - Ma0 - m)/d_m, IL1 = 0.5 + 1.52 m (1 + 0.5 H1)/24,
    IL6 = 3 + 40.1 m (1 + 1.21 H1)/12.5, CRP = 1.2 + 128/0.571 [H(IL6, 100, 1.6) - H(3, 100, 1.6)].
    infl 0.01: m 2.3, H1 0.0085, IL6 10.4; infl 0.03: m 7.10, H1 0.0264, IL6 26.5.
    """
    assert at_day_0(infl=infl)["CRP"][0] == pytest.approx(crp, rel=0.05)


@pytest.mark.parametrize("covariates", [{"e_ins": 0.1}, {"fplt": 0.65}, {"infl": 0.02}, ENDOTHELIOPATHY])
def test_it_is_a_rest_that_lasts(covariates):
    """Without tumour and cells nothing moves in the next 30 days by more than 1e-3 of itself."""
    alone = dict(covariates) | {"burden": 0.0, "D_cell": 0.0}
    first, _ = steady_start(icans(), alone)
    run = Simulation(icans(), alone, states=first)
    run.advance(30.0)
    hazard = icans().states.index("Hz")
    moved = np.abs(run.states - first) / np.maximum(np.abs(first), 1e-3)
    assert np.delete(moved[0], hazard).max() < 1e-3


def test_the_healthy_rest_is_exact():
    """Section 7: healthy rest, |derivative| < 1e-12 of each state's size, and no drift in 60 days."""
    healthy = {"burden": 0.0, "D_cell": 0.0}
    first = icans().initial({**icans().constants, **icans().inputs, **healthy}, 1)
    rates = icans().plain.rates(0.0, first.T, {**icans().constants, **icans().inputs, **healthy})
    moving = {n: float(np.squeeze(r)) for n, r in zip(icans().states, rates, strict=True) if n != "Hz"}
    assert max(abs(rate) / max(abs(x), 1.0) for rate, x in zip(moving.values(), first[0], strict=False)) < 1e-12
    run = Simulation(icans(), healthy)
    run.advance(60.0)
    drift = np.abs(run.states - first) / np.maximum(np.abs(first), 1.0)
    assert np.delete(drift[0], icans().states.index("Hz")).max() < 1e-9


def test_a_start_does_not_depend_on_who_else_is_started():
    insults = np.array([0.0, 0.1, 0.02, 0.0, 0.3, 0.1])
    together, _ = steady_start(icans(), {"burden": 50.0, "e_ins": insults})
    for patient, insult in enumerate(insults):
        np.testing.assert_array_equal(
            steady_start(icans(), {"burden": 50.0, "e_ins": [insult]})[0][0], together[patient]
        )


def test_the_front_door_begins_there():
    at_the_door = simulate(ENDOTHELIOPATHY, days=1.0, times=[0.0], outputs=icans().states)
    np.testing.assert_array_equal(at_the_door.values[:, 0], steady_start(icans(), ENDOTHELIOPATHY)[0])
    assert start(ENDOTHELIOPATHY).time == 0.0


def test_inputs_of_a_patient_run_before_day_0_too():
    """A chronic infusion is a covariate: 10 mg of dexamethasone a day are at rest at 10/(CLd/Vd) mg."""
    rate = icans().constants["CLd"] / icans().constants["Vd"]
    assert at_day_0(in_dex=10.0)["dex"][0] == pytest.approx(10 / rate, rel=1e-4)
