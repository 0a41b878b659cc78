"""What decides on an action that is open: each gap filled with every value the rules tell apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from answers import graded

from icans.grading.conventions import switches
from icans.guidance.advice import Deciding
from icans.guidance.answer import Resolved
from icans.guidance.deciding import Settled, may_decide, settled
from icans.guidance.evaluate import with_taken
from icans.guidance.guideline import Guideline
from icans.guidance.library import guideline
from icans.guidance.vocabulary import vocabulary
from icans.rules.parse import parse

BLEED = "intracranial_hemorrhage"


def found(
    crs: float = 0, icans: float = 0, *, upper: dict[str, float] | None = None,
    changed: dict[str, bool] | None = None, **special: object,
) -> Settled:  # fmt: skip
    """What ASCO settles of a quiet patient with these grades and specials; `upper`: the upper end of an open grade."""
    positions = switches(changed)
    one = guideline("asco-2021", changed=changed)
    ends = [pl.lit(float(end)).alias(f"{name}__hi") for name, end in (upper or {}).items()]
    return settled(with_taken(graded(crs, icans, **special).with_columns(ends), one, positions), one)


def asking(condition: str) -> Guideline:
    """A guideline of one rule."""
    one = guideline("asco-2021")
    rule = replace(one.rules[0], when=parse(condition, vocabulary()))
    return replace(one, definitions=(), rules=(rule,), lists={})


def action(settled_: Settled, code: str, *, banned: bool = False) -> Resolved:
    actions = [a for a in settled_.answer.actions if a.code == code and (a.strength == "MUST_NOT") is banned]
    assert len(actions) == 1
    return actions[0]


def deciding(settled_: Settled, code: str) -> dict[str, Deciding]:
    return {one.item: one for one in settled_.decided[(code, False)]}


# Certain by cases: whatever the one missing value is, some rule tells the action.


def test_what_every_case_tells_is_certain_at_the_weakest_of_their_strengths():
    """A lumbar puncture may be considered at ICANS grade 2 and must follow at grades 3 and 4."""
    open_ = found(icans=2, upper={"icans": 4})
    one = action(open_, "LP_AFTER_ICP_AND_COAG_CHECK")
    assert (one.strength, one.certain, one.most) == ("CONSIDER", True, "MUST")
    assert ("LP_AFTER_ICP_AND_COAG_CHECK", False) not in open_.decided


def test_what_one_case_does_without_is_not_certain():
    """At grade 1 there is no lumbar puncture."""
    open_ = found(icans=1, upper={"icans": 2})
    assert not action(open_, "LP_AFTER_ICP_AND_COAG_CHECK").certain
    one = deciding(open_, "LP_AFTER_ICP_AND_COAG_CHECK")["icans"]
    assert (one.told, one.not_told) == ("2", "1")


def test_cases_that_are_themselves_open_make_nothing_certain():
    """The grade leaves it open where a sign of raised pressure that is unknown may forbid it."""
    open_ = found(icans=2, upper={"icans": 3}, raised_icp_signs=None)
    assert not action(open_, "LP_AFTER_ICP_AND_COAG_CHECK").certain


MASKED: dict[str, Any] = {
    "neutrophils": 0.2, "temperature": None, "fever_masking_therapy": "tocilizumab", "crs_fever_earlier": True,
}  # fmt: skip


def test_a_ban_is_certain_where_every_case_forbids():
    """With a fever now, and without one that a drug hides, antibiotics are not withheld; which it is, is unknown."""
    open_ = found(crs=1, **MASKED)
    ban = action(open_, "WITHHOLD_ABX", banned=True)
    assert (ban.strength, ban.certain) == ("MUST_NOT", True)
    assert ("WITHHOLD_ABX", True) not in open_.decided
    assert not action(open_, "CONTINUE_ANTIBIOTICS").certain


def test_a_ban_that_one_case_does_without_is_not_certain():
    """With G5 off, fever begins at 38.3 °C: from 38.0 °C to there neither rule forbids."""
    open_ = found(crs=1, changed={"G5": False}, **MASKED)
    assert not action(open_, "WITHHOLD_ABX", banned=True).certain
    assert [one.item for one in open_.decided[("WITHHOLD_ABX", True)]] == ["temperature"]


# What decides, in words.


def test_at_most_three_deciding_values_are_shown():
    """Each of these by itself would put life support first."""
    unknown: dict[str, Any] = dict.fromkeys(
        (BLEED, "oxygen_device", "consciousness", "hypotension", "vasoactive_drugs")
    )
    for count, expected in ((1, 1), (3, 3), (5, 3)):
        shown = found(**dict(list(unknown.items())[:count])).decided[("ABC_FIRST", False)]
        assert len(shown) == expected
        assert len({one.item for one in shown}) == expected
        assert all(one.told for one in shown)


def test_where_two_values_are_needed_each_says_only_what_would_rule_it_out():
    """Platelets are given for a haemorrhage with platelets below 50: one of the two alone can only rule it out."""
    both = deciding(found(intracranial_hemorrhage=None, platelets=None), "PLATELET_TRANSFUSION")
    assert {name: one.sentence for name, one in both.items()} == {
        BLEED: "Intracranial haemorrhage not recorded: not if no",
        "platelets": "Platelets not recorded: not if 50 ×10⁹/L or more",
    }


def test_where_one_value_is_missing_it_says_both():
    only = deciding(found(intracranial_hemorrhage=True, platelets=None), "PLATELET_TRANSFUSION")
    assert [one.sentence for one in only.values()] == [
        "Platelets not recorded: told if below 50 ×10⁹/L, not if 50 ×10⁹/L or more"
    ]


def test_a_value_that_changes_nothing_does_not_decide():
    """The sodium is unknown too, and has nothing to do with platelets."""
    assert set(deciding(found(intracranial_hemorrhage=True, platelets=None, sodium=None), "PLATELET_TRANSFUSION")) == {
        "platelets"
    }


def test_only_the_values_a_grade_may_have_are_tried():
    """From 1 to 3: told at 2 and 3, and nothing is said of 4."""
    one = deciding(found(crs=1, upper={"crs": 3}), "TOCI")["crs"]
    assert (one.told, one.not_told) == ("2 to 3", "1")


# What is a gap and what is none.


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        ({}, True),
        ({"systolic_pressure": 118}, False),
        ({"mean_arterial_pressure": 80}, False),
        ({"systolic_pressure": 118, "mean_arterial_pressure": 80}, False),
    ],
)
def test_a_pressure_that_is_known_stands_in_for_the_word_of_the_clinician(known, asked):
    """A device that is unknown leaves life support open; the word on the pressure is asked for without a number."""
    decides = set(deciding(found(oxygen_device=None, hypotension=None, **known), "ABC_FIRST"))
    assert ("hypotension" in decides) is asked
    assert asked or decides == {"oxygen_device"}


def test_the_word_of_the_clinician_stands_in_for_the_pressures():
    assert set(deciding(found(intracranial_hemorrhage=None), "ABC_FIRST")) == {BLEED}


def test_what_counts_only_once_it_is_recorded_does_not_decide():
    """No rule waits for a culture, an INR or an EEG that nobody asked for; for a bleed nobody looked for some do."""
    asked = may_decide(guideline("asco-2021"))
    assert not {"blood_culture", "inr", "eeg_seizure_longest_min", "eeg_seizure_minutes_per_hour"} & set(asked)
    assert {BLEED, "platelets", "hypotension", "crs", "icans"} <= set(asked)


def test_a_whole_number_is_told_with_every_value_it_may_have():
    """Three doses in all: a further one waits where all three were within 24 h, and is given where at most two were."""
    open_ = found(crs=2, toci_doses_total=3, toci_doses_24h=None, hours_since_last_toci=9, hours_since_first_toci=20,
                  response_since_last_toci="no_improvement")  # fmt: skip
    one = deciding(open_, "TOCI")["toci_doses_24h"]
    assert one.told in ("0 to 2", "up to 2", "2 or less", "below 3")
    assert one.not_told == "3 or more"


def test_what_is_guarded_in_one_of_two_ways_only_still_decides():
    """Three doses in 24 h reach the cap also where their count stands in for a total of three or more."""
    assert "toci_doses_24h" in may_decide(guideline("asco-2021"))
    assert set(may_decide(asking("any_known(inr) and (inr > 1.5 or age > 70)"))) == {"age"}
    assert set(may_decide(asking("any_known(inr) or inr > 1.5"))) == {"inr"}
    assert set(may_decide(asking("any_known(inr) or age > 70"))) == {"age"}  # that it is there is no value of it
    assert set(may_decide(asking("(any_known(inr) and inr > 1.5) or inr < 0.8"))) == {"inr"}


def test_a_culture_that_was_not_taken_leaves_nothing_open():
    """In shock only a culture that is positive asks for the cause of the shock."""
    codes = {a.code for a in found(crs=2, blood_culture=None, hypotension=True).answer.actions}
    assert "ATTRIBUTE_SHOCK" not in codes
    assert "ATTRIBUTE_SHOCK" in {
        a.code for a in found(crs=2, blood_culture="positive", hypotension=True).answer.actions
    }


def test_a_state_without_gaps_has_nothing_to_decide():
    whole = found(2, 2, age=60)
    assert whole.decided == {}
    assert all(one.certain for one in whole.answer.actions)
