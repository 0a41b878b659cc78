"""Prevention of seizures: ASCO's groups at risk, CARTOX's dose and days, the labels, and what speaks against it."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from icans.guidance.findings.prophylaxis import Prophylaxis, prophylaxis
from icans.guidance.situation import Situation
from icans.record.timeline import states
from made import at, record, table


def read(**stated: Any) -> Prophylaxis:
    return prophylaxis(table([stated]))


def met(**stated: Any) -> list[str]:
    return [w.id for w in read(**stated).reasons]


def situation(*given: dict[str, Any], hours: float = 72) -> Situation:
    records = record((hours, "ice_total", 10), given=given)
    state = states(records).tail(1)
    return Situation("p", "liso-cel", at(0), at(hours), hours / 24, state, records, pl.DataFrame())


@pytest.mark.parametrize(
    ("stated", "reasons"),
    [
        ({"car_t_product": "axi-cel"}, ["ppx.product"]),
        ({"car_t_product": "brexu-cel"}, ["ppx.product"]),
        ({"car_t_product": "tisa-cel"}, []),
        ({"past_seizure": "yes"}, ["ppx.past-seizure"]),
        ({"cns_disease": "yes"}, ["ppx.cns"]),
        ({"mri_findings": "old_lesion"}, ["ppx.lesion"]),
        ({"mri_findings": "none"}, []),
        ({"eeg_sporadic_discharges": "yes"}, ["ppx.eeg"]),
        ({"eeg_pattern": "lpd"}, ["ppx.eeg"]),
        ({"eeg_seizure": "yes"}, ["ppx.eeg"]),
        ({"eeg_pattern": "gpd", "eeg_pattern_hz": 1, "eeg_pattern_seconds": 10}, ["ppx.eeg"]),
        ({"age": 60, "day": 30}, ["ppx.cartox"]),
        ({"age": 18, "day": 0}, ["ppx.cartox"]),
        ({"age": 60, "day": 31}, []),
        ({"age": 60, "day": -1}, []),
        ({"age": 17, "day": 3}, []),
    ],
)
def test_for_whom_it_is_considered(stated, reasons):
    assert met(**stated) == reasons


@pytest.mark.parametrize(
    ("product", "grade", "reasons"),
    [
        ("tisa-cel", 1, ["ppx.icans"]),
        ("tisa-cel", 0, []),
        ("axi-cel", 1, ["ppx.product", "ppx.icans", "ppx.label"]),
        ("cilta-cel", 2, ["ppx.icans", "ppx.label"]),
        ("liso-cel", 1, ["ppx.icans", "ppx.label-liso"]),
    ],
)
def test_icans_and_the_labels(product, grade, reasons):
    state = table([{"car_t_product": product}]).with_columns(
        pl.lit(float(grade)).alias("icans__lo"), pl.lit(float(grade)).alias("icans__hi")
    )
    assert [w.id for w in prophylaxis(state).reasons] == reasons


def test_no_source_makes_it_a_must():
    assert read(car_t_product="axi-cel").strength == "CONSIDER"


def test_a_group_that_nobody_asked_about_cannot_be_judged():
    found = read(car_t_product="tisa-cel")
    assert found.considered is None
    assert {w.id: w.verdict for w in found.who}["ppx.past-seizure"] == "cannot be judged"


def test_an_adult_gets_750_mg_every_12_h_from_day_0_to_30():
    found = read(age=60, day=3)
    assert (found.drug, found.dose.mg, found.dose.interval) == ("levetiracetam", 750, "every 12 h")
    assert found.window.id == "ppx.window"
    assert found.window.met
    assert [bool(read(age=60, day=day).window.met) for day in (-1, 0, 30, 31)] == [False, True, True, False]


def test_a_child_gets_no_dose_from_here():
    found = read(age=9, day=3)
    assert found.dose.low is None
    assert any("children" in words for words in found.unsure)


def test_the_kidneys_are_named_and_no_reduced_dose_is_made_up():
    found = read(age=60, day=3, creatinine=2.4)
    assert found.kidney is not None
    assert found.kidney.inputs == {"Creatinine": "2.4 mg/dL"}
    assert found.dose.mg == 750
    assert "lower dose" in found.kidney.says
    assert not any(sign.isdigit() for sign in found.kidney.says)


def test_without_kidney_values_they_are_asked_for():
    found = read(age=60).kidney
    assert found is not None
    assert found.missing == ("Creatinine", "Glomerular filtration rate, estimated or measured")


def test_a_seizure_that_happened_is_treated_not_prevented():
    assert read(seizure_type="clinical_focal").treat.id == "ppx.treat"
    assert read(seizure_type="clinical_focal").treat.met
    assert read(seizure_type="nonconvulsive_eeg").treat.met
    assert read(seizure_type="none", eeg_seizure="no").treat.met is False


def test_what_speaks_against_it_stands_beside_it():
    assert [f.id for f in read(age=60).figures] == ["ppx.matched", "ppx.preemptive"]
    says = " ".join(f.says for f in read(age=60).figures)
    assert "32.3% without and 37.1% with levetiracetam" in says
    assert "37.3% and 63.9%" in says


@pytest.mark.parametrize(("hours_ago", "running"), [(12, True), (23, True), (24, False), (-1, False)])
def test_a_dose_of_the_last_24_h_counts_as_being_given(hours_ago, running):
    given = {"drug": "levetiracetam", "start": 72 - hours_ago}
    assert prophylaxis(situation(given)).running is running


def test_another_drug_is_not_levetiracetam():
    assert prophylaxis(situation({"drug": "lacosamide", "start": 70})).running is False


def test_a_state_without_a_record_does_not_know_what_is_given():
    assert read(age=60).running is None
