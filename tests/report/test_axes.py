"""Values find their place, ticks are round numbers, and thinning keeps every extreme."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_record import INFUSION

from icans.report.axes import DayAxis, Upright, fitted, is_wide, nice_step
from icans.report.drugs import amounts
from icans.report.series import Point, thinned


def test_days_run_from_left_to_right():
    axis = DayAxis(-1, 9, left=100, right=200)
    assert [axis.at(-1), axis.at(4), axis.at(9)] == [100, 150, 200]


def test_a_short_course_has_a_tick_each_day():
    assert DayAxis(-1, 4, 0, 500).ticks() == [-1, 0, 1, 2, 3, 4]


@pytest.mark.parametrize("last", [30, 100, 400, 4000, 40_000])
def test_ticks_of_a_long_course_include_the_infusion_and_do_not_crowd(last):
    ticks = DayAxis(-14, last, 0, 520).ticks()
    assert 0 in ticks
    assert 2 <= len(ticks) <= 21


def test_high_is_up_unless_the_axis_is_reversed():
    axis = Upright(0, 10, top=0, bottom=100)
    assert axis.at(10) == 0
    assert replace(axis, reversed=True).at(10) == 100


def test_a_value_outside_stands_at_the_edge():
    assert Upright(36, 40, top=0, bottom=100).at(3.9) == 100


def test_a_log_axis_has_its_ticks_at_powers_of_ten():
    axis = fitted([30.0, 12_000.0], (0, 500), 0, 40, log=True)
    assert axis.ticks() == [10, 100, 1000, 10_000, 100_000]
    assert axis.at(1000) == pytest.approx(20)


def test_a_range_is_wide_past_a_factor_of_50_and_only_above_zero():
    assert not is_wide([1.0, 50.0])
    assert is_wide([1.0, 50.1])
    assert not is_wide([0.0, 5000.0])
    assert not is_wide([])


@given(st.floats(1e-6, 1e6))
def test_a_nice_step_is_not_below_what_was_asked_and_less_than_two_and_a_half_times_it(rough):
    assert rough * (1 - 1e-6) <= nice_step(rough) <= rough * 2.5


def _points(values: list[tuple[float, float]], implausible: bool = False) -> list[Point]:
    return [Point(d, v, v, implausible, "crp", INFUSION) for d, v in sorted(values)]


@given(st.lists(st.tuples(st.floats(-10, 10), st.floats(0, 500)), max_size=80), st.floats(0.1, 5))
def test_thinning_keeps_the_extremes_the_ends_and_the_order(values, width):
    before = _points(values)
    after = thinned(before, width)
    assert after == sorted(after, key=lambda p: p.day)
    assert set(after) <= set(before)
    if before:
        assert max(p.high for p in after) == max(p.high for p in before)
        assert min(p.low for p in after) == min(p.low for p in before)
        assert (after[0], after[-1]) == (before[0], before[-1])


def test_thinning_makes_a_dense_series_small():
    dense = _points([(k / 1000, k % 7) for k in range(10_000)])
    assert len(thinned(dense, 0.1)) <= 2 * 101 + 2


def test_thinning_keeps_the_implausible_apart():
    odd = _points([(1.0, 400.0)], implausible=True)
    assert odd[0] in thinned(_points([(0.9, 1.0), (1.1, 500.0), (1.2, 0.0)]) + odd, 5)


@pytest.mark.parametrize(
    ("doses", "words"),
    [
        (["10 mg", "10 mg", "4 mg"], "10 → 4 mg"),
        (["8 mg/kg"], "8 mg/kg"),
        (["10 mg", "8 mg", "6 mg", "4 mg"], "10 → … → 4 mg"),
        (["1 g", "500 mg"], "1 g → 500 mg"),
        (["", "5 ug/min"], "5 ug/min"),
        ([], ""),
    ],
)
def test_doses_in_few_words(doses, words):
    assert amounts(doses) == words
