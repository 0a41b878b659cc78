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
        "Response since the last tocilizumab dose not recorded: told if no improvement, not if improved"
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


def test_after_a_death_nothing_is_advised():
    assert advice({"death_cause": "icans"}).actions == ()


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
