"""The short answers at the top of the page: why not and until when, and the steroid that runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from made_up_guidance import ACTIONS, ADVICE, advised
from made_up_record import NOW

from icans.guidance.advice import Deciding
from icans.guidance.vocabulary import label_of
from icans.report.advice_replies import replies

SINCE = label_of("hours_since_last_toci")
IN_ALL, IN_A_DAY = label_of("toci_doses_total"), label_of("toci_doses_24h")
"""The labels by which a reason names its inputs."""


def forbidden(code, rule, inputs, says="the rule says no", certain=True):
    """An action that a rule of a guideline forbids."""
    whole = advised(code, "Give tocilizumab", "MUST_NOT", "supportive", rule, certain=certain)
    return replace(whole, reasons=(replace(whole.reasons[0], inputs=inputs, says=says),))


def refused(*actions, guideline="asco-2021", now=NOW, strengths=("MUST_NOT",)):
    """The reply on tocilizumab where these actions are forbidden."""
    advice = replace(ADVICE, guideline=guideline, tocilizumab=strengths, actions=actions, now=now)
    return replies(advice)[0]


# NOW is 10:00 UTC: a dose 2.5 h ago was given at 07:30, so 8 h end at 15:30 and the 6 h of CARTOX at 13:30.
@pytest.mark.parametrize(
    ("guideline", "rule", "said"),
    [
        ("asco-2021", "ASCO-PR-7-interval", "not before 15:30 UTC, 8 h after the last dose"),
        ("cartox-2018", "CARTOX-TOCI-interval", "not before 13:30 UTC, 6 h after the last dose"),
        ("yescarta-label", "YESCARTA-TOCI-interval", "not before 15:30 UTC, 8 h after the last dose"),
    ],
)
def test_too_early_a_dose_has_the_time_from_which_the_rule_allows_it(guideline, rule, said):
    reply = refused(forbidden("TOCI_BEFORE_8H", rule, {IN_ALL: "1", SINCE: "2.5 h"}), guideline=guideline)
    assert (reply.says, reply.more) == ("Do not give", said)


def test_a_time_on_another_day_has_its_date():
    # 21:00 UTC and a dose 1 h ago: 8 h after 20:00 are 04:00 of the next day.
    ban = forbidden("TOCI_BEFORE_8H", "ASCO-PR-7-interval", {IN_ALL: "1", SINCE: "1 h"})
    assert (
        refused(ban, now=NOW + timedelta(hours=11)).more == "not before 2025-03-18 04:00 UTC, 8 h after the last dose"
    )


def test_a_time_is_to_the_minute_although_the_hours_are_rounded_in_words():
    # 10:00 less 65 min (1.08333 h, in words 1.083 h) is 08:55; 8 h later it is 16:55.
    ban = forbidden("TOCI_BEFORE_8H", "ASCO-PR-7-interval", {IN_ALL: "1", SINCE: "1.083 h"})
    assert refused(ban).more.startswith("not before 16:55 UTC")


@pytest.mark.parametrize(
    ("in_all", "in_a_day", "said"),
    [
        ("4", "1", "cap reached, 4 doses in all were given: no further dose"),
        ("4", "3", "cap reached, 4 doses in all were given: no further dose"),
        ("3", "3", "cap reached, 3 doses in the last 24 h: not before the first of them is 24 h back"),
    ],
)
@pytest.mark.parametrize(
    ("guideline", "rule"), [("asco-2021", "ASCO-PR-7-cap"), ("ebmt-2022", "EBMT-TOCI-cap")], ids=["asco", "ebmt"]
)
def test_a_cap_says_whether_it_ever_ends(guideline, rule, in_all, in_a_day, said):
    ban = forbidden("TOCI_OVER_CAP", rule, {IN_ALL: in_all, IN_A_DAY: in_a_day})
    assert refused(ban, guideline=guideline).more == said


def test_without_crs_there_is_none_to_treat():
    assert refused(forbidden("TOCI", "ASCO-PR-6", {"CRS grade": "0"})).more == "no CRS"


@pytest.mark.parametrize(
    ("code", "rule", "says"),
    [
        ("TOCI", "ASCO-CRS-hold", "better since the last dose, so further doses wait"),
        ("TOCI_ROUTINE_AT_GRADE_1", "ASCO-CRS-1d", "early fever alone is no occasion for tocilizumab"),
        ("TOCI", "a rule that no guideline has", "the committee says no."),
    ],
)
def test_any_other_refusal_is_in_the_words_of_its_rule(code, rule, says):
    assert refused(forbidden(code, rule, {IN_ALL: "1"}, says)).more == says.rstrip(".")


def test_where_it_is_open_the_refusal_stands_beside_the_other_way_with_what_decides():
    ban = forbidden("TOCI", "ASCO-PR-6", {"CRS grade": "0"}, certain=False)
    ban = replace(ban, decided_by=(Deciding("crs", "CRS grade", "0", "1 to 2"),))
    reply = refused(ban, strengths=("MUST_NOT", "MUST"))
    assert (reply.says, reply.more) == ("Not settled", "do not give (no CRS) or give; what decides: CRS grade")


def test_intensive_care_that_is_open_says_what_decides():
    may = advised(
        "ICU_ADMIT", "Admit", "MUST", "intensive care", "T-icu", certain=False,
        decided_by=(Deciding("intracranial_hemorrhage", "Intracranial haemorrhage", "yes", "no"),),
    )  # fmt: skip
    reply = replies(replace(ADVICE, icu=("MUST", "NONE"), actions=(may,)))[2]
    assert reply.more == "yes or not asked for; what decides: intracranial haemorrhage"


RUNS = "dexamethasone 10 mg every 12 h"


@pytest.mark.parametrize(
    ("steroid", "running", "says", "more"),
    [
        ((("NONE", "NONE"),), "", "Not asked for", ""),
        ((("NONE", "NONE"),), RUNS, "Nothing more asked for", f"running: {RUNS}"),
        ((("MUST", "DEX10_Q6H"),), RUNS, "Give", f"dexamethasone 10 mg every 6 h; running: {RUNS}"),
        (
            (("MUST", "DEX10_Q6H"),), "dexamethasone 10 mg every 6 h", "Give",
            "dexamethasone 10 mg every 6 h, which runs already",
        ),
        (
            (("CONSIDER", "DEX10_Q6H"), ("NONE", "NONE")), RUNS, "Not settled",
            f"consider dexamethasone 10 mg every 6 h; or nothing more asked for; running: {RUNS}",
        ),
    ],
)  # fmt: skip
def test_a_steroid_that_runs_is_always_named_and_never_read_as_to_be_stopped(steroid, running, says, more):
    reply = replies(replace(ADVICE, steroid=steroid, running=running))[1]
    assert (reply.says, reply.more) == (says, more)


def test_a_regimen_is_called_what_it_is_called_for_this_patient():
    child = "Dexamethasone, dose for a child by the local protocol"
    actions = tuple(replace(a, label=child) if a.code == "DEX10_Q6H" else a for a in ACTIONS)
    assert replies(replace(ADVICE, actions=actions))[1].more == "dexamethasone, dose for a child by the local protocol"
