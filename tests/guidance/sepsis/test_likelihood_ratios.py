"""The arithmetic, against numbers worked out by hand or printed in textbooks."""

from __future__ import annotations

import pytest

from icans.guidance.sepsis.ratio import Proportion, counted, percent, ratios, updated, wilson


def test_the_ratios_of_the_cytokine_model_in_the_validation():
    found = ratios(1.0, 0.828, cap=10, floor=0.05)
    assert found.positive == pytest.approx(1 / 0.172)  # 5.81
    assert found.negative == 0.05  # 0 / 0.828 = 0, raised to the floor
    assert "1 / (1 − 0.828) = 5.8" in found.positive_words
    assert "not below 0.05" in found.negative_words


def test_the_ratio_of_the_training_is_capped_and_says_what_it_was():
    found = ratios(1.0, 0.976, cap=10, floor=0.02)
    assert found.positive == 10
    assert found.negative == 0.02
    assert "= 41.7, capped at 10" in found.positive_words  # 1 / 0.024


def test_ratios_within_the_bounds_are_left_as_they_are():
    found = ratios(0.9, 0.8, cap=10, floor=0.05)
    assert found.positive == pytest.approx(4.5)  # 0.9 / 0.2
    assert found.negative == pytest.approx(0.125)  # 0.1 / 0.8
    assert "capped" not in found.positive_words
    assert "below" not in found.negative_words


def test_a_specificity_of_1_has_no_positive_ratio_and_one_of_0_no_negative():
    found = ratios(0.9565, 1.0, cap=10, floor=0.01)
    assert found.positive is None
    assert "cannot be computed" in found.positive_words
    assert found.negative == pytest.approx(0.0435)
    assert ratios(0.9, 0.0, cap=10, floor=0.01).negative is None


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        # (p + z²/2n ± z·sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n) with z = 1.95996
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (9, 11, 0.5230, 0.9486),
        (19, 109, 0.1145, 0.2564),
        (11, 109, 0.0573, 0.1717),
    ],
)
def test_the_interval_of_wilson(count, of, low, high):
    assert wilson(count, of) == pytest.approx((low, high), abs=5e-4)


@pytest.mark.parametrize(("count", "of"), [(3, 2), (-1, 5), (0, 0)])
def test_a_count_that_is_no_part_of_a_whole_is_refused(count, of):
    with pytest.raises(ValueError, match="from 0 to the number of patients"):
        counted(count, of)


def test_a_share_without_a_number_of_patients_has_no_interval():
    assert Proportion(0.828).words == "83 % (no interval)"
    assert (Proportion(0.828).low, Proportion(0.828).high) == (None, None)
    assert counted(9, 11).words == "9 of 11, 82 % (95 % interval 52 to 95 %)"


def test_a_posterior_by_odds():
    # 0.2 is odds of 0.25; times 4 is 1, which is 0.5
    assert updated(0.2, 4) == pytest.approx(0.5)
    assert updated(0.174, 1) == pytest.approx(0.174)


def test_a_small_probability_is_not_rounded_to_none():
    assert percent(0.0056) == "0.56 %"
    assert percent(0.395) == "40 %"
