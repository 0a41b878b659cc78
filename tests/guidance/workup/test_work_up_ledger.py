"""What the work-up says as a whole: attribution, what remains, drugs, tests that must wait, early results."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from icans.guidance.workup.ledger import GatedTest, Workup
from icans.guidance.workup.library import library
from icans.guidance.workup.workup import workup
from made import at
from made_workup import NOW, line_of, patient, worked_up

SIGNS = {"ice_total": 6, "ice_baseline": 10}
"""ICE 6: ICANS grade 2."""

NORMAL = {
    "glucose": 100, "osmolality": 290, "oxygen_saturation": 97, "paco2": 40, "lactate": 1,
    "mean_arterial_pressure": [[2, 80], [0, 80]], "sodium": [[24, 140], [0, 140]], "calcium": 9, "albumin": 4,
    "magnesium": 2, "magnesium_lln": 1.7, "magnesium_uln": 2.4, "phosphorus": 3, "phosphorus_lln": 2.5,
    "phosphorus_uln": 4.5, "urea_nitrogen": 15, "ammonia": 30, "bilirubin": 0.5, "inr": 1, "thyroid_function": "normal",
    "cortisol": 20, "cortisol_before_steroid": True, "naloxone_response": "no_effect", "blood_culture": "no_growth_48h",
    "infection_focus": False, "ct_head": "nothing_new", "mri_findings": "none", "eeg_hours": 24, "eeg_seizure": False,
    "substance_screen": "negative", "ciwa_ar": 0, "drug_chart_complete": True, "fludarabine_dose_high": False,
    "kidney_function_normal": True, "psychosis_or_mania": False, "serotonin_signs": "none",
}  # fmt: skip
"""Everything of the first hour was looked at and nothing found."""

THIAMINE = [{"drug": "thiamine", "ago": 2}]


def test_icans_is_supported_once_every_cause_of_the_first_hour_is_closed() -> None:
    found = worked_up({**SIGNS, **NORMAL}, THIAMINE)
    assert (found.asked, found.attribution) == (True, "supported")
    assert [line.label for line in found.remain] == []


@pytest.mark.parametrize("left_out", [n for n in NORMAL if n != "drug_chart_complete" and not n.endswith("_uln")])
def test_one_gap_keeps_it_provisional(left_out: str) -> None:
    found = worked_up({**SIGNS, **{k: v for k, v in NORMAL.items() if k != left_out}}, THIAMINE)
    alone = {
        "naloxone_response",
        "fludarabine_dose_high",
        "psychosis_or_mania",
        "serotonin_signs",
        "kidney_function_normal",
    }
    # Of these, the complete record without the drug excludes as well.
    assert found.attribution == ("supported" if left_out in alone else "provisional")


def test_a_record_that_may_not_hold_every_drug_keeps_it_provisional() -> None:
    found = worked_up({**SIGNS, **NORMAL, "drug_chart_complete": False}, THIAMINE)
    assert found.attribution == "provisional"
    assert [line.id for line in found.remain] == ["A-DRUGS"]
    assert "not yet exclusive: 1 cause" in found.says


def test_without_thiamine_it_stays_provisional() -> None:
    assert [line.id for line in worked_up({**SIGNS, **NORMAL}).remain] == ["A-WERNICKE"]


def test_severe_hyponatraemia_keeps_grade_2_provisional_until_it_is_corrected() -> None:
    found = worked_up({**SIGNS, "sodium": 118}, product="ide-cel", now=120)
    assert found.attribution == "provisional"
    assert [line.id for line in found.present] == ["A-HYPONATRAEMIA"]
    assert "hyponatraemia" in found.says
    assert line_of(found, "A-HYPONATRAEMIA").act == "correct, by 8 mmol/L a day at most"


def test_a_bleed_rejects_icans() -> None:
    found = worked_up({"consciousness": "unarousable", "intracranial_hemorrhage": True, "platelets": 8})
    assert found.attribution == "rejected"
    assert found.says.startswith("Not ICANS")


def test_another_cause_rejects_it_only_where_a_clinician_says_that_it_explains_everything() -> None:
    meningitis = {**SIGNS, "csf_gram_or_culture": "positive"}
    assert worked_up(meningitis).attribution == "provisional"
    assert worked_up({**meningitis, "signs_explained": True}).attribution == "rejected"
    assert worked_up({**SIGNS, "signs_explained": True}).attribution == "provisional"


def test_a_cause_found_beyond_the_first_hour_keeps_it_provisional() -> None:
    found = worked_up({**SIGNS, **NORMAL, "csf_hsv_vzv_pcr": "positive"}, THIAMINE)
    assert (found.attribution, len(found.remain)) == ("provisional", 0)


def test_a_sedative_that_a_clinician_blames_is_found_as_a_drug() -> None:
    found = worked_up(
        {"ice_total": 9, "ice_baseline": 10, "consciousness": "to_voice", "consciousness_other_cause": True,
         "hours_since_sedative": 1}, now=120,
    )  # fmt: skip
    assert [line.id for line in found.present] == ["D-SEDATIVES"]
    assert line_of(found, "A-DRUGS").status == "present"


def test_where_there_are_no_signs_nothing_is_attributed() -> None:
    awake = {"ice_total": 10, "ice_baseline": 10, "consciousness": "awake", "seizure_type": "none",
             "motor_deficit": "none", "edema_on_imaging": "none", "raised_icp_signs": "none"}  # fmt: skip
    found = worked_up(awake)
    assert (found.asked, found.attribution, found.remain) == (False, None, ())


def test_whether_there_are_signs_may_be_unknown() -> None:
    found = worked_up({})
    assert (found.asked, found.attribution) == (None, "provisional")
    assert "not known" in found.says


def test_cefepime_with_normal_kidneys_says_what_is_not_known() -> None:
    line = line_of(
        worked_up({**SIGNS, "kidney_function_normal": True}, [{"drug": "cefepime", "ago": 4, "until": 3}]), "D-CEFEPIME"
    )
    assert line.status == "not excluded"
    assert "Cefepime trough level" in line.missing
    assert line.inputs["doses"] == "Cefepime, last dose 3 h ago"
    assert line.given is True


def test_a_drug_that_is_not_in_the_record_was_perhaps_given() -> None:
    line = line_of(worked_up(SIGNS), "D-IFOSFAMIDE")
    assert line.missing == ("whether ifosfamide was given",)
    assert line.inputs["doses"] == "none in the record, which may not hold every drug"
    assert line.given is None


def test_a_dose_in_the_future_is_not_given_yet() -> None:
    earlier = replace(patient(SIGNS, [{"drug": "cefepime", "ago": 1}]), now=at(NOW - 3))
    assert line_of(workup(earlier), "D-CEFEPIME").status == "not tested"


# Results from before the signs


def test_a_result_from_before_the_signs_does_not_exclude() -> None:
    """ICE fell 6 h ago; the glucose is from 8 h ago, the ammonia from 5 h ago."""
    seen = {"ice_baseline": [[240, 10]], "ice_total": [[12, 10], [6, 6]], "glucose": [[8, 100]], "ammonia": [[5, 30]]}
    found = worked_up(seen)
    assert found.since == at(NOW - 6)
    glucose = line_of(found, "A-HYPOGLYCAEMIA")
    assert glucose.status == "result too old"
    assert "before the signs" in glucose.why
    assert glucose.old == {"Glucose": at(NOW - 8)}
    assert line_of(found, "A-AMMONIA").status == "excluded"


@pytest.mark.parametrize(("minutes", "status"), [(60, "excluded"), (61, "result too old")])
def test_a_result_of_the_hour_before_still_counts(minutes: int, status: str) -> None:
    hours_ago = 6 + timedelta(minutes=minutes) / timedelta(hours=1)
    seen = {"ice_baseline": [[240, 10]], "ice_total": [[12, 10], [6, 6]], "glucose": [[hours_ago, 100]]}
    assert line_of(worked_up(seen), "A-HYPOGLYCAEMIA").status == status


def test_a_result_from_before_the_signs_still_establishes_a_cause() -> None:
    seen = {"ice_baseline": [[240, 10]], "ice_total": [[12, 10], [6, 6]], "glucose": [[8, 50]]}
    assert line_of(worked_up(seen), "A-HYPOGLYCAEMIA").status == "present"


def test_signs_that_grow_worse_ask_for_the_tests_again() -> None:
    seen = {"ice_baseline": [[240, 10]], "ice_total": [[20, 8], [4, 2]], "glucose": [[18, 100]]}
    found = worked_up(seen)
    assert found.since == at(NOW - 4)
    assert line_of(found, "A-HYPOGLYCAEMIA").status == "result too old"


def test_signs_that_ease_do_not() -> None:
    seen = {"ice_baseline": [[240, 10]], "ice_total": [[20, 2], [4, 8]], "glucose": [[18, 100]]}
    assert line_of(worked_up(seen), "A-HYPOGLYCAEMIA").status == "excluded"


def test_an_expired_result_is_too_old_and_not_untested() -> None:
    """Ammonia is valid for 24 h."""
    steady = {"ice_baseline": [[240, 10]], "ice_total": [[40, 6], [20, 6], [0, 6]]}
    line = line_of(worked_up({**steady, "ammonia": [[30, 30]]}), "A-AMMONIA")
    assert line.status == "result too old"
    assert "out of date" in line.why


# Tests that must wait

CLEAR = {
    "ct_head": "nothing_new", "fundoscopy": "normal", "platelets": 50, "inr": 1.5, "anticoagulation": "none",
    "bleeding_risk_blocks_lp": False, "raised_icp_signs": "none", "edema_on_imaging": "none",
}  # fmt: skip


def puncture(found: Workup) -> GatedTest:
    return next(test for test in found.tests if test.id == "LP")


def test_a_lumbar_puncture_may_be_done_once_pressure_and_bleeding_risk_are_excluded() -> None:
    assert not puncture(worked_up(CLEAR)).is_blocked
    assert not puncture(worked_up({k: v for k, v in CLEAR.items() if k != "bleeding_risk_blocks_lp"})).is_blocked


@pytest.mark.parametrize(
    ("item", "value", "words"),
    [
        ("ct_head", "mass_or_shift", "imaging shows"),
        ("ct_head", "hydrocephalus", "imaging shows"),
        ("edema_on_imaging", "diffuse", "imaging shows"),
        ("mri_findings", ["enhancing_mass"], "imaging shows"),
        ("intracranial_hemorrhage", True, "imaging shows"),
        ("fundoscopy", "papilloedema", "papilloedema"),
        ("papilledema_stage", 2, "papilloedema"),
        ("raised_icp_signs", ["cushing_triad"], "signs of raised pressure"),
        ("platelets", 49, "below 50"),
        ("inr", 1.6, "above 1.5"),
        ("anticoagulation", "active", "anticoagulant"),
        ("bleeding_risk_blocks_lp", True, "clinician"),
    ],
)
def test_it_is_blocked_with_the_reason(item: str, value: object, words: str) -> None:
    (hold,) = puncture(worked_up({**CLEAR, item: value})).holds
    assert hold.known
    assert words in hold.says
    assert hold.inputs


@pytest.mark.parametrize("item", ["ct_head", "fundoscopy", "platelets", "inr", "anticoagulation"])
def test_it_is_blocked_while_a_condition_is_unknown(item: str) -> None:
    (hold,) = puncture(worked_up({k: v for k, v in CLEAR.items() if k != item})).holds
    assert not hold.known
    assert hold.missing


def test_an_anticoagulant_of_the_record_must_be_said_to_be_washed_out() -> None:
    given = [{"drug": "enoxaparin", "ago": 6}]
    without = {k: v for k, v in CLEAR.items() if k != "anticoagulation"}
    (hold,) = puncture(worked_up(without, given)).holds
    assert hold.inputs["doses"] == "Enoxaparin, last dose 6 h ago"
    assert not puncture(worked_up({**without, "anticoagulation": "washed_out"}, given)).is_blocked


def test_a_cause_that_needs_a_blocked_puncture_says_so() -> None:
    assert "lumbar puncture must wait" in (line_of(worked_up({**CLEAR, "platelets": 10}), "I-BACTERIAL").caution or "")
    assert line_of(worked_up(CLEAR), "I-BACTERIAL").caution is None


def test_a_cortisol_level_is_worthless_after_a_steroid() -> None:
    found = worked_up(SIGNS, [{"drug": "dexamethasone", "ago": 10}])
    (cortisol,) = [test for test in found.tests if test.id == "CORTISOL"]
    assert cortisol.holds[0].known


# What holds for every line


def test_every_line_and_hold_carries_source_and_mark() -> None:
    found = workup(patient(SIGNS))
    for cited in [line.cited for line in found.lines] + [hold.cited for test in found.tests for hold in test.holds]:
        assert cited.source
        assert cited.where
        assert cited.mark in ("verified", "from memory", "convention")


def test_every_condition_of_a_test_that_must_wait_is_asked_here() -> None:
    assert {hold.id for gate in library().gates for hold in gate.holds} == {
        "LP-IMAGING", "LP-SIGNS", "LP-FUNDOSCOPY", "LP-PLATELETS", "LP-INR", "LP-ANTICOAGULANT", "LP-CLINICIAN",
        "CORTISOL-STEROID",
    }  # fmt: skip
