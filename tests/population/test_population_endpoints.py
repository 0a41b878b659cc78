"""What is kept of a course, on courses drawn by hand. Limits from sections 4 and 5.4 of the literature review."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from icans.errors import DataError
from icans.mechanism.bedside.signs import chart
from icans.population.endpoints import endpoints, needed
from icans.population.settings import settings
from mechanism.made_course import MadeCourse
from population.made import courses

TIMES = [0.0, 1.0, 2.0, 3.0, 4.0]


def one(seed: int = 1, first: int = 0, **curves: Sequence[float]) -> dict:
    """The endpoints of a patient who is healthy but for these curves."""
    return endpoints(courses(TIMES, {name: [curve] for name, curve in curves.items()}), seed, first).row(0, named=True)


def test_fever_begins_and_ends_where_the_line_crosses_38():
    # 37 to 39 crosses 38 half-way, on day 1.5; 39 to 38.5 stays above; 38.5 to 37 crosses after a third of a day.
    found = one(Temp=[37, 37, 39, 38.5, 37])
    assert found["fever"] is True
    assert found["fever_onset"] == pytest.approx(1.5)
    assert found["fever_days"] == pytest.approx(0.5 + 1 + 1 / 3)
    assert (found["Temp_peak"], found["Temp_peak_day"]) == (39, 2)
    assert found["crs_grade"] == 1


def test_exactly_38_is_fever():
    assert one(Temp=[37, 38, 37, 37, 37])["fever"] is True
    assert one(Temp=[37, 37.9, 37, 37, 37])["fever"] is False


def test_who_has_no_fever_has_no_onset():
    found = one(Temp=[36.7] * 5)
    assert found["fever"] is False
    assert found["fever_onset"] is None
    assert found["fever_days"] == 0
    assert found["crs_grade"] == 0


def test_a_low_ice_score_is_nine_or_less():
    # From 10 to 8 crosses 9 half-way; from 5 to 10 crosses 9 after four fifths.
    found = one(ICE=[10, 10, 8, 5, 10])
    assert (found["low_ice"], found["icans"]) == (True, True)
    assert found["low_ice_onset"] == found["icans_onset"] == pytest.approx(1.5)
    assert found["low_ice_days"] == pytest.approx(0.5 + 1 + 0.8)
    assert (found["ICE_low"], found["ICE_low_day"]) == (5, 3)


def test_icans_is_a_grade_of_one_or_more_with_or_without_a_low_ice_score():
    for found in (one(Hz=[0, 0, 0, 0, 50]), one(Fr=[1, 1, 0.2, 1, 1]), one(ICP=[9, 9, 41, 9, 9])):
        assert (found["icans"], found["icans_severe"], found["low_ice"]) == (True, True, False)
        assert found["icans_without_fever"] is True
    well = one(ICE=[9.95] * 5)
    assert (well["icans"], well["icans_severe"], well["icans_onset"]) == (False, False, None)


def test_icans_begins_with_the_first_of_its_signs():
    # Arousal passes 0.3 on the way from 1 to 0.2 after 7/8, pressure 25 on the way from 9 to 41 half-way.
    assert one(Fr=[1, 1, 0.2, 1, 1], ICE=[10, 10, 10, 8, 10])["icans_onset"] == pytest.approx(1.875)
    assert one(ICP=[9, 9, 41, 9, 9], ICE=[10, 10, 10, 8, 10])["icans_onset"] == pytest.approx(1.5)


def test_a_seizure_begins_icans_on_the_day_its_chance_says():
    # All of the chance comes up on the third day, evenly: so do the days of the seizures that happen.
    found = endpoints(courses([0, 2, 3, 4], {"Hz": [[0, 0, 50, 50]] * 2000}), 1, 0)
    days = found["icans_onset"].to_numpy()
    assert (days.min() > 2, days.max() < 3) == (True, True)
    assert days.mean() == pytest.approx(2.5, abs=4 * 0.289 / math.sqrt(2000))  # uniform: sd 1/sqrt(12)


@pytest.mark.parametrize(("trough", "grade"), [(9.95, 0), (9.1, 0), (9, 1), (6.1, 1), (6, 2), (2.1, 2), (2, 3), (0, 3)])
def test_the_grade_of_icans_follows_the_ice_score(trough, grade):
    found = one(ICE=[10, 10, trough, 10, 10])
    assert found["icans_grade"] == grade
    assert found["icans_severe"] is (grade >= 3)


def test_a_seizure_is_grade_three_and_happens_with_the_chance_of_its_hazard():
    sure = one(Hz=[0, 0, 0, 0, 50])
    assert sure["P_seizure"] == pytest.approx(1)
    assert sure["seizure"] is True
    assert (sure["icans_grade"], sure["icans_severe"]) == (3, True)
    never = one(Hz=[0] * 5)
    assert (never["P_seizure"], never["seizure"], never["icans_grade"]) == (0, False, 0)


def test_seizures_are_as_frequent_as_their_chance():
    # A hazard that adds up to ln 2 makes a chance of one half.
    found = endpoints(courses([0, 1], {"Hz": [[0, math.log(2)]] * 4000}), 1, 0)
    assert found["P_seizure"].to_list() == pytest.approx([0.5] * 4000)
    assert found["seizure"].mean() == pytest.approx(0.5, abs=4 * 0.5 / math.sqrt(4000))


def test_whether_a_seizure_happens_depends_on_the_patient_and_not_on_the_chunk():
    half = [[0, math.log(2)]] * 20
    together = endpoints(courses([0, 1], {"Hz": half}), 5, 0)["seizure"].to_list()
    apart = [endpoints(courses([0, 1], {"Hz": half[:1]}), 5, patient)["seizure"].item() for patient in range(20)]
    assert together == apart
    assert len(set(together)) == 2


def test_a_patient_who_cannot_be_roused_or_has_oedema_has_grade_four():
    assert one(Fr=[1, 1, 0.29, 1, 1])["icans_grade"] == 4
    assert one(ICP=[9, 9, 25.1, 9, 9])["icans_grade"] == 4
    assert one(Fr=[1, 1, 0.3, 1, 1], ICP=[9, 9, 25, 9, 9])["icans_grade"] == 0


# Grade 2 as the chart has it: hypotension below 65 mmHg, oxygen below 92 %. Grade 3 is ours.
@pytest.mark.parametrize(
    ("pressure", "saturation", "grade"),
    [(92, 97, 1), (65, 92, 1), (64.9, 97, 2), (92, 91.9, 2), (55, 88, 2), (54.9, 97, 3), (92, 87.9, 3)],
)
def test_the_grade_of_crs_follows_pressure_and_saturation_in_fever(pressure, saturation, grade):
    found = one(Temp=[37, 39, 39, 37, 37], MAP=[92, 92, pressure, 92, 92], SpO2=[97, 97, saturation, 97, 97])
    assert found["crs_grade"] == grade


def test_a_low_pressure_counts_after_fever_has_ended_but_not_before_it():
    low = [92, 92, 92, 60, 92]
    assert one(Temp=[37, 39, 37, 37, 37], MAP=low)["crs_grade"] == 2
    assert one(Temp=[37, 37, 37, 37, 39], MAP=low)["crs_grade"] == 1
    assert one(MAP=low)["crs_grade"] == 0


def test_the_limits_are_those_of_the_chart():
    limits = settings().findings
    for course, sign, value in (
        (MadeCourse(1.0, MAP=limits.crs_grades[0].pressure - 0.6), "hypotension", "yes"),
        (MadeCourse(1.0, MAP=limits.crs_grades[0].pressure), "hypotension", "no"),
        (MadeCourse(1.0, SpO2=limits.crs_grades[0].saturation - 0.1), "oxygen_device", "nasal_cannula"),
        (MadeCourse(1.0, SpO2=limits.crs_grades[0].saturation), "oxygen_device", "room_air"),
        (MadeCourse(1.0, Fr=limits.arousal - 0.01), "consciousness", "unarousable"),
        (MadeCourse(1.0, Fr=limits.arousal), "consciousness", "awake"),
        (MadeCourse(1.0, ICP=limits.pressure_in_skull + 0.1), "edema_on_imaging", "diffuse"),
        (MadeCourse(1.0, ICP=limits.pressure_in_skull), "edema_on_imaging", "none"),
    ):
        assert {s.value for s in chart(course).signs if s.item == sign} == {value}


def test_icans_without_fever_is_told():
    assert one(ICE=[10, 5, 5, 10, 10])["icans_without_fever"] is True
    assert one(ICE=[10, 5, 5, 10, 10], Temp=[37, 39, 37, 37, 37])["icans_without_fever"] is False


def test_the_last_tumour_volume_is_kept():
    assert one(B=[200, 100, 50, 20, 0.5])["B_end"] == 0.5


def test_a_failed_patient_is_marked_and_has_no_endpoints():
    found = endpoints(courses([0, 1], {"IL6": [[3, 5], [3, math.nan], [3, 7]]}), 1, 10)
    assert found["patient"].to_list() == [10, 11, 12]
    assert found["failed"].to_list() == [False, True, False]
    assert found["IL6_peak"].to_list() == [5, None, 7]
    assert found["fever"].to_list() == [False, None, False]


def test_a_chunk_in_which_all_failed_has_the_same_columns():
    well = endpoints(courses([0, 1], {"IL6": [[3, 5]]}), 1, 0)
    failed = endpoints(courses([0, 1], {"IL6": [[3, math.nan]]}), 1, 0)
    assert failed.schema == well.schema


def test_one_moment_is_no_course():
    with pytest.raises(DataError, match="two or more times, and there are 1"):
        endpoints(courses([0], {"IL6": [[3]]}), 1, 0)


def test_what_is_read_is_asked_for_once():
    assert len(set(needed())) == len(needed())
