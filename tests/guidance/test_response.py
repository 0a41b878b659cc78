"""What came of a treatment, at the edges of its times: exactly at a limit, and a minute beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from icans.grading.course import COURSE
from icans.guidance.response import Grades, grades_of, response

NOW = datetime(2026, 3, 8, 10, tzinfo=UTC)
MINUTE = 1 / 60
"""In hours."""

Course = Sequence[tuple[float, int, int]]
"""(hours ago, lower end, upper end) of a grade, the oldest first."""


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def grades(rows: Course) -> Grades:
    return Grades(*(tuple(column) for column in zip(*((ago(h), low, high) for h, low, high in rows), strict=True)))


def answer(rows: Course, since: float, wait: float = 8) -> str | None:
    """What came of a treatment begun so many hours ago."""
    return response(grades(rows), ago(since), NOW, wait)


# When it is judged.


@pytest.mark.parametrize("wait", [8, 24])
def test_an_unchanged_grade_is_no_improvement_once_the_time_to_judge_has_passed(wait):
    """8 h after tocilizumab, 24 h after a steroid: from then on, to the minute."""
    same = [(40, 2, 2)]
    assert answer(same, since=wait, wait=wait) == "no_improvement"
    assert answer(same, since=wait + MINUTE, wait=wait) == "no_improvement"
    assert answer(same, since=wait - MINUTE, wait=wait) is None


@pytest.mark.parametrize("wait", [8, 24])
def test_a_lower_or_a_higher_grade_answers_before_that(wait):
    assert answer([(40, 2, 2), (1, 1, 1)], since=4, wait=wait) == "improved"
    assert answer([(40, 2, 2), (1, 3, 3)], since=4, wait=wait) == "no_improvement"


def test_higher_since_and_back_where_it_began_is_no_improvement_before_that():
    assert answer([(40, 2, 2), (2, 3, 3), (1, 2, 2)], since=4) == "no_improvement"


def test_a_grade_charted_again_as_it_was_answers_nothing_before_that():
    assert answer([(40, 2, 2), (2, 2, 2), (1, 2, 2)], since=4) is None


# Where it began: the worst from 2 h before to 1 h after.


def test_a_grade_that_ended_up_to_2_h_before_the_dose_is_where_it_began():
    """Grade 3 until some time before the dose, 2 since: better than 3, or as it was."""
    ended = {hours: [(20, 3, 3), (10 + hours, 2, 2)] for hours in (2 - MINUTE, 2, 2 + MINUTE)}
    assert answer(ended[2 - MINUTE], since=10) == "improved"
    assert answer(ended[2], since=10) == "no_improvement"
    assert answer(ended[2 + MINUTE], since=10) == "no_improvement"


def test_a_grade_charted_up_to_1_h_after_the_dose_is_where_it_began():
    """A rise within the hour is no worsening since; one after it is, at once."""
    rise = {hours: [(20, 2, 2), (4 - hours, 3, 3)] for hours in (1, 1 + MINUTE)}
    assert answer(rise[1], since=4) is None
    assert answer(rise[1 + MINUTE], since=4) == "no_improvement"


def test_a_grade_of_0_within_the_first_hour_is_not_gone_and_back():
    gone = {hours: [(20, 2, 2), (9 - hours, 0, 0), (5, 2, 2)] for hours in (1, 1 + MINUTE)}
    assert answer(gone[1], since=9) == "no_improvement"
    assert answer(gone[1 + MINUTE], since=9) == "relapsed"


def test_a_grade_that_may_have_been_0_is_not_gone_and_back():
    assert answer([(20, 2, 2), (5, 0, 1), (2, 2, 2)], since=9) == "no_improvement"
    assert answer([(20, 2, 2), (5, 0, 0), (2, 0, 2)], since=9) is None  # may be 0 still


def test_what_is_gone_is_better():
    assert answer([(20, 2, 2), (5, 0, 0)], since=9) == "improved"


def test_without_a_grade_where_it_began_there_is_nothing_to_answer():
    assert answer([(7, 2, 2)], since=9) is None  # the first one is from 2 h after the dose
    assert answer([(20, 0, 0), (7, 3, 3)], since=9) is None
    assert answer([(8.5, 2, 2), (3, 2, 2)], since=9) == "no_improvement"  # charted half an hour after the dose


def test_only_what_is_surely_lower_is_better():
    assert answer([(20, 2, 3), (2, 2, 2)], since=9) is None
    assert answer([(20, 2, 3), (2, 1, 1)], since=9) == "improved"
    assert answer([(20, 2, 3), (2, 3, 3)], since=9) == "no_improvement"


# Grades over time.


def test_a_grade_holds_from_its_time_to_the_next():
    own = grades([(10, 1, 1), (5, 2, 3)])
    assert own.at(ago(10 + MINUTE)) is None
    assert (own.at(ago(10)), own.at(ago(5 + MINUTE)), own.at(ago(5)), own.at(NOW)) == ((1, 1), (1, 1), (2, 3), (2, 3))


@pytest.mark.parametrize(
    ("rows", "clear"),
    [
        ([(20, 0, 0), (10, 0, 0), (5, 2, 2)], 10),
        ([(20, 0, 0), (10, 0, 1), (5, 2, 2)], 20),  # may have been 1
        ([(20, 1, 1), (5, 2, 2)], None),  # never
        ([(20, 2, 2), (5, 0, 0)], None),  # still so
        ([(20, 0, 0), (5, 0, 2)], None),  # may be so still
        ([(20, 0, 0), (5, 2, 2), (-1, 0, 0), (-2, 2, 2)], 20),  # what comes later is not known
    ],
)
def test_the_last_time_it_was_surely_0(rows, clear):
    assert grades(rows).last_clear(NOW) == (None if clear is None else ago(clear))


def test_grades_of_one_outcome_are_put_in_order_and_those_not_known_left_out():
    rows = [(5, "crs", 2, 2), (9, "icans", 4, 4), (20, "crs", 1, 1), (1, "crs", None, None)]
    course = pl.DataFrame(
        [{"patient": "p", "time": ago(h), "outcome": o, "min": low, "max": high} for h, o, low, high in rows],
        schema=COURSE,
    )
    assert grades_of(course, "crs") == grades([(20, 1, 1), (5, 2, 2)])
