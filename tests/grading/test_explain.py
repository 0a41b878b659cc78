"""One graded state explained: what decided it, what is missing and what that could change."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icans.errors import DataError
from icans.grading.answer import Answer
from icans.grading.conventions import switches
from icans.grading.explain import explain
from icans.grading.grade import grade_scale
from icans.grading.library import scale_named
from icans.record.catalogue import catalogue
from made import NORMAL, at, state


def crs(**changed: object) -> Answer:
    return explain(state(**changed), "astct-2019-crs")


def icans(**changed: object) -> Answer:
    return explain(state(**changed), "astct-2019-icans")


def outcomes(answer: Answer) -> dict[str, dict[str, tuple[int, int]]]:
    """item -> what it could turn out to be -> interval."""
    return {what.item: {words: (low, high) for words, low, high in what.outcomes} for what in answer.what_if}


# --- what decided ---


def test_the_rule_and_the_value_that_set_the_grade_are_named():
    answer = crs(temperature=38.6, oxygen_device="nasal_cannula", oxygen_flow=7)
    assert (answer.min, answer.max) == (3, 3)
    fever, oxygen = answer.decided_by
    assert (fever.id, fever.inputs) == ("astct.crs.fever", {"Body temperature": "38.6 °C"})
    assert (oxygen.id, oxygen.grade) == ("astct.crs.oxygen.high-flow", (3, 3))
    assert "7 L/min" in oxygen.inputs.values()
    assert "PMC8021214" in oxygen.source
    assert oxygen.mark == "verified"


def test_a_domain_below_the_grade_did_not_decide():
    answer = crs(
        temperature=38.6,
        hypotension="yes",
        vasoactive_drugs="norepinephrine",
        oxygen_device="nasal_cannula",
        oxygen_flow=2,
    )
    assert [hit.id for hit in answer.decided_by] == ["astct.crs.fever", "astct.crs.pressure.one-vasopressor"]


def test_domains_that_stand_equally_high_decided_together():
    answer = icans(edema_on_imaging="focal", seizure_type="clinical_focal", seizure_longest_min=1)
    assert [hit.id for hit in answer.decided_by] == ["astct.icans.seizure.brief", "astct.icans.edema.focal"]


def test_at_grade_0_what_was_looked_at_is_told():
    told = {label for hit in icans().decided_by for label in hit.inputs}
    assert {catalogue()[name].label for name in ("ice_total", "consciousness", "seizure_type")} <= told


def test_the_points_of_ice_are_told_as_their_total():
    (hit,) = icans(ice_writing=0, ice_attention=0).decided_by
    assert hit.inputs["ICE score"] == "8"


def test_every_domain_has_its_own_interval():
    found = {d.name: (d.min, d.max, d.missing) for d in icans(seizure_type=None, seizure_longest_min=1).domains}
    assert found["seizure"] == (0, 3, ("seizure_type",))
    assert found["motor"] == (0, 0, ())


def test_the_moment_is_carried_through():
    answer = explain(state(), "astct-2019-crs", time=at(24), day=1.0)
    assert (answer.time, answer.day) == (at(24), 1.0)


# --- what is missing ---


def test_two_ice_items_not_tested():
    """W56"""
    answer = icans(ice_writing=None, ice_attention=None)
    assert (answer.min, answer.max, answer.determinate, answer.has_gaps) == (0, 1, False, True)
    assert outcomes(answer) == {"ice_writing": {"1": (0, 1), "0": (1, 1)}, "ice_attention": {"1": (0, 1), "0": (1, 1)}}
    assert answer.what_if[0].sentence.startswith(f"{catalogue()['ice_writing'].label} not recorded: grade stays 0 to 1")


def test_temperature_not_recorded():
    """W57"""
    answer = crs(temperature=None)
    assert (answer.min, answer.max, answer.has_gaps) == (0, 1, True)
    assert outcomes(answer) == {"temperature": {"below 38 °C": (0, 0), "38 °C or more": (1, 1)}}
    (what,) = answer.what_if
    assert (
        what.sentence == "Body temperature not recorded: grade becomes 0 if it is below 38 °C; 1 if it is 38 °C or more"
    )


def test_oxygen_flow_not_recorded():
    """W58"""
    answer = crs(temperature=38.5, oxygen_device="nasal_cannula", oxygen_flow=None)
    assert (answer.min, answer.max) == (2, 3)
    assert outcomes(answer) == {"oxygen_flow": {"up to 6 L/min": (2, 2), "above 6 L/min": (3, 3)}}
    (what,) = answer.what_if
    assert what.sentence == "Oxygen flow not recorded: grade becomes 2 if it is up to 6 L/min; 3 if it is above 6 L/min"


def test_a_gap_that_cannot_matter_is_no_what_if_and_the_grade_is_single_in_spite_of_it():
    answer = icans(consciousness="unarousable", seizure_type=None)
    assert (answer.min, answer.max, answer.determinate, answer.has_gaps) == (4, 4, True, True)
    assert answer.what_if == ()


def test_nothing_missing_leaves_no_what_if():
    answer = icans(seizure_longest_min=1)
    assert (answer.what_if, answer.has_gaps) == ((), False)


GAPS = [n for n in NORMAL if n not in ("hypotension", "systolic_pressure", "age", "developmental_delay")]


@settings(max_examples=25, deadline=None)
@given(st.sets(st.sampled_from(sorted(GAPS)), max_size=4), st.sampled_from(["astct-2019-crs", "astct-2019-icans"]))
def test_every_outcome_of_a_what_if_lies_in_the_interval_and_the_interval_is_that_of_the_table(
    gaps: set[str], name: str
):
    one = state(temperature=38.5) if "temperature" not in gaps else state()
    one = one.with_columns(*(one[gap].clear().extend_constant(None, 1) for gap in gaps))
    answer = explain(one, name)
    assert (answer.min, answer.max) == grade_scale(one, scale_named(name), switches()).row(0)
    for what in answer.what_if:
        assert what.item in gaps or what.item not in NORMAL
        assert all(answer.min <= low <= high <= answer.max for _, low, high in what.outcomes)
        assert {(low, high) for _, low, high in what.outcomes} != {(answer.min, answer.max)}


# --- conventions, assumptions, notices ---


def test_a_convention_is_shown_where_its_other_position_gives_another_grade():
    answer = crs(temperature=38.5, hypotension="yes", vasoactive_drugs="vasopressin")
    assert [name for name, _ in answer.conventions] == ["C1"]
    assert "alone it is still a vasopressor" in answer.conventions[0][1]


def test_a_convention_that_changed_nothing_is_not_shown():
    assert crs(temperature=38.5, hypotension="yes", vasoactive_drugs="norepinephrine;vasopressin").conventions == ()


def test_a_convention_that_is_off_is_shown_with_what_is_done_then():
    one = state(temperature=38.5, hypotension="yes", vasoactive_drugs="vasopressin")
    answer = explain(one, "astct-2019-crs", conventions={"C1": False})
    assert (answer.min, answer.max) == (2, 3)
    assert [name for name, _ in answer.conventions] == ["C1"]
    assert "leaves grades 2 to 3 open" in answer.conventions[0][1]


def test_what_was_taken_for_granted_is_told():
    answer = explain(
        state({"temperature": 38.5, "hypotension": "no", "vasoactive_drugs": "none", "oxygen_device": "room_air"}),
        "astct-2019-crs",
    )
    assert (answer.min, answer.max) == (1, 1)
    assert [words[-4:] for words in answer.assumed] == ["(P2)", "(P1)"]


def test_an_empty_column_is_a_gap_and_nothing_is_taken_for_granted():
    answer = crs(temperature=38.5, death_cause=None)
    assert (answer.min, answer.max, answer.assumed) == (1, 5, ())


def test_a_notice_is_raised_only_where_its_condition_surely_holds():
    late = [hit.id for hit in crs(temperature=38.5, day=15).notices]
    unknown = [hit.id for hit in crs(temperature=None, day=15).notices]
    assert (late, unknown) == (["astct.crs.notice.late"], [])


def test_a_scale_or_convention_that_does_not_exist_is_named_with_the_nearest():
    with pytest.raises(DataError, match="astct-2019-crs"):
        explain(state(), "astct-2019-crss")
    with pytest.raises(DataError, match="there is no convention 'C99'"):
        explain(state(), "astct-2019-crs", conventions={"C99": False})


def test_every_item_of_the_background_is_one_of_the_catalogue():
    assert set(NORMAL) <= set(catalogue())
