"""What is due: intervals from the table of checks, times by arithmetic."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from monitoring_made import INFUSION, NEUROLOGY, VITALS, seen_ago, situation

from icans.guidance.monitoring.answer import Check, Due
from icans.guidance.monitoring.checks import table
from icans.guidance.monitoring.due import due
from icans.guidance.situation import Situation

RANK = {"next": 1, "now": 2, "overdue": 3}
PANEL = tuple(item for row in table().checks for item in row.items())


def found(answer: Due, name: str) -> Check | None:
    return next((c for c in (*answer.overdue, *answer.now, *answer.next) if c.id == name), None)


def status(who: Situation, name: str) -> str | None:
    check = found(due(who), name)
    return check.status if check else None


# Without toxicity the ICE score is due every 12 h: now in the last quarter, from 9 h on.
@pytest.mark.parametrize(("ago", "expected"), [(1, "next"), (8.9, "next"), (9, "now"), (12, "now"), (12.1, "overdue")])
def test_a_check_is_next_then_now_then_overdue(ago, expected):
    assert status(situation(3, seen=seen_ago(NEUROLOGY, ago)), "neurology") == expected


# Grade 3: every 2 to 4 h, so now from 2 h on and overdue after 4 h.
@pytest.mark.parametrize(("ago", "expected"), [(1.9, "next"), (2, "now"), (4, "now"), (4.1, "overdue")])
def test_an_interval_with_two_ends_is_due_from_the_first_and_late_after_the_second(ago, expected):
    assert status(situation(5, icans=3, since=24, seen=seen_ago(NEUROLOGY, ago)), "neurology") == expected


def test_the_due_time_is_the_last_time_and_the_interval():
    check = found(due(situation(3, seen=seen_ago(NEUROLOGY, 2))), "neurology")
    assert check is not None
    assert check.due == INFUSION + timedelta(days=3, hours=10)
    assert check.every == (12, 12)


def test_what_was_never_recorded_but_should_have_been_is_overdue():
    check = found(due(situation(3)), "neurology")
    assert check is not None
    assert (check.status, check.last) == ("overdue", None)
    assert "never recorded" in check.why


def test_what_was_never_recorded_just_after_the_infusion_is_due_now():
    assert status(situation(0.01), "blood-count") == "now"


def test_a_check_is_done_when_all_its_parts_were_seen_and_the_missing_one_is_named():
    seen = seen_ago([v for v in VITALS if v != "respiratory_rate"], 1)
    check = found(due(situation(3, seen=seen)), "vitals")
    assert check is not None
    assert (check.status, check.missing) == ("overdue", ("Respiratory rate",))


def test_a_check_was_done_when_its_oldest_part_was():
    seen = {"ice_total": 1, "consciousness": 5, "motor_deficit": 3}
    check = found(due(situation(3, seen=seen)), "neurology")
    assert check is not None
    assert check.last == INFUSION + timedelta(days=3, hours=-5)
    without = found(due(situation(3, seen={"ice_total": 1, "consciousness": 5})), "neurology")
    assert without is not None
    assert without.last is None


def test_of_several_ways_to_do_a_part_the_newest_counts():
    seen = {"ice_total": 30, "capd_total": 1, "consciousness": 1, "motor_deficit": 1}
    assert status(situation(3, seen=seen), "neurology") == "next"


def test_mean_pressure_will_do_for_systolic():
    seen = seen_ago([*(v for v in VITALS if v != "systolic_pressure"), "mean_arterial_pressure"], 1)
    assert status(situation(3, seen=seen), "vitals") == "next"


def test_an_interval_grade_takes_the_most_frequent_of_the_possible_and_says_what_decides():
    check = found(due(situation(5, icans=(0, 2), since=24, seen=seen_ago(NEUROLOGY, 5))), "neurology")
    assert check is not None
    assert (check.status, check.every, check.certain) == ("overdue", (4, 4), False)
    assert check.depends == ("ICANS grade",)


def test_a_grade_nobody_gave_can_be_any():
    who = situation(5, seen=seen_ago(NEUROLOGY, 5))
    ungraded = replace(who, state=who.state.drop("icans__lo", "icans__hi"), course=who.course.clear())
    check = found(due(ungraded), "neurology")
    assert check is not None
    assert (check.every, check.certain) == ((2, 4), False)  # grade 3 and above cannot be excluded


def test_an_unknown_tumour_burden_asks_for_the_more_frequent_bloods_as_possible():
    items = ("uric_acid", "potassium", "phosphorus", "calcium", "creatinine", "ldh")
    check = found(due(situation(1.5, seen=seen_ago(items, 9))), "tumour-lysis")
    assert check is not None
    assert (check.status, check.certain, check.depends) == ("overdue", False, ("High tumour burden",))


@pytest.mark.parametrize(("burden", "expected"), [("yes", "overdue"), ("no", "next")])
def test_a_known_tumour_burden_settles_it(burden, expected):
    items = ("uric_acid", "potassium", "phosphorus", "calcium", "creatinine", "ldh")
    who = situation(1.5, seen=seen_ago(items, 9), values={"high_tumor_burden": burden})
    assert status(who, "tumour-lysis") == expected


def test_tumour_lysis_is_not_asked_for_after_the_third_day():
    assert status(situation(4), "tumour-lysis") is None


def test_mri_is_asked_for_once_at_grade_2_and_is_overdue_after_a_day():
    assert status(situation(5, icans=2, since=2), "mri") == "now"
    assert status(situation(6, icans=2, since=25), "mri") == "overdue"
    assert status(situation(6, icans=2, since=25, seen={"mri_findings": 20}), "mri") is None


def test_an_mri_shortly_before_grade_2_counts():
    assert status(situation(6, icans=2, since=2, seen={"mri_findings": 20}), "mri") is None
    assert status(situation(6, icans=2, since=2, seen={"mri_findings": 60}), "mri") == "now"


def test_what_may_be_done_is_never_overdue():
    check = found(due(situation(8, icans=2, since=100)), "lumbar-puncture")
    assert check is not None
    assert (check.status, check.optional, check.due) == ("now", True, None)


def test_cultures_are_taken_at_once_with_fever():
    assert status(situation(3, values={"temperature": 38.0}), "cultures") == "now"
    assert status(situation(3, values={"temperature": 37.9}), "cultures") is None
    check = found(due(situation(3)), "cultures")
    assert check is not None
    assert (check.certain, check.depends) == (False, ("Body temperature",))


def test_consults_and_precautions_are_asked_for_though_no_record_shows_them():
    assert {c.id for c in due(situation(5, icans=1)).unseen} == {"neurologist", "aspiration"}
    assert {c.id for c in due(situation(5, crs=2)).unseen} == {"telemetry"}


def test_a_baseline_that_is_not_there_is_listed_as_missed():
    missed = due(situation(1, seen={"ice_total": 30, "motor_deficit": 30})).missed
    neurology = next(c for c in missed if c.id == "neurology")
    assert neurology.missing == ("Level of consciousness",)


def test_before_the_infusion_the_baseline_is_asked_for():
    assert status(situation(-2), "neurology") == "now"
    assert status(situation(-8), "neurology") == "next"
    assert found(due(situation(-2, seen=seen_ago(NEUROLOGY, 10))), "neurology") is None


# After tocilizumab: graded again at 1 to 2 h and at 8 h.
@pytest.mark.parametrize(
    ("given_ago", "seen", "expected"),
    [
        (0.5, 24, "next"), (1.5, 24, "now"), (2.5, 24, "overdue"), (2.5, 1, "next"),
        (8.5, 1, "now"), (8.5, 0.2, None), (9.5, 3, "overdue"),
    ],
)  # fmt: skip
def test_the_patient_is_graded_again_after_a_new_drug(given_ago, seen, expected):
    items = [*VITALS, *NEUROLOGY]
    assert status(situation(3, seen=seen_ago(items, seen), given=[("tocilizumab", given_ago)]), "regrade") == expected


def test_a_steroid_is_new_only_with_its_first_dose():
    given = [("dexamethasone", ago) for ago in (13.5, 7.5, 1.5)]
    assert status(situation(3, given=given), "regrade") == "overdue"  # the mark at 8 h of the first dose
    assert status(situation(3, seen=seen_ago([*VITALS, *NEUROLOGY], 5), given=given), "regrade") is None


@pytest.mark.parametrize(
    ("day", "seen_days_ago", "expected"),
    [(20, None, "next"), (28, None, "now"), (38, None, "overdue"), (38, 6, "next"), (85, None, "now")],
)
def test_late_examination_after_bcma_cells(day, seen_days_ago, expected):
    seen = {} if seen_days_ago is None else {"late_examination": seen_days_ago * 24}
    assert status(situation(day, product="cilta-cel", seen=seen), "late-examination") == expected
    assert status(situation(day, product="axi-cel", seen=seen), "late-examination") is None


def test_an_unknown_product_makes_it_possible():
    answer = due(situation(28, product=None))
    check = found(answer, "late-examination")
    assert check is not None
    assert (check.certain, check.depends) == (False, ("the product",))
    assert any("product is not known" in note for note in answer.notes)


def test_without_a_time_of_infusion_what_goes_by_the_day_is_possible():
    answer = due(situation(5, known_infusion=False))
    check = found(answer, "neurology")
    assert check is not None
    assert check.certain is False
    assert any("infusion is not known" in note for note in answer.notes)


def test_a_patient_at_home_is_measured_less_often():
    who = situation(3, seen=seen_ago(VITALS, 5))
    assert found(due(who), "vitals").status == "overdue"  # type: ignore[union-attr]
    assert found(due(who, inpatient=False), "vitals").status == "next"  # type: ignore[union-attr]


def test_overdue_comes_with_what_must_be_done_first_and_the_longest_overdue_first():
    answer = due(situation(5, icans=2, since=30, seen=seen_ago(VITALS, 30)))
    sure = [c.due for c in answer.overdue if c.certain and c.due is not None]
    assert sure == sorted(sure)


def test_what_has_to_be_done_comes_before_what_may_be_done():
    # no temperature: cultures may be needed; cytokines are certain, but may be left out
    named = [c.id for c in due(situation(3)).now]
    assert named.index("cultures") < named.index("cytokines")


@given(
    day=st.floats(0, 40),
    grades=st.tuples(*[st.integers(0, 4)] * 4),
    since=st.floats(0, 100),
    ago=st.dictionaries(st.sampled_from(PANEL), st.floats(0, 200)),
    product=st.sampled_from(["axi-cel", "cilta-cel", None]),
    inpatient=st.booleans(),
)
def test_a_worse_patient_is_never_asked_for_less(day, grades, since, ago, product, inpatient):
    crs, more_crs, icans, more_icans = grades
    common = {"since": since, "seen": ago, "product": product}
    better = due(situation(day, crs=crs, icans=icans, **common), inpatient=inpatient)
    worse = due(
        situation(day, crs=max(crs, more_crs), icans=max(icans, more_icans), **common), inpatient=inpatient
    )  # fmt: skip
    for check in (*better.overdue, *better.now, *better.next):
        other = found(worse, check.id)
        assert other is not None, check.id
        assert RANK[other.status] >= RANK[check.status], check.id
        if check.due and other.due and other.status == check.status:
            assert other.due <= check.due, check.id
    assert {c.id for c in better.unseen} <= {c.id for c in worse.unseen}
