"""What physics, physiology and pharmacology say the model must do (sections 2 and 7 of its literature review)."""

from __future__ import annotations

import numpy as np
import pytest

from icans.mechanism import load, simulate
from icans.mechanism.definition.parameters import parameter
from icans.mechanism.definition.products import endotype
from icans.mechanism.treatment.regimen import Dose, doses

HEALTHY = {"burden": 0.0, "D_cell": 0.0}
TYPICAL = {"burden": 200.0}
WEIGHT = 80.0
RESTLESS = {"Hz"}  # the hazard is small in health and never nothing


def at(**changed: float) -> dict[str, float]:
    """The model's formulas in a healthy body in which some states are changed."""
    model = load()
    parameters = {**model.constants, **model.inputs, **HEALTHY}
    states = model.initial(parameters, 1)[0]
    for name, value in changed.items():
        states[model.states.index(name)] = value
    values = model.plain.assigned(0.0, states, parameters)
    return dict(zip(model.assigned, map(float, values), strict=True))


def test_a_healthy_body_rests():
    model = load()
    parameters = {**model.constants, **model.inputs, **HEALTHY}
    states = model.initial(parameters, 1)[0]
    rates = np.array(model.plain.rates(0.0, states, parameters), float)
    moving = {n: r for n, r, y in zip(model.states, rates, states, strict=True) if abs(r) > 1e-12 * max(abs(y), 1.0)}
    assert moving.keys() <= RESTLESS


def test_a_healthy_body_does_not_drift_in_60_days():
    found = simulate(HEALTHY, days=60, outputs=[name for name in load().states if name not in RESTLESS])
    np.testing.assert_allclose(found.values[0, -1], found.values[0, 0], rtol=1e-9, atol=1e-12)


def test_the_starling_flux_of_a_healthy_body_is_its_lymph_flow():
    # (17.3 + 3) - 0.92 * 0.667 * (42 - 15) = 3.73172 mmHg drives L0 = 8 L/d.
    assert at()["Jv"] == pytest.approx(8.0, rel=1e-12)
    assert at()["Ly"] == pytest.approx(8.0, rel=1e-12)


def test_the_starling_flux_falls_when_plasma_has_moved_into_the_tissue():
    # Vp 2.5, Vi 11.5 L, Ap 105 g: cp 42, ci (291 - 105) / 11.5 = 16.173913 g/L;
    # Pc = 17.3 + 18.3 * (2.5 / 3 - 1) = 14.25, Pi = -3 + 0.5 / 0.717 = -2.302650 mmHg;
    # Jv = 8 / 3.73172 * (16.552650 - 0.92 * 0.667 * 25.826087) = 2.1437836 * 0.7047300 = 1.510788 L/d.
    assert at(Vp=2.5, Vi=11.5, Ap=105.0)["Jv"] == pytest.approx(1.510788, rel=1e-5)


def test_the_starling_flux_rises_when_angiopoietin_2_opens_the_wall():
    # A1 3000, A2 3600 pg/mL: Phi = (1 + 0.12 * 1.44) / (1 + 1 + 1.44) = 0.3409302, Phi0 = 2.0576 / 3.48 = 0.5912644;
    # z = 0.4233879, xl = 1.62 z = 0.6858884, lk = 0.4068408, sigma = 0.92 (1 - 0.334 lk) = 0.7949860;
    # Jv = 2.1437836 * (1 + 1.45 lk) * (20.3 - sigma * 0.667 * 27) = 2.1437836 * 1.5899191 * 5.9830975 = 20.39307 L/d.
    assert at(A1=3000.0, A2=3600.0)["Jv"] == pytest.approx(20.39307, rel=1e-5)


def test_angiopoietin_2_competes_with_angiopoietin_1_and_is_a_weak_agonist_alone():
    with_ang1 = [at(A2=a2)["Phi"] for a2 in (600.0, 1200.0, 2400.0, 4800.0)]
    assert with_ang1 == sorted(with_ang1, reverse=True)
    alone = [at(A1=1e-9, A2=a2)["Phi"] for a2 in (0.0, 1200.0, 4800.0)]
    assert alone[0] == pytest.approx(0.0, abs=1e-9)
    assert alone == sorted(alone)
    assert alone[-1] < parameter("eps2").value


def test_albumin_that_leaves_the_plasma_is_in_the_tissue():
    # ci is what is left of 42 g/L * 3 L + 15 g/L * 11 L = 291 g; so the interstitial mass is integrated here by itself:
    # what comes through the wall (Js) less what the lymph carries back (Ly ci).
    times = np.linspace(0, 30, 3001)
    found = simulate(endotype("severe"), days=30, times=times, outputs=["Ap", "Js", "Ly", "ci", "Vi"])
    gain = found["Js"][0] - found["Ly"][0] * found["ci"][0]
    tissue = 15.0 * 11.0 + np.concatenate([[0.0], np.cumsum((gain[1:] + gain[:-1]) / 2 * np.diff(times))])
    np.testing.assert_allclose(tissue, found["ci"][0] * found["Vi"][0], rtol=1e-5)
    np.testing.assert_allclose(tissue + found["Ap"][0], 291.0, rtol=1e-5)
    assert found["Ap"][0].min() < 0.8 * 126.0


