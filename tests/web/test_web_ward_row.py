"""A row of the ward: trend, last test, and who is needed most."""

from __future__ import annotations

from datetime import timedelta

import pytest

from icans.web.ward_row import DueCheck, Grade, WardRow, _trend, need
from made_ward import NOW, made_ward

NOTHING = Grade(None, None, None, None)


def row(**changed: object) -> WardRow:
    usual = {
        "day": 3.0, "product": "axi-cel", "label": "", "age": 60.0, "crs": Grade(0, 0, None, None),
        "icans": Grade(0, 0, None, None), "test": None, "overdue": (), "next": None, "last_seen": None,
    }  # fmt: skip
    return WardRow(**{**usual, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "now", "trend"),
    [
        ((1, 1), (2, 2), "rising"),
        ((2, 2), (1, 1), "falling"),
        ((2, 2), (2, 2), "same"),
        ((0, 1), (2, 3), "rising"),
        ((1, 2), (2, 2), None),
        ((1, 1), (1, 2), None),
        ((2, 4), (2, 2), None),
        ((1, 2), (1, 2), None),
        ((2, 2), (1, 3), None),
        ((0, 4), (2, 2), None),
        ((2, 2), (0, 4), None),
        ((2, 2), (None, None), None),
    ],
)
def test_a_trend_is_told_only_where_the_grade_surely_moved_or_surely_stayed(before, now, trend):
    assert _trend(before, now) == trend


def test_the_higher_grade_comes_first_whatever_was_answered():
    sick, well = row(icans=Grade(4, 4, None, None)), row()
    assert need(sick, 0, NOW) < need(well, 9, NOW)


def test_of_equal_grades_who_has_more_waiting_comes_first():
    assert need(row(), 2, NOW) < need(row(), 1, NOW)


def test_a_grade_that_may_be_higher_comes_first():
    settled, open_ = row(crs=Grade(2, 2, None, None)), row(icans=Grade(1, 3, None, None))
    assert need(open_, 1, NOW) < need(settled, 1, NOW)


def test_of_equal_grades_the_longest_overdue_comes_first():
    late = row(overdue=(DueCheck("ICE", NOW - timedelta(hours=5), True),))
    later = row(overdue=(DueCheck("ICE", NOW - timedelta(hours=6), True),))
    assert need(later, 0, NOW) < need(late, 0, NOW)


def test_a_record_that_could_not_be_worked_out_is_not_hidden_at_the_end():
    assert need(row(problem="it could not"), 0, NOW) < need(row(icans=Grade(4, 4, None, None)), 9, NOW)


def test_an_unknown_grade_stands_between_a_settled_1_and_a_settled_3():
    unknown = need(row(icans=Grade(0, 4, None, None)), 0, NOW)
    assert need(row(icans=Grade(3, 3, None, None)), 0, NOW) < unknown < need(row(icans=Grade(1, 1, None, None)), 9, NOW)


def test_who_died_comes_last():
    assert need(row(ended=True, crs=Grade(4, 4, None, None)), 3, NOW) > need(row(), 0, NOW)


def test_capd_is_the_sum_of_its_questions_with_the_first_four_turned_round(tmp_path):
    ward = made_ward(tmp_path)
    asked = {
        "capd_eye_contact": "always", "capd_purposeful": "often", "capd_aware": "never",
        "capd_communicates": "sometimes", "capd_restless": "always", "capd_inconsolable": "never",
        "capd_underactive": "rarely", "capd_slow": "often",
    }  # fmt: skip
    patient = ward.admit(
        facts={"infusion": "2026-03-02T09:00Z", "age": "7"}, rows=[(1, i, v, None) for i, v in asked.items()]
    )
    test = ward.platform.reviews.of(patient).row.test
    # Points (Traube 2014): 0 + 1 + 4 + 2 for the first four, 4 + 0 + 1 + 3 for the others.
    assert test is not None
    assert (test.name, test.low, test.high) == ("CAPD", 15, 15)


def test_a_question_of_capd_that_was_not_asked_opens_the_total(tmp_path):
    ward = made_ward(tmp_path)
    patient = ward.admit(
        facts={"infusion": "2026-03-02T09:00Z", "age": "7"},
        rows=[(1, "capd_restless", "always", None), (1, "capd_slow", "never", None)],
    )
    test = ward.platform.reviews.of(patient).row.test
    assert test is not None
    assert (test.low, test.high) == (4, 4 + 6 * 4)


def test_the_ward_shows_the_newest_ice_with_what_was_not_asked(tmp_path):
    ward = made_ward(tmp_path)
    asked = [(2, "ice_orientation", "4", None), (2, "ice_naming", "3", None)]
    patient = ward.admit(rows=[(9, "ice_total", "10", None), *asked])
    test = ward.platform.reviews.of(patient).row.test
    assert test is not None
    assert (test.low, test.high, test.time) == (7, 10, NOW - timedelta(hours=2))
