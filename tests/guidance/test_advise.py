"""One patient's advice: what is certain, what is possible and what decides it, doses, joined steroids, versions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from icans.errors import DataError
from icans.grading.course import COURSE
from icans.guidance.advice import Advice, Advised
from icans.guidance.advise import advise
from icans.guidance.library import families, guideline, names
from icans.guidance.situation import Situation
from icans.guidance.situation_of import situation_of
from icans.record.catalogue import catalogue
from icans.record.read import read
from icans.record.record import PATIENTS, empty_records
from icans.record.timeline import typed

EXAMPLES = Path(__file__).parents[2] / "examples"
NOW = datetime(2026, 3, 9, 8, tzinfo=UTC)
WELL = {
    "age": 60, "weight": 76, "car_t_product": "liso-cel", "temperature": 36.8, "hypotension": "no",
    "vasoactive_drugs": "none", "oxygen_device": "room_air", "fluid_boluses": 0, "neutrophils": 2.1, "sodium": 138,
    "ice_total": 10, "consciousness": "awake", "sedated": "no", "seizure_type": "none", "motor_deficit": "none",
    "edema_on_imaging": "none", "raised_icp_signs": "none", "intracranial_hemorrhage": "no",
    "bleeding_risk_blocks_lp": "no", "toci_doses_total": 0, "toci_doses_24h": 0, "current_steroid": "none",
    "fever_hours": 0, "fever_refractory": "no", "delayed_movement_signs": "none", "organ_toxicity_grade": 0,
    "day": 5, "platelets": 150, "crs_fever_earlier": "no", "fever_masking_therapy": "none",
}  # fmt: skip
FEVER = {"temperature": 38.6, "fever_hours": 10}


def situation(values: Mapping[str, object]) -> Situation:
    state = pl.select(
        typed(pl.lit(None if v is None else catalogue()[n].encode(v), dtype=pl.Float64), catalogue()[n]).alias(n)
        for n, v in values.items()
    )
    records = empty_records()
    who = pl.DataFrame([{"patient": "made-up"}], schema=PATIENTS)
    records = type(records)(who, records.observations, records.therapies, records.log)
    return Situation("made-up", None, NOW - timedelta(days=5), NOW, 5.0, state, records, pl.DataFrame(schema=COURSE))


def advice(changed: Mapping[str, object] | None = None, name: str = "asco-2021", **switched: bool) -> Advice:
    return advise(situation({**WELL, **(changed or {})}), guideline(name, changed=switched), conventions=switched)


def action(found: Advice, code: str) -> Advised:
    return next(a for a in found.actions if a.code == code)


def codes(found: Advice, *strengths: str, certain: bool = True) -> set[str]:
    return {a.code for a in found.told(*strengths, certain=certain)}


def test_a_patient_who_is_well_is_watched_and_nothing_else_is_told():
    found = advice()
    assert codes(found, "MUST") == {"ICE_BID"}
    assert codes(found, "CONSIDER", "OPTIONAL") == set()
    assert [a.code for a in found.actions if not a.certain] == []


def test_every_action_says_why_from_what_and_by_which_source():
    found = advice({**FEVER, "hypotension": "yes", "ice_total": 5})
    for one in found.actions:
        assert one.reasons
        for reason in one.reasons:
            assert reason.says
            assert reason.cited.source
            assert reason.cited.mark in ("verified", "from memory", "convention")
    assert action(found, "TOCI").reasons[0].inputs["CRS grade"] == "2"


def test_the_dose_of_tocilizumab_follows_the_weight():
    found = action(advice({**FEVER, "hypotension": "yes"}), "TOCI")
    assert found.dose.startswith("608 mg")  # 8 mg/kg x 76 kg
    assert found.arithmetic == "8 mg/kg × 76 kg = 608 mg"


def test_without_a_weight_the_dose_stays_a_formula():
    found = action(advice({**FEVER, "hypotension": "yes", "weight": None}), "TOCI")
    assert "608" not in found.dose
    assert "8 mg/kg" in found.dose
    assert "12 mg/kg" in found.dose


def test_a_child_has_the_steroid_dose_of_a_child():
    child = {**FEVER, "age": 9, "weight": 12, "vasoactive_drugs": "norepinephrine", "hypotension": "yes",
             "ice_total": None, "capd_total": 0}  # fmt: skip
    found = advice(child)
    assert action(found, "DEX10_Q6H").dose.startswith("6 mg")  # 0.5 mg/kg x 12 kg
    assert "PEDS_STEROID_DOSE" in codes(found, "MUST")
    assert "CAPD_BID" in codes(found, "MUST")
    assert "ICE_BID" not in {a.code for a in found.actions}


def test_life_support_comes_first_then_infection_then_drugs():
    found = advice({**FEVER, "vasoactive_drugs": "norepinephrine", "hypotension": "yes", "neutrophils": 0.1})
    told = [a.code for a in found.told("MUST")]
    assert told[0] == "ABC_FIRST"
    assert told.index("VASOPRESSOR_SUPPORT") < told.index("FN_PROTOCOL") < told.index("TOCI")


def test_an_unknown_pressure_makes_tocilizumab_possible_and_is_named_as_what_decides():
    found = action(advice({**FEVER, "hypotension": None}), "TOCI")
    assert not found.certain
    assert {d.item for d in found.decided_by} == {"crs"}
    assert found.decided_by[0].sentence == "CRS grade not settled: told if 2, not if 1"


def test_an_unknown_answer_to_tocilizumab_decides_on_the_next_dose():
    given = {**FEVER, "hypotension": "yes", "toci_doses_total": 1, "toci_doses_24h": 1, "hours_since_last_toci": 10,
             "hours_since_first_toci": 10}  # fmt: skip
    found = advice(given)
    toci = next(a for a in found.actions if a.code == "TOCI" and a.strength != "MUST_NOT")
    assert set(found.tocilizumab) == {"MUST", "MUST_NOT"}
    assert [d.sentence for d in toci.decided_by] == [
        "Response since the last tocilizumab dose not recorded: "
        "told if gone and back or no improvement, not if improved"
    ]


def test_what_every_value_of_a_gap_agrees_on_is_certain():
    """CRS grade 1 or 2 with ICANS: tocilizumab either way, by another rule each."""
    found = advice({**FEVER, "hypotension": None, "ice_total": 8})
    assert found.grades["crs"] == (1, 2)
    assert action(found, "TOCI").certain
    assert "FLUID_BOLUS" in codes(found, "MUST", certain=False)


def test_a_stronger_steroid_takes_the_place_of_a_weaker_one():
    found = advice({**FEVER, "vasoactive_drugs": "norepinephrine;epinephrine", "hypotension": "yes", "ice_total": 0,
                    "consciousness": "unarousable"})  # fmt: skip
    assert found.steroid == (("MUST", "MP1000_1_2X_DAY"),)
    assert "MP500_Q12H" not in {a.code for a in found.actions}


def test_a_convention_changes_what_is_told():
    state = {**FEVER, "ice_total": 1}
    assert ("CONSIDER", "DEX10_Q6_12H") in advice(state).steroid
    assert advice(state, G2=False).steroid == (("MUST", "DEX10_Q6_12H"),)


def test_what_nobody_recorded_of_risk_is_taken_as_absent_and_said():
    found = advice({"ice_total": 6})
    assert any("(G6)" in words for words in found.taken)
    assert found.steroid == (("OPTIONAL", "DEX10_X2"),)
    assert set(advice({"ice_total": 6}, G6=False).steroid) == {("OPTIONAL", "DEX10_X2"), ("CONSIDER", "DEX10_X2")}


def test_a_known_haemorrhage_gives_no_steroid_for_icans_and_one_nobody_looked_for_holds_none_back():
    coma = {"ice_total": 0, "consciousness": "unarousable"}
    assert advice({**coma, "intracranial_hemorrhage": None}).steroid == (("MUST", "MP1000_1_2X_DAY"),)
    assert advice({**coma, "intracranial_hemorrhage": "yes"}).steroid == (("NONE", "NONE"),)


@pytest.mark.parametrize("cause", ["icans", "crs", "other"])
def test_after_a_death_nothing_is_advised(cause):
    assert advice({"death_cause": cause}).actions == ()


def test_before_the_infusion_no_grade_is_due_to_the_cells():
    found = advice({**FEVER, "ice_total": 1, "hypotension": "yes", "day": -2})
    assert found.grades == {"crs": (0, 0), "icans": (0, 0)}
    assert codes(found, "MUST") & {"TOCI", "DEX10_Q6_12H", "DEX10_Q6H"} == set()


# What runs: it goes on until grade 1, is not cut for a weaker regimen, and steps up where the guideline is stronger.
@pytest.mark.parametrize(
    ("state", "steroid"),
    [
        ({"ice_total": 1, "current_steroid": "mp1000_daily"}, ("MUST", "MP1000_DAILY")),
        ({"ice_total": 1, "current_steroid": "dex10_q6h"}, ("MUST", "DEX10_Q6H")),
        ({"ice_total": 0, "consciousness": "unarousable", "current_steroid": "dex10_q6h"}, ("MUST", "MP1000_1_2X_DAY")),
        ({"ice_total": 5, "current_steroid": "dex10_q12h"}, ("MUST", "DEX10_Q12H")),
        ({"ice_total": 8, "current_steroid": "dex10_q12h"}, ("NONE", "NONE")),
    ],
)
def test_a_running_steroid_goes_on_until_grade_1(state, steroid):
    assert advice(state).steroid == (steroid,)


def test_at_grade_1_a_running_steroid_is_tapered_and_named():
    found = advice({"ice_total": 8, "current_steroid": "dex10_q12h"})
    assert "TAPER_STEROID" in codes(found, "CONSIDER")
    assert found.running == "dexamethasone 10 mg every 12 h"


def test_each_toxicity_answers_for_itself():
    """ICANS does not answer to 1000 mg a day, although CRS did: the next step is offered."""
    coma = {"ice_total": 0, "consciousness": "unarousable", "current_steroid": "mp1000_daily"}
    found = advice({**coma, "icans_on_steroid": "no_improvement", "crs_on_steroid": "improved"})
    assert {"MP1000_2_3X_DAY", "ALT_AGENT"} <= codes(found, "CONSIDER")
    stated = advice({**coma, "response_to_steroid": "no_improvement"})
    assert "MP1000_2_3X_DAY" in codes(stated, "CONSIDER")


def test_icans_that_got_worse_after_tocilizumab_is_refractory_although_crs_is_better():
    given = {**FEVER, "ice_total": 1, "toci_doses_total": 1, "toci_doses_24h": 1, "hours_since_last_toci": 12,
             "hours_since_first_toci": 12, "response_since_last_toci": "improved",
             "icans_since_last_toci": "no_improvement"}  # fmt: skip
    assert advice(given).steroid == (("MUST", "DEX10_Q6_12H"),)


def test_gone_and_back_is_a_new_bout_not_a_failure():
    given = {**FEVER, "hypotension": "yes", "toci_doses_total": 1, "toci_doses_24h": 0, "hours_since_last_toci": 120,
             "hours_since_first_toci": 120, "response_since_last_toci": "relapsed"}  # fmt: skip
    found = advice(given)
    assert "TOCI" in codes(found, "MUST")
    assert "MANAGE_AS_G3" not in {a.code for a in found.actions}


@pytest.mark.parametrize(
    "state",
    [
        {"systolic_pressure": 100, "mean_arterial_pressure": 50},
        {"hypotension": "no", "systolic_pressure": 60, "mean_arterial_pressure": 40},
        {"hypotension": "yes"},
        {"vasoactive_drugs": "vasopressin"},
    ],
)
def test_any_account_of_shock_puts_life_support_first(state):
    quiet = {"hypotension": None, **state}
    assert {"ABC_FIRST", "FLUID_BOLUS"} <= codes(advice(quiet), "MUST")


def test_a_positive_blood_culture_in_shock_asks_for_its_cause_before_anything_about_cytokines():
    found = advice({**FEVER, "vasoactive_drugs": "norepinephrine", "blood_culture": "positive", "neutrophils": 0.1})
    told = [a.code for a in found.told("MUST")]
    assert told.index("ATTRIBUTE_SHOCK") < told.index("TOCI")


def test_known_low_platelets_forbid_a_lumbar_puncture():
    found = advice({"ice_total": 1, "platelets": 10})
    assert "LP_NOW" in {a.code for a in found.told("MUST_NOT")}
    assert "LP_AFTER_ICP_AND_COAG_CHECK" not in {a.code for a in found.actions}


def test_no_tocilizumab_for_the_signs_of_a_bleed():
    found = advice({**FEVER, "ice_total": 2, "intracranial_hemorrhage": "yes"})
    assert "TOCI" not in codes(found, "MUST", "CONSIDER")


def test_antibiotics_go_on_where_a_drug_hides_the_fever():
    hidden = {"neutrophils": 0.1, "fever_masking_therapy": "tocilizumab", "crs_fever_earlier": "yes"}
    found = advice(hidden)
    assert "CONTINUE_ANTIBIOTICS" in codes(found, "MUST")
    assert "WITHHOLD_ABX" in {a.code for a in found.told("MUST_NOT")}


def test_a_child_is_shown_no_dose_of_adults():
    child = {**FEVER, "age": 6, "weight": 20, "hypotension": "yes", "vasoactive_drugs": "norepinephrine;epinephrine",
             "ice_total": None, "capd_total": 0}  # fmt: skip
    for name in names():
        for one in advice(child, name).actions:
            assert not any(adult in f"{one.label} {one.does} {one.dose}" for adult in ("500 mg", "1000 mg", "1000 mL"))
    assert "PEDS_STEROID_DOSE" not in codes(advice(child), "MUST")


def test_a_drug_that_runs_brings_its_cautions():
    records = read(EXAMPLES / "patient-007")
    found = advise(situation_of(records), guideline("asco-2021"))
    assert any("cefepime" in caution.drugs for caution in found.cautions)


def test_a_revision_can_be_had_by_name():
    assert guideline("asco-2021@1") is guideline("asco-2021")
    assert names()[0] == "asco-2021"


def test_the_label_is_that_of_the_product():
    assert families() == ("label",)
    assert guideline("label", product="axi-cel").products == ("axi-cel",)
    with pytest.raises(DataError, match="the product is not known; name it, or the guideline"):
        guideline("label")
    with pytest.raises(DataError, match="there is no label for other; there is: "):
        guideline("label", product="other")


def test_a_guideline_that_does_not_exist_is_told_with_the_nearest():
    with pytest.raises(
        DataError, match=r"there is no guideline 'asco-2012'\. Is it 'asco-2021'\? Known are: asco-2021"
    ):
        guideline("asco-2012")


def test_a_guideline_holds_from_its_first_day():
    asco = guideline("asco-2021")
    assert asco.holds_on(date(2026, 3, 2), "axi-cel")
    assert not asco.holds_on(date(2020, 3, 2), "axi-cel")
