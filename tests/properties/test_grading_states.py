"""What holds of the ASTCT grades of every state, whatever is known of it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from drawn_states import OUTCOMES, VALUES, Row, graded, states_with_gaps, typed, whole_states
from hypothesis import given, settings
from hypothesis import strategies as st

from icans.grading.grade import grade_states
from icans.grading.library import family
from icans.record.catalogue import catalogue
from icans.record.units import accepted, convert, line
from made import state
from plain_astct import grade_interval

SOME = settings(max_examples=40, deadline=None)
FEW = settings(max_examples=15, deadline=None)
# By C4 these stand in for each other: the clinician's word before the systolic pressure before the mean pressure.
# Learning one replaces another instead of filling a gap, so it may move the interval.
STAND_INS = {"hypotension", "sbp_mmhg"}
# Neither end is worse: age chooses the limits and the test, and so does developmental delay.
NO_DIRECTION = {"age_years", "developmental_delay"}
# Listed last, and yet it lowers the grade: another cause takes the finding out.
OTHER_CAUSES = {name for name in VALUES if name.endswith("_other_cause")}
# A worse baseline makes today's score less of a loss.
BASELINES = {"ice_baseline_total", "capd_baseline_total"}
# Death is an end, not a degree, and has a test of its own below.
WORSENING = sorted(set(VALUES) - NO_DIRECTION - OTHER_CAUSES - BASELINES - {"death_cause"})


def intervals(row: tuple[int, int, int, int]) -> dict[str, tuple[int, int]]:
    return {"crs": row[:2], "icans": row[2:]}


@SOME
@given(st.lists(states_with_gaps(), min_size=1, max_size=40))
def test_the_table_grades_as_the_plain_function_does(rows: list[Row]):
    assert graded(rows) == [grade_interval(row) for row in rows]


@SOME
@given(st.lists(states_with_gaps(), min_size=1, max_size=20))
def test_an_interval_is_not_turned_round_and_lies_in_0_to_5(rows: list[Row]):
    for crs_min, crs_max, icans_min, icans_max in graded(rows):
        assert 0 <= crs_min <= crs_max <= 5
        assert 0 <= icans_min <= icans_max <= 5


@SOME
@given(st.lists(whole_states, min_size=1, max_size=20))
def test_without_gaps_the_grade_is_a_single_one(rows: list[Row]):
    # C10 leaves open what signs without fever mean that nothing hides, though nothing is missing.
    for row, (crs_min, crs_max, icans_min, icans_max) in zip(rows, graded(rows), strict=True):
        unmasked = row["crs_fever_earlier"] == "yes" and row["fever_masking_therapy"] == "none"
        assert crs_min == crs_max or unmasked
        assert icans_min == icans_max


@SOME
@given(states_with_gaps())
def test_learning_what_was_missing_never_widens_an_interval(row: Row):
    gaps = sorted(name for name, value in row.items() if value is None and name not in STAND_INS)
    learnt = [{**row, name: value} for name in gaps for value in VALUES[name]]
    before = intervals(graded([row])[0])
    for after in graded([row, *learnt]):
        for outcome, (low, high) in intervals(after).items():
            assert before[outcome][0] <= low <= high <= before[outcome][1]


@SOME
@given(states_with_gaps(), st.sampled_from(WORSENING))
def test_making_a_finding_worse_never_lowers_an_end_of_the_interval(row: Row, name: str):
    # Device, flow and reason are one finding: a mask is no worse than a cannula at 40 L/min, and a tube that only
    # protects the airway is better than a mask.
    fixed = {"oxygen_flow_l_min": 2.0, "positive_pressure_reason": "hypoxia"} if name == "oxygen_device" else {}
    worsened = [{**row, **fixed, name: value} for value in VALUES[name]]
    found = [intervals(one) for one in graded(worsened)]
    for outcome, items in OUTCOMES.items():
        if name not in items:
            assert len({one[outcome] for one in found}) == 1
        for better, worse in pairwise(found):
            assert better[outcome][0] <= worse[outcome][0]
            assert better[outcome][1] <= worse[outcome][1]


@SOME
@given(states_with_gaps())
def test_dying_of_it_is_grade_5_and_dying_of_anything_else_changes_nothing(row: Row):
    alive, other, icans, crs = (
        intervals(one) for one in graded([{**row, "death_cause": cause} for cause in VALUES["death_cause"]])
    )
    assert alive == other
    assert crs == {"crs": (5, 5), "icans": alive["icans"]}
    assert icans == {"crs": alive["crs"], "icans": (5, 5)}


@SOME
@given(states_with_gaps(), st.sampled_from(sorted(OTHER_CAUSES)))
def test_another_cause_never_raises_a_grade(row: Row, name: str):
    # Depressed consciousness in a patient nobody could test is the exception: C6 leaves it open up to 4.
    own, other = (intervals(one) for one in graded([{**row, name: "no"}, {**row, name: "yes"}]))
    for outcome in OUTCOMES:
        assert other[outcome][0] <= own[outcome][0]
        assert other[outcome][1] <= own[outcome][1] or name == "consciousness_other_cause"


@SOME
@given(st.lists(states_with_gaps(), min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_of_columns_does_not_matter(rows: list[Row], random):
    order = list(range(len(rows)))
    random.shuffle(order)
    names = list(VALUES)
    random.shuffle(names)
    found = graded([{name: rows[i][name] for name in names} for i in order])
    as_they_were = graded(rows)
    assert found == [as_they_were[i] for i in order]


@FEW
@given(st.lists(states_with_gaps(), min_size=2, max_size=8))
def test_a_table_is_graded_as_its_rows_one_by_one(rows: list[Row]):
    assert graded(rows) == [graded([row])[0] for row in rows]


@SOME
@given(st.lists(states_with_gaps(), min_size=1, max_size=8))
def test_columns_of_another_scale_change_nothing(rows: list[Row]):
    whole = grade_states(typed(rows))
    only = {name: grade_states(typed([{n: row[n] for n in items} for row in rows])) for name, items in OUTCOMES.items()}
    for outcome in OUTCOMES:
        columns = [f"{outcome}_min", f"{outcome}_max"]
        assert only[outcome].select(columns).equals(whole.select(columns))


@SOME
@given(states_with_gaps(), st.data())
def test_a_unit_does_not_change_a_grade(row: Row, data: st.DataObject):
    """Temperature, pressure, flow, age and length are written in another unit and converted back by the reader."""
    by_column = {item.column: item for item in catalogue().values()}
    rewritten = dict(row)
    for name in ("temp_c", "sbp_mmhg", "map_mmhg", "oxygen_flow_l_min", "seizure_longest_min"):
        item, value = by_column[name], row[name]
        if value is None:
            continue
        unit = data.draw(st.sampled_from(accepted(item)), label=f"unit of {name}")
        back = line(unit, item)
        written = (float(str(value)) - back.offset) / back.scale
        rewritten[name] = item.encode(convert(written, unit, item))
    assert graded([rewritten]) == graded([row])


@pytest.mark.parametrize(("fahrenheit", "grade"), [(100.38, 0), (100.39, 0), (100.4, 1), (100.41, 1)])
def test_fever_begins_at_the_same_degree_in_fahrenheit(fahrenheit: float, grade: int):
    # 38.0 °C is 100.4 °F.
    celsius = convert(fahrenheit, "[degF]", "temperature")
    found = grade_states(state(temperature=celsius))
    assert found.select("crs_min", "crs_max").row(0) == (grade, grade)


ICE_ITEMS = ("ice_orientation_0_4", "ice_naming_0_3", "ice_commands_0_1", "ice_writing_0_1", "ice_attention_0_1")


@SOME
@given(st.lists(states_with_gaps(), min_size=1, max_size=10), st.lists(st.integers(0, 10), min_size=1))
def test_a_total_of_ice_beside_its_items_is_reconciled_as_the_plain_function_does(rows: list[Row], totals: list[int]):
    told = [{**row, "ice_total": float(totals[i % len(totals)])} for i, row in enumerate(rows)]
    bare = [{**row, **dict.fromkeys(ICE_ITEMS)} for row in told]
    assert graded([*told, *bare]) == [grade_interval(row) for row in (*told, *bare)]


@SOME
@given(st.lists(states_with_gaps(), min_size=1, max_size=10), st.text("NRSOA", min_size=8, max_size=8))
def test_eight_answers_of_capd_are_added_as_the_plain_function_does(rows: list[Row], answers: str):
    told = [{**row, "capd_item_responses": ";".join(answers)} for row in rows]
    bare = [{**row, "capd_total_0_32": None} for row in told]
    assert graded([*told, *bare]) == [grade_interval(row) for row in (*told, *bare)]


def test_every_item_of_the_scales_is_drawn():
    drawn = {by_column.name for by_column in catalogue().values() if by_column.column in {*VALUES, "ice_total"}}
    asked = {name for scale in family("astct-2019") for name in scale.items()}
    answers = {name for name in asked if catalogue()[name].part_of == "capd_total"}
    assert asked - answers - drawn == set()
