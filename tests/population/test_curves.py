"""What is read off a curve, on curves drawn by hand."""

from __future__ import annotations

import numpy as np
import pytest

from icans.population.curves import lowest, onset, peak, time_beyond

TIMES = np.array([0.0, 1.0, 3.0, 4.0])


def curve(*values: float) -> np.ndarray:
    return np.array([values], float)


def test_a_peak_is_the_highest_value_and_its_first_day():
    value, day = peak(TIMES, np.array([[1, 5, 5, 2], [4, 3, 2, 1]], float))
    assert value.tolist() == [5, 4]
    assert day.tolist() == [1, 0]


def test_the_lowest_value_and_its_first_day():
    value, day = lowest(TIMES, np.array([[9, 3, 2, 2]], float))
    assert (value.tolist(), day.tolist()) == ([2], [3])


def test_an_onset_lies_on_the_straight_line_between_two_points():
    # From -1 on day 1 to 3 on day 3 the line crosses 0 a quarter of the way: 1 + 0.25 * 2.
    assert onset(TIMES, curve(-2, -1, 3, 1)).tolist() == [1.5]


def test_an_onset_is_the_first_of_several():
    assert onset(np.arange(6.0), curve(-1, 1, -1, 1, -1, 1)).tolist() == [0.5]


def test_touching_the_limit_is_an_onset_without_length():
    touching = curve(-1, 0, -1, -1)
    assert onset(TIMES, touching).tolist() == [1]
    assert time_beyond(TIMES, touching).tolist() == [0]


def test_who_is_beyond_at_the_start_has_his_onset_then():
    assert onset(TIMES, curve(2, 1, -1, -1)).tolist() == [0]


def test_without_a_crossing_there_is_no_onset():
    assert np.isnan(onset(TIMES, curve(-1, -2, -3, -1))).tolist() == [True]


def test_the_time_beyond_adds_up_all_stretches():
    # Day 0 to 1: from -1 to 1, half. Day 1 to 3: from 1 to -3, a quarter of two days. Day 3 to 4: none.
    assert time_beyond(TIMES, curve(-1, 1, -3, -1)).tolist() == [0.5 + 0.5]


def test_who_is_always_beyond_is_so_all_the_time():
    assert time_beyond(TIMES, curve(1, 2, 3, 4)).tolist() == pytest.approx([4])


def test_exactly_at_the_limit_counts_as_beyond():
    assert time_beyond(TIMES, curve(0, 0, 0, 0)).tolist() == pytest.approx([4])
