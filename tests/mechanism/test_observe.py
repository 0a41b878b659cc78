"""How a simulated course is read: section 4 of the literature review, and our own choices for oxygen and seizures."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from icans.errors import DataError
from icans.mechanism.bedside.observation_models import findings, ice_items, readings
from icans.mechanism.bedside.observe import observe, observe_ice
from icans.mechanism.bedside.oxygen import pressure, saturation, support
from icans.mechanism.bedside.seizures import seizures
from icans.mechanism.definition.compose import antimony_text
from icans.record.catalogue import catalogue
from mechanism.made_course import POINTS, MadeCourse

MANY = np.linspace(0.0, 10.0, 20_000)


def test_every_reading_has_its_quantity_in_the_model_and_its_item_in_the_catalogue():
    model = antimony_text()
    asked = [(r.of, r.item) for r in readings().values()] + [(i.of, i.item) for i in ice_items()]
    asked += [(limit["of"], None) for limit in findings().values() if "of" in limit]
    for quantity, item in asked:
        assert re.search(rf"^\s*{quantity}(' | :?)= ", model, re.MULTILINE), quantity
        assert item is None or item in catalogue()
    for reading in readings().values():
        assert reading.item is None or catalogue()[reading.item].unit == reading.unit


def test_without_a_seed_a_reading_is_the_value_of_the_model():
    course = MadeCourse(Temp=lambda t: 36.7 + 0.1 * t)
    assert observe(course, "temperature", [0.0, 5.0, 10.0]).values == pytest.approx(np.array([[36.7, 37.2, 37.7]]))


@pytest.mark.parametrize(("name", "sd"), [("temperature", 0.35), ("map", 8.0), ("eeg_frequency", 0.8)])
def test_normal_errors(name, sd):
    read = observe(MadeCourse(SpO2=80.0), name, MANY, seed=1).values
    true = observe(MadeCourse(SpO2=80.0), name, MANY).values
    # The spread of 20 000 readings is known to sd / sqrt(40 000), half a per cent; their mean to sd / 141.
    assert np.std(read - true) == pytest.approx(sd, rel=0.02)
    assert np.mean(read - true) == pytest.approx(0.0, abs=4 * sd / 141)


@pytest.mark.parametrize(
    ("name", "sd"),
    [("ifn_gamma", 0.35), ("gm_csf", 0.4), ("svcam1", 0.25), ("ang2", 0.25), ("ang1", 0.3), ("ferritin", 0.15),
     ("csf_protein", 0.15)],
)  # fmt: skip
def test_log_normal_errors(name, sd):
    read, true = (observe(MadeCourse(), name, MANY, seed=seed).values for seed in (1, None))
    assert np.std(np.log(read / true)) == pytest.approx(sd, rel=0.02)
    assert np.median(read / true) == pytest.approx(1.0, abs=0.02)


def test_the_assay_of_interleukin_6_ends_at_both_sides():
    seen = observe(MadeCourse(IL6=lambda t: np.where(t < 5, 0.5, 20000.0)), "il6", [0.0, 9.0])
    assert seen.values.tolist() == [[2.0, 5000.0]]
    assert seen.censored.tolist() == [[-1, 1]]


def test_crp_is_not_read_below_1():
    assert observe(MadeCourse(CRP=0.39), "crp", MANY, seed=1).values.min() == 1.0


def test_no_saturation_is_above_100():
    assert observe(MadeCourse(), "spo2", MANY, seed=1).values.max() == 100.0


def test_cells_are_read_with_half_the_limit_added():
    assert observe(MadeCourse(CART=44.0), "cart", [1.0]).values[0, 0] == pytest.approx(44.05)  # 44 + 0.1 / 2
    none = observe(MadeCourse(), "cart", [1.0])
    assert (none.values[0, 0], none.censored[0, 0]) == (0.1, -1)


def test_lumbar_fluid_shows_the_ventricles_of_four_hours_ago():
    course = MadeCourse(IL6c=lambda t: 10.0 + 24.0 * t)  # 1 an hour
    assert observe(course, "csf_il6", [0.0, 1.0]).values[0] == pytest.approx(
        [10.0, 30.0]
    )  # at day 0 nothing is earlier


def test_an_antipyretic_lowers_the_temperature_for_six_hours():
    read = observe(MadeCourse(Temp=39.0), "temperature", [0.9, 1.1, 1.25, 1.3], antipyretics=[1.0]).values
    assert read == pytest.approx(np.array([[39.0, 38.3, 38.3, 39.0]]))


def test_periodic_discharges_are_drawn_with_their_chance():
    seen = observe(MadeCourse(P_periodic=0.3), "eeg_periodic", MANY, seed=1).values
    assert set(np.unique(seen)) == {0.0, 1.0}
    assert seen.mean() == pytest.approx(0.3, abs=4 * 0.0033)  # sqrt(0.3 x 0.7 / 20 000) = 0.0032


@pytest.mark.parametrize("name", ["il6", "temperature"])
def test_the_error_of_a_patient_does_not_depend_on_the_others(name):
    many, one = MadeCourse(patients=5), MadeCourse()
    together = observe(many, name, [1.0, 2.0, 3.0], seed=7).values
    alone = observe(one, name, [1.0, 2.0, 3.0], seed=7, patients=[3]).values
    assert alone[0].tolist() == together[3].tolist()
    assert len({tuple(row) for row in together.tolist()}) == 5
    assert observe(many, name, [1.0, 2.0, 3.0], seed=8).values[3].tolist() != together[3].tolist()


def test_quantities_have_errors_of_their_own():
    course = MadeCourse()
    first, second = (np.log(observe(course, name, MANY, seed=1).values[0]) for name in ("ang1", "ang2"))
    assert abs(np.corrcoef(first, second)[0, 1]) < 4 / np.sqrt(MANY.size)


# Section 4: a is 11 for every item, b from its table, and the weights of an item add up to 1. So where all functions
# are whole the chance of a point is P = 1 / (1 + exp(-11 (1 - b))).
WHOLE = {
    "ICE_orientation": 1 / (1 + math.exp(-11 * (1 - 0.47))), "ICE_naming": 1 / (1 + math.exp(-11 * (1 - 0.50))),
    "ICE_command": 1 / (1 + math.exp(-11 * (1 - 0.42))), "ICE_writing": 1 / (1 + math.exp(-11 * (1 - 0.62))),
    "ICE_attention": 1 / (1 + math.exp(-11 * (1 - 0.60))),
}  # fmt: skip


def test_who_is_healthy_scores_10_whatever_the_seed():
    # An error of section 4: drawn from Binomial(m, P), all 10 points have the chance 0.99707^4 x 0.99593^3 x 0.99831 x
    # 0.98493 x 0.98787 = 0.948. A healthy patient would score 9 or less in 5.2 % of the checks, and in a month of 61
    # checks at least once with the chance 1 - 0.948^61 = 0.96.
    health = {name: POINTS[name] * chance for name, chance in WHOLE.items()}
    assert math.prod(chance ** POINTS[name] for name, chance in WHOLE.items()) == pytest.approx(0.948, abs=0.0005)
    assert sum(health.values()) == pytest.approx(9.95, abs=0.005)  # the expected ICE of section 4
    course = MadeCourse()
    course.set_to |= health
    for seed in range(1, 7):
        assert (observe_ice(course, MANY, seed=seed).sum(axis=2) == 10).all()
    assert observe_ice(course, [1.0]).sum() == pytest.approx(9.95, abs=0.005)  # without a seed it stays as it is


def test_a_point_is_lost_with_the_chance_that_the_model_gives_beside_health():
    points = observe_ice(MadeCourse(ICE_writing=0.9), MANY, seed=1)[0]
    place = [item.of for item in ice_items()].index("ICE_writing")
    # 0.9 / 0.98493 = 0.9138, known to sqrt(0.914 x 0.086 / 20 000) = 0.002
    assert points[:, place].mean() == pytest.approx(0.9 / WHOLE["ICE_writing"], abs=4 * 0.002)


def test_the_points_of_ice_are_whole_and_have_the_mean_of_the_model():
    course = MadeCourse(ice=lambda t: np.full(t.shape, 4.0))
    points = observe_ice(course, MANY, seed=1)[0]
    assert (points == np.round(points)).all()
    assert [p.max() for p in points.T] == [4, 3, 1, 1, 1]
    # Each of 10 points with the chance 0.4 over that of health: mean 4.02, sd near sqrt(10 x 0.4 x 0.6) = 1.55
    mean = sum(0.4 * POINTS[name] / chance for name, chance in WHOLE.items())
    assert points.sum(axis=1).mean() == pytest.approx(mean, abs=4 * 1.55 / np.sqrt(MANY.size))
    assert points.sum(axis=1).std() == pytest.approx(1.55, rel=0.03)
    alone = observe_ice(MadeCourse(patients=3, ice=course.ice), MANY, seed=1, patients=[9, 0, 8])[1]
    assert (alone == points).all()


def test_who_cannot_be_roused_scores_nothing():
    course = MadeCourse(Fr=lambda t: np.where(t < 5, 0.31, 0.29))
    assert observe_ice(course, [1.0, 9.0]).sum(axis=2).tolist() == [[10.0, 0.0]]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"name": "il_6"}, "there is no reading 'il_6'. Is it 'il6'? Known are: cart, "),
        ({"times": [1.0, 10.5]}, "the simulation covers day 0 to 10; day 10.5 is outside"),
        ({"times": [float("nan")]}, "day nan is outside"),
        ({"seed": -1}, "the seed is -1; expected a whole number from 0"),
        ({"seed": 1, "patients": [-2]}, "the number of a patient is -2; expected a whole number from 0"),
        ({"seed": 1, "patients": [1, 2]}, "2 numbers of patients for a simulation of 1; expected one each"),
    ],
)
def test_what_cannot_be_read(asked, told):
    with pytest.raises(DataError) as caught:
        observe(MadeCourse(), **{"name": "il6", "times": [1.0], **asked})
    assert told in str(caught.value)


def test_the_dissociation_curve():
    # 50 % where p^3 + 150 p = 23400, at 26.86 mmHg. Textbooks: 60 mmHg 90 %, 100 mmHg 97.5 %.
    assert saturation(26.86) == pytest.approx(50.0, abs=0.01)
    assert saturation(60.0) == pytest.approx(90.0, abs=1.0)
    assert saturation(100.0) == pytest.approx(97.5, abs=0.5)
    for percent in (50.0, 80.0, 90.0, 97.5):
        assert saturation(pressure(percent)) == pytest.approx(percent, abs=1e-9)


def test_the_least_oxygen_that_holds_the_saturation():
    assert support(92.0).device == "room_air"
    needed = support(90.58)
    # 90.58 % is 60 mmHg; P/F is 60 / 0.21 = 286; 0.28 gives 80 mmHg, 1 / (1 + 23400 / (80^3 + 150 x 80)) = 95.7 %
    assert (needed.device, needed.flow, needed.fio2) == ("nasal_cannula", 2, 0.28)
    assert needed.saturation == pytest.approx(95.7, abs=0.05)
    assert needed.s_f == pytest.approx(95.7 / 0.28, abs=0.2)


def test_lower_saturations_never_need_less():
    fractions = [support(value).fio2 for value in np.arange(97.0, 20.0, -0.5)]
    assert fractions == sorted(fractions)
    assert support(20.0).device == "nonrebreather"  # the most there is here, and below the target


def test_seizures_come_with_their_hazard():
    course = MadeCourse(Hz=lambda t: 0.05 * t)  # integral 0.5 on day 10
    found = [seizures(course, 0, seed=1, patient=number) for number in range(4000)]
    # P(any) = 1 - exp(-0.5) = 0.393, known to 0.0077 from 4000; the mean number is 0.5, known to 0.011
    assert np.mean([bool(days) for days in found]) == pytest.approx(0.393, abs=4 * 0.0077)
    assert np.mean([len(days) for days in found]) == pytest.approx(0.5, abs=4 * 0.011)
    assert np.mean([day for days in found for day in days]) == pytest.approx(5.0, abs=4 * 2.9 / np.sqrt(2000))


def test_no_seizure_without_a_seed_or_a_hazard():
    assert seizures(MadeCourse(Hz=lambda t: 100.0 * t), 0, seed=None, patient=0) == ()
    assert seizures(MadeCourse(), 0, seed=1, patient=0) == ()
