"""What is measured of a simulated course: worst values, days past a limit, numbers in words, captions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_story import TIMES, bump, compared, frame, treated, untreated

from icans.errors import DataError
from icans.report import story_differences
from icans.report import story_quantities as q
from icans.report.ribbon import Span
from icans.report.story import Comparison, Dose, Exposure, Story
from icans.report.story_exposure import entry
from icans.report.story_grades import onset, peak, worst_words
from icans.report.story_limits import limit, limits
from icans.report.story_pair import crossing
from icans.report.story_panel import corners
from icans.report.story_quantities import Quantity, past, spells
from icans.report.story_words import lasting, number_words, percent, short


def test_a_table_without_time_is_refused():
    with pytest.raises(DataError, match="'time'"):
        Story("x", "", pl.DataFrame({"IL6": [1.0, 2.0]}))


def test_two_patients_in_one_table_are_refused():
    with pytest.raises(DataError, match="one patient only"):
        Story("x", "", pl.DataFrame({"time": [0.0, 1.0, 0.0, 1.0]}))


def test_one_scenario_is_no_comparison():
    with pytest.raises(DataError, match="two scenarios"):
        Comparison("x", "", (untreated(),))


def test_the_worst_pressure_is_the_lowest_and_the_worst_cytokine_the_highest():
    assert q.MAP.worst(untreated()) == pytest.approx((64.0, 4.4))
    assert q.IL6.worst(untreated()) == pytest.approx((696.0, 5.0))


def test_the_worst_flux_is_the_farthest_from_rest_in_either_direction():
    story = Story("x", "", pl.DataFrame({"time": [0.0, 1.0, 2.0], "Jv": [4.0, 5.0, 3.0], "Ly": [4.0, 4.0, 6.0]}))
    assert q.FILTRATION.worst(story) == (-3.0, 2.0)


def test_what_cannot_be_seen_is_not_called_a_change():
    # A fiftieth of the axis of ICE, 0 to 10, is 0.2 points.
    low, still = (pl.DataFrame({"time": [0.0, 1.0], "ICE": [10.0, end]}) for end in (9.7, 9.9))
    assert q.ICE.is_stirred(Story("x", "", low))
    assert not q.ICE.is_stirred(Story("x", "", still))


def test_days_past_a_limit_are_counted_between_the_rows():
    # Up from 36 to 40 in 4 days and down again: 38 is passed at day 2 and at day 6.
    assert past(np.array([0.0, 4.0, 8.0]), np.array([36.0, 40.0, 36.0]), 38.0, above=True) == (2.0, 4.0)


def test_a_second_spell_counts_but_does_not_move_the_onset():
    times, values = np.arange(5.0), np.array([10.0, 8.0, 10.0, 8.0, 10.0])
    assert past(times, values, 9.0, above=False) == (0.5, 2.0)


def test_a_limit_that_is_never_passed_has_no_spell():
    assert past(np.arange(3.0), np.array([36.0, 37.0, 36.0]), 38.0, above=True) is None


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=30))
def test_time_above_and_time_below_make_up_the_whole(values):
    times = np.arange(float(len(values)))
    spells = [past(times, np.array(values) + 1e-3, 0.0, above) for above in (True, False)]
    assert sum(s.days for s in spells if s) == pytest.approx(times[-1], abs=1e-6)


@pytest.mark.parametrize(
    ("value", "digits", "words"),
    [
        (1390.4, 3, "1,390"),
        (44.04, 2, "44"),
        (0.512, 2, "0.51"),
        (0.0009996, 2, "0.0010"),
        (-1.7, 2, "−1.7"),
        (0, 3, "0"),
    ],
)
def test_numbers_have_so_many_digits_and_no_powers_of_ten(value, digits, words):
    assert number_words(value, digits) == words


@pytest.mark.parametrize(("value", "words"), [(36.7, "36.7"), (0.2, "0.2"), (5.0, "5"), (0.00225, "0"), (100.0, "100")])
def test_short_numbers_end_in_no_zeros(value, words):
    assert short(value) == words


@pytest.mark.parametrize(
    ("share", "words"), [(0.0888, "8.9%"), (0.08, "8.0%"), (0.358, "36%"), (0.0054, "0.54%"), (0, "under 0.1%")]
)
def test_shares_in_words(share, words):
    assert percent(share) == words


def test_the_csf_passes_the_blood_after_its_peak():
    # Both curves are known, so the crossing is where they are equal.
    story = untreated()
    at = crossing(story, story.values("IL6"), story.values("IL6c"))
    equal = TIMES[(TIMES > 5) & (bump(1.33, 377, 7.7, 0.22) > bump(3, 696, 5, 0.2))][0]
    assert at == pytest.approx(equal)


def test_two_curves_that_stay_close_do_not_part():
    # At day 8 the CSF holds 60 pg/mL and the blood 47, and nowhere is the ratio higher.
    story = untreated(IL6c=(1.33, 760.0, 5.1, 0.2))
    assert (story.values("IL6c") > story.values("IL6")).any()
    assert crossing(story, story.values("IL6"), story.values("IL6c")) is None


def test_the_share_of_a_drug_that_reaches_the_brain():
    assert entry(treated().exposures[0], treated()) == pytest.approx(0.002)
    assert entry(treated().exposures[1], treated()) is None
    assert entry(Exposure("x", "Ct", "mg/L", "tocb", "ug/L"), treated()) is None


def test_the_onset_is_the_first_grade_that_is_sure():
    spans = [Span("icans", 0, 2, 0, 0), Span("icans", 2, 3, 0, 1), Span("icans", 3, 4, 1, 2), Span("icans", 4, 5, 1, 1)]
    assert onset(spans) == 3
    assert peak(spans) == spans[2]


def test_nothing_known_has_no_peak():
    assert peak([Span("crs", 0, 1, None, None), Span("crs", 1, 2, 0, 4)]) is None


def test_the_notes_of_all_scenarios_are_told_once():
    one, two = (replace(untreated(), notes=("both", words)) for words in ("of one", "of two"))
    assert Comparison("x", "", (one, two)).notes == ("both", "of one", "of two")


def test_every_line_of_the_words_has_a_source_and_a_mark():
    for name, line in limits().items():
        assert line["source"], name
        assert line["evidence"] in {"verified", "memory", "assumed"}, name
        assert isinstance(limit(name), int | float)


def test_a_worst_grade_with_a_stretch_of_which_nothing_is_known():
    spans = [Span("crs", 0, 1, None, None), Span("crs", 1, 2, 0, 0)]
    assert worst_words(spans) == "not settled"
    assert worst_words(spans[1:]) == "none"
    assert worst_words(spans[:1]) == "not graded"
    assert worst_words([*spans, Span("crs", 2, 3, 2, 3)]) == "grade 2–3"
    story = Story("x", "", frame(), grades=tuple(s._replace(outcome="icans") for s in spans))
    cell = story_differences.WorstGrade("icans").cell(story, story)
    assert cell.value == "?"


@pytest.mark.parametrize(
    ("days", "words"), [(4.66, "4.7 days"), (1.0, "1.0 days"), (0.5, "12 h"), (1 / 24, "1 h"), (0.033, "48 min")]
)
def test_lengths_of_time_in_words(days, words):
    assert lasting(days) == words


def test_differences_are_ratios_of_amounts_and_differences_of_scores():
    cells = {m.label: [row[i] for _, row in story_differences.rows(compared())] for i, m in enumerate(_measures())}
    # 3290 / 696 = 4.73 and 105 / 696 = 0.151; naming 1.7 instead of 0.8 makes ICE 3.9 instead of 3.0.
    assert cells["IL-6 peak"] == [("696", ""), ("3,290†", "×4.7"), ("105", "×0.15")]
    assert cells["ICE lowest"] == [("3.0", ""), ("3.9", "+0.9"), ("3.0", "")]
    assert [c.value for c in cells["ICANS"]] == ["2–3"] * 3


def _measures():
    return story_differences.measures(compared())


def test_a_measure_that_one_scenario_lacks_is_left_out():
    poor = Story("Poor", "", frame().drop("MAP"))
    labels = [m.label for m in story_differences.measures(Comparison("x", "", (untreated(), poor)))]
    assert "MAP lowest" not in labels
    assert "IL-6 peak" in labels


def test_given_drugs_stand_in_the_order_of_their_first_dose():
    doses = (Dose("b", 4), Dose("a", 5), Dose("b", 1))
    story = Story("x", "", frame(), doses)
    assert story.given() == ["b", "a"]
    assert [d.time for d in story.doses_of("b")] == [1, 4]


@given(st.lists(st.floats(0, 100), min_size=3, max_size=60))
def test_a_thinned_curve_stays_within_the_width_of_a_hair(heights):
    x, y = np.arange(float(len(heights))), np.array(heights)
    kept = corners(x, y, off=0.5)
    assert {0, len(x) - 1} <= set(kept.tolist())
    # The distance across a line is never more than the distance upwards.
    slopes = np.abs(np.diff(y[kept]) / np.diff(x[kept]))
    allowed = 0.5 * np.sqrt(1 + slopes.max() ** 2) + 1e-9
    assert np.abs(np.interp(x, x[kept], y[kept]) - y).max() <= allowed


def test_quantities_fit_their_columns():
    assert Quantity("x", "", "a", minus="b").columns == ("a", "b")


def test_the_worst_grade_is_what_is_sure_and_what_is_possible():
    spans = [Span("icans", 0, 2, 0, 0), Span("icans", 2, 3, 1, 1), Span("icans", 3, 4, 0, 3)]
    assert peak(spans) == Span("icans", 2, 3, 1, 3)
    assert worst_words(spans) == "grade 1–3"


def test_spells_begin_where_values_pass_the_limit_anew():
    times, values = np.arange(6.0), np.array([39.0, 37.0, 39.0, 39.0, 38.0, 39.0])
    assert spells(times, values, 38.0, above=True) == [0.0, 2.0, 5.0]
    assert spells(times, values, 38.0, above=False) == [1.0]


def test_the_table_tells_fever_crp_and_crs():
    cells = {m.label: [row[i] for _, row in story_differences.rows(compared())] for i, m in enumerate(_measures())}
    # The fever of 4.7 days of the captions: 36.7 + 3 exp(-z²/2) = 38 on days 3.18 and 7.86.
    assert [c.value for c in cells["≥ 38 °C"]] == ["4.7"] * 3
    assert [c.value for c in cells["CRP peak"]] == ["191"] * 3
    assert [c.value for c in cells["CRS"]] == ["2"] * 3
    assert list(cells).index("ICANS") == list(cells).index("CRS") + 1
