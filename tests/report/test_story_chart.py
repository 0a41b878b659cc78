"""The pictures of simulations: complete on their own, every word inside, nothing drawn from outside or not a number."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_story import BUMPS, compared, frame, treated, untreated

from icans.report.small_multiples import ACROSS, banks, small_multiples
from icans.report.story import Comparison, Dose, Exposure, Story
from icans.report.story_chart import story_chart
from icans.report.story_page import HEAD_SIZE

SVG = "{http://www.w3.org/2000/svg}"


def words(picture: str) -> str:
    return " ".join(t for e in ET.fromstring(picture).iter(f"{SVG}text") for t in e.itertext())


def items(picture: str, key: str = "data-item") -> list[str]:
    return [str(e.get(key)) for e in ET.fromstring(picture).iter() if e.get(key)]


def test_the_four_rows_stand_in_their_order():
    said = words(story_chart(untreated()))
    titles = ["Fire in the blood", "The wall", "The storm within", "The bedside"]
    assert sorted(titles, key=said.index) == titles
    assert "The drugs" not in said


def test_each_peak_is_said_with_its_unit_and_day():
    said = words(story_chart(untreated()))
    for expected in ("IL-6 696 pg/mL 5.0", "Temperature 39.7 °C 5.0", "IL-6 in CSF 377 pg/mL 7.7", "ICE 3.0 of 10 7.6"):
        assert expected in said, expected


def test_the_two_moments_are_named_above_the_rows():
    said = words(story_chart(untreated()))
    assert "IL-6 peaks in the blood, day 5.0" in said
    assert "IL-6 peaks in the CSF, day 7.7" in said


def test_only_drugs_that_were_given_are_drawn():
    picture = story_chart(treated())
    assert items(picture, "data-drug") == ["tocilizumab", "norepinephrine", "dexamethasone"]
    assert "8 mg/kg" in words(picture)
    assert "10 mg × 17" in words(picture)


def test_every_dose_has_a_mark_in_its_row_and_one_on_the_time_axis():
    one = replace(treated(), doses=(Dose("tocilizumab", 3.0, "8 mg/kg"),))
    marks = [p for p in ET.fromstring(story_chart(one)).iter(f"{SVG}path") if len(str(p.get("d")).split("L")) == 3]
    assert len(marks) == 2
    assert len({str(p.get("d")).split("L")[2].split(",")[0] for p in marks}) == 1


def test_a_dose_after_the_end_is_not_drawn():
    late = replace(treated(), doses=(Dose("tocilizumab", 40.0, "8 mg/kg"),))
    said = words(story_chart(late))
    assert "8 mg/kg" not in said
    assert "plasma" not in said.partition("Tocilizumab")[2].partition("Fire in the blood")[0]


def test_grades_are_drawn_as_given():
    root = ET.fromstring(story_chart(untreated()))
    blocks = [(e.get("data-outcome"), e.get("data-min")) for e in root.iter(f"{SVG}g") if e.get("data-outcome")]
    assert blocks == [("crs", g) for g in "01210"] + [("icans", g) for g in "01210"]
    assert "url(#icans-hatch-3)" in story_chart(untreated())


def test_without_grades_there_is_no_ribbon():
    said = words(story_chart(replace(untreated(), grades=())))
    assert "CRS" not in said


def test_panels_whose_columns_are_missing_are_left_out():
    drawn = items(story_chart(Story("x", "", frame().select("time", "CRP", "ICE"))))
    assert drawn == ["CRP", "ICE"]


def test_what_is_assumed_stands_at_the_foot():
    assert "Least supported is what enters the brain" in words(story_chart(untreated()))
    assert "Least supported is what enters the brain" in words(small_multiples(compared()))


def test_the_title_can_be_left_to_the_page():
    whole, cut = (ET.fromstring(story_chart(untreated(), titled=t)) for t in (True, False))
    assert float(str(whole.get("height"))) > float(str(cut.get("height")))
    assert str(cut.get("viewBox")).split()[1] != "0"


@pytest.mark.parametrize("picture", [story_chart(treated()), small_multiples(compared())], ids=["one", "several"])
def test_nothing_is_fetched_from_outside(picture):
    inside = picture.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "http" not in inside
    assert "href" not in inside
    assert "<script" not in inside


def test_words_are_escaped():
    bad = "<script>alert(1)</script>"
    picture = story_chart(replace(treated(), title=bad, subtitle=bad, notes=(bad,), doses=(Dose(bad, 1.0, bad),)))
    ET.fromstring(picture)
    assert "<script" not in picture


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 1e5), min_size=len(BUMPS), max_size=len(BUMPS)), st.integers(2, 400))
def test_any_course_of_finite_numbers_can_be_drawn(tops, rows):
    times = np.linspace(0, 60, rows)
    columns = {name: np.linspace(0, top, rows) for name, top in zip(BUMPS, tops, strict=True)}
    table = pl.DataFrame({"time": times, **columns, "ICE": times / 6, "P_seizure": times / 60})
    picture = story_chart(Story("x", "", table))
    ET.fromstring(picture)
    assert not re.search(r'"[^"]*\b(nan|inf)\b', picture)


def test_every_scenario_has_every_row():
    picture = small_multiples(compared())
    assert items(picture, "data-scenario") == [t for t in ("Untreated", "Two drugs", "Knockout") for _ in range(8)]


def test_the_first_scenario_is_the_ghost_of_the_others_only():
    cells = [e for e in ET.fromstring(small_multiples(compared())).iter() if e.get("data-scenario")]
    ghosts = {str(c.get("data-scenario")) for c in cells if any(p.get("class") == "c-ghost-line" for p in c.iter())}
    assert ghosts == {"Two drugs", "Knockout"}


def test_a_row_has_one_scale_for_all():
    # 3290 pg/mL makes the axis end at 10,000 for all, though the others stay below 1,000.
    assert "10,000" in words(small_multiples(compared()))


def test_a_difference_stands_before_its_value():
    assert "×4.7 3,290†" in words(small_multiples(compared()))


@pytest.mark.parametrize(("count", "across"), [(2, [2]), (6, [6]), (7, [4, 3]), (14, [5, 5, 4])])
def test_many_scenarios_share_the_banks_evenly(count, across):
    assert [len(bank) for bank in banks([untreated()] * count)] == across
    assert max(across) <= ACROSS


def test_a_heading_keeps_to_its_column_in_a_wide_font():
    # DejaVu Sans Bold, which a reader may have instead of Helvetica, takes about 0.66 of its size a letter.
    named = [untreated("Anakinra under the skin from day 5") for _ in range(5)]
    picture = ET.fromstring(small_multiples(Comparison("x", "", tuple(named))))
    heads = [e for e in picture.iter(f"{SVG}text") if e.text and e.text.startswith("Anakinra")]
    starts = sorted(float(str(e.get("x"))) for e in heads)
    assert len(starts) == 5
    assert max(0.66 * (HEAD_SIZE - 2.5) * len(str(e.text)) for e in heads) < starts[1] - starts[0]


def test_after_a_blocker_the_picture_turns_on_what_signals():
    said = words(story_chart(treated()))
    assert "IL-6 that signals peaks in the blood, day 3.0" in said
    assert "signals (dashed) 100 pg/mL 3.0" in said
    assert "signals" not in words(story_chart(untreated()))


def test_after_a_blocker_the_csf_is_not_said_to_hold_more_than_the_blood():
    only = ("IL6", "IL6c", "u6", "time")
    with_, without = treated(), replace(treated(), blockers=())
    with_, without = (replace(s, frame=s.frame.select(only)) for s in (with_, without))
    assert "more in the CSF than in the blood" in words(story_chart(replace(without, frame=frame().select(only))))
    assert "more in the CSF than in the blood" not in words(story_chart(replace(with_, frame=frame().select(only))))


def test_what_stays_as_it_was_has_no_day():
    still = {name: (at, at, 5.0, 0.2) for name, at in (("IL6", 3.0), ("IL6c", 1.33), ("h_seizure", 0.0001))}
    said = words(story_chart(untreated("x", **still)))
    assert "IL-6 in blood 3.00 pg/mL IL-6 in CSF 1.33 pg/mL 0.1" in said
    assert "hazard 0.00010 /d 9.5 EEG" in said


def test_a_short_infusion_is_told_by_its_length():
    short = replace(treated(), doses=(Dose("crystalloid", 3.0, "0.5 L", end=3.0 + 1 / 24),))
    tips = [str(t.text) for t in ET.fromstring(story_chart(short)).iter(f"{SVG}title")]
    assert "crystalloid 0.5 L, day 3 over 1 h" in tips


def test_a_row_that_one_scenario_lacks_is_left_out():
    poor = Story("Poor", "", frame().drop("MAP"))
    assert "MAP" not in items(small_multiples(Comparison("x", "", (untreated(), poor))))


def test_the_hatching_is_explained_where_there_is_any():
    assert "Hatched: what the scale leaves open" in words(story_chart(untreated()))
    sure = replace(untreated(), grades=tuple(s for s in untreated().grades if s.min == s.max))
    assert "Hatched" not in words(story_chart(sure))


def test_a_drawn_seizure_is_a_stroke_on_its_day():
    picture = story_chart(replace(untreated(), seizures=(7.1,)))
    tips = [str(t.text) for t in ET.fromstring(picture).iter(f"{SVG}title")]
    assert "seizure drawn by chance, day 7.1" in tips
    assert "Upright strokes" in words(picture)
    assert "Upright strokes" not in words(story_chart(untreated()))


def steroids(*names: str) -> Story:
    """Two corticosteroids with one effect in the brain, or one of them."""
    table = frame().with_columns(Cd=pl.lit(1.0), Cm=pl.lit(1.0), Rb=pl.lit(0.5))
    columns = {"dexamethasone": "Cd", "methylprednisolone": "Cm"}
    given = tuple(Dose(name, 5.0 + i, "10 mg") for i, name in enumerate(names))
    return Story("x", "", table, given, exposures=tuple(Exposure(n, columns[n], "µg/L", effect="Rb") for n in names))


def test_the_effect_that_two_steroids_share_is_drawn_once():
    two, one = steroids("dexamethasone", "methylprednisolone"), steroids("dexamethasone")
    assert items(story_chart(two)).count("Rb") == 1
    assert words(story_chart(two)).count("in the brain 50%") == 1
    assert "Corticosteroid effect in the brain 50%" in words(story_chart(two))
    assert "Corticosteroid effect" not in words(story_chart(one))
    assert "effect in the brain 50%" in words(story_chart(one))


def test_amounts_keep_off_the_words_at_the_right():
    at_edge = replace(treated(), doses=(Dose("levetiracetam", 29.5, "750 mg"),))
    long = replace(treated(), doses=tuple(Dose("levetiracetam", i / 2, "750 mg") for i in range(60)))
    amount = [e for e in ET.fromstring(story_chart(at_edge)).iter(f"{SVG}text") if e.text == "750 mg"]
    assert [e.get("text-anchor") for e in amount] == ["end"]
    assert "× 60" not in words(story_chart(long))


def test_the_share_in_the_brain_leaves_room_for_its_number_in_a_wide_font():
    # DejaVu Sans takes about 0.62 of its size a letter; both stand between the axis and the column of values.
    root = ET.fromstring(story_chart(treated()))
    (name,) = (e for e in root.iter(f"{SVG}text") if e.text and e.text.startswith("brain, "))
    (value,) = (e for e in root.iter(f"{SVG}text") if e.text == "0.36 mg/L")
    assert 0.62 * 12 * len(str(name.text) + str(value.text)) < float(str(value.get("x"))) - float(str(name.get("x")))
