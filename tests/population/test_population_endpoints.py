"""What is kept of a course, on courses drawn by hand. Limits from sections 4 and 5.4 of the literature review."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from icans.errors import DataError
from icans.population.endpoints import endpoints, needed
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


def test_icans_is_an_ice_score_of_nine_or_less():
    # From 10 to 8 crosses 9 half-way; from 5 to 10 crosses 9 after four fifths.
    found = one(ICE=[10, 10, 8, 5, 10])
    assert found["icans_onset"] == pytest.approx(1.5)
    assert found["icans_days"] == pytest.approx(0.5 + 1 + 0.8)
    assert (found["ICE_low"], found["ICE_low_day"]) == (5, 3)


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


@pytest.mark.parametrize(
    ("pressure", "saturation", "grade"),
    [(92, 97, 1), (68, 91, 1), (67.9, 97, 2), (92, 90.9, 2), (54.9, 97, 3), (92, 87.9, 3)],
)
def test_the_grade_of_crs_follows_pressure_and_saturation_in_fever(pressure, saturation, grade):
    found = one(Temp=[37, 39, 39, 37, 37], MAP=[92, 92, pressure, 92, 92], SpO2=[97, 97, saturation, 97, 97])
    assert found["crs_grade"] == grade


def test_a_low_pressure_counts_after_fever_has_ended_but_not_before_it():
    low = [92, 92, 92, 60, 92]
    assert one(Temp=[37, 39, 37, 37, 37], MAP=low)["crs_grade"] == 2
    assert one(Temp=[37, 37, 37, 37, 39], MAP=low)["crs_grade"] == 1
    assert one(MAP=low)["crs_grade"] == 0


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