@pytest.mark.parametrize(
    ("target", "seen", "clearance"),
    [("sil1", "Cs", 0.214), ("len1", "Cg", 0.13), ("dex", "Cd", 353.0), ("mp", "Cm", 564.0), ("lev", "Cv", 97.0)],
)
def test_linear_kinetics_scale_with_the_dose_and_clear_it(target, seen, clearance):
    times = np.linspace(0, 2000 if clearance < 1 else 4, 20001)
    once, thrice = (
        simulate(HEALTHY, [Dose(0.0, target, dose)], days=times[-1], times=times, outputs=[seen])[seen][0, 1:]
        for dose in (100.0, 300.0)
    )
    # Where hardly anything is left the tolerance is that of an amount of 1 mg, not of what is left.
    np.testing.assert_allclose(thrice, 3 * once, rtol=1e-3, atol=1e-4 * once.max())
    # Dose over clearance is the area under the curve: 100 mg / (L/d), times 1000 where the concentration is per ug.
    factor = 1000.0 if seen in ("Cd", "Cm") else 1.0
    first = once[0] * (times[1] - times[0])  # the missing first piece, a rectangle
    assert np.trapezoid(once, times[1:]) + first == pytest.approx(factor * 100.0 / clearance, rel=0.02)


def test_tocilizumab_is_cleared_slower_in_proportion_at_a_high_dose():
    outputs = ["Ct"]
    low, high = (
        simulate(HEALTHY, [Dose(0.0, "toc1", dose)], days=28, times=[28.0], outputs=outputs)["Ct"][0, 0]
        for dose in (40.0, 640.0)
    )
    assert high > 16 * low


def test_tocilizumab_raises_the_il6_of_the_assay_lowers_crp_and_hardly_enters_the_brain():
    untreated = simulate(TYPICAL, outputs=["IL6", "CRP", "IL6c", "Ct", "tocb"])
    treated = simulate(
        TYPICAL, doses("tocilizumab 8 mg/kg day 3", WEIGHT), outputs=["IL6", "CRP", "IL6c", "Ct", "tocb"]
    )
    assert treated["IL6"].max() > 4 * untreated["IL6"].max()
    assert treated["CRP"].max() < 0.5 * untreated["CRP"].max()
    assert treated["tocb"].max() < 0.005 * treated["Ct"].max()
    assert treated["IL6c"].max() < 1.3 * untreated["IL6c"].max()


def test_tocilizumab_can_raise_il6_five_times_and_no_more():
    # (k6n + k6r) / k6n = (2.5 + 10) / 2.5 = 5, times 3 pg/mL
    found = simulate(HEALTHY, doses("tocilizumab 8 mg/kg day 0", WEIGHT), days=20, outputs=["IL6", "CRP"])
    assert 14.0 < found["IL6"].max() < 15.0
    assert found["CRP"].min() > 0.0


def test_siltuximab_makes_the_assay_meaningless_but_not_the_signal():
    found = simulate(TYPICAL, doses("siltuximab 11 mg/kg day 3", WEIGHT), outputs=["IL6", "IL6_free"], times=[6.0])
    assert found["IL6_free"][0, 0] < 0.01 * found["IL6"][0, 0]


def test_a_knockout_of_gm_csf_and_its_antibody_do_much_the_same():
    knockout = simulate(TYPICAL | {"ko": 0.95}, outputs=["IL6"])["IL6"].max()
    antibody = simulate(TYPICAL, doses("lenzilumab 1800 mg day 0", WEIGHT), outputs=["IL6"])["IL6"].max()
    assert antibody == pytest.approx(knockout, rel=0.4)


def test_levetiracetam_changes_the_risk_of_seizures_and_nothing_else():
    outputs = ["IL6", "IL6c", "ICE", "J", "P_seizure"]
    given = doses("levetiracetam 1500 mg day 0; levetiracetam 750 mg every 12 h day 0.5 to 30", WEIGHT)
    untreated, treated = (simulate(TYPICAL, dose, outputs=outputs) for dose in ((), given))
    for name in outputs[:-1]:
        np.testing.assert_allclose(treated[name], untreated[name], rtol=1e-3)
    assert treated["P_seizure"].max() < 0.5 * untreated["P_seizure"].max()


def test_norepinephrine_raises_the_pressure_while_it_runs():
    given = doses("norepinephrine 0.15 ug/kg/min day 4 to 5", WEIGHT)
    untreated, treated = (
        simulate(TYPICAL, dose, times=[3.9, 4.5, 5.1], outputs=["MAP"])["MAP"][0] for dose in ((), given)
    )
    # 25 mmHg * 0.15 / (0.15 + 0.15) = 12.5 mmHg
    np.testing.assert_allclose(treated - untreated, [0.0, 12.5, 0.0], atol=0.02)


def test_the_loop_between_il1_and_microglia_does_not_feed_itself():
    value = {name: parameter(name).value for name in ("kG", "wG1", "p1b", "k1b", "K1b", "dG")}
    gain = value["kG"] * value["wG1"] * 0.5 * value["p1b"] / (value["k1b"] * value["K1b"] * value["dG"])
    assert gain == pytest.approx(0.18, abs=0.005)
    ill = simulate(endotype("severe"), days=120, times=[120.0], outputs=["G", "As", "ICE"])
    assert ill["G"][0, 0] < 0.01


def test_a_finer_tolerance_hardly_changes_the_course():
    outputs = load().states
    usual, fine = (simulate(TYPICAL, outputs=outputs, rtol=rtol).values[0] for rtol in (1e-5, 1e-9))
    assert (np.abs(usual - fine).max(axis=0) <= 1e-4 * np.abs(fine).max(axis=0) + 1e-12).all()


def test_kinetics_without_a_dose_are_nothing():
    drugs = ["toc1", "toc2", "tocb", "sil1", "sil2", "len1", "dex", "mp", "R", "Rb", "anad", "anap", "anac", "lev"]
    assert (simulate(TYPICAL, outputs=drugs).values == 0.0).all()
