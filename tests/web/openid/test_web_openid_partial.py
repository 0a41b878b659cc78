"""A chart that comes in part the second time: what was taken earlier stands until the chart is whole again."""

from __future__ import annotations

from datetime import datetime

from openid_answers import words as said
from openid_ward import OpenIdWard
from record_system import (
    INFUSED,
    RecordSystem,
    ago,
    infusion,
    observation,
    patient,
    temperature,
    tocilizumab,
)
from smart_ward import current, launched, let_in, values, version


def infused_as_a_drug(system: RecordSystem):
    """The infusion as a drug given, not as a procedure; and the weight of the day before."""
    del system.resources["Procedure/infused"]
    drug = {"medicationCodeableConcept": {"text": "Axicabtagene ciloleucel"}, "effectiveDateTime": INFUSED}
    system.put({k: v for k, v in tocilizumab("infused").items() if k != "medicationReference"} | drug)
    kilograms = {"value": 70, "unit": "kg", "code": "kg", "system": "http://unitsofmeasure.org"}
    system.put(observation("w1", "weight", kilograms, ago(120)))


def assert_nothing_changes(ward: OpenIdWard, system: RecordSystem, *told: str):
    before, count = current(ward), version(ward)
    answer = launched(ward, system)
    assert answer.status_code == 200
    for words in told:
        assert words in said(answer)
    assert (current(ward), version(ward)) == (before, count)
    taken_back = ward.logged("smart.launch")[0]
    assert (taken_back["corrected"], taken_back["taken_back"]) == (0, 0)


def test_a_dose_whose_drug_cannot_be_looked_up_now_stays(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system)
    launched(ward, system)
    del system.resources["Medication/m1"]
    assert_nothing_changes(ward, system, "Medication could not be had: 1 could not be looked up", "tocilizumab")
    assert values(ward, "tocilizumab") == [560]


def test_a_dose_that_is_void_is_taken_back_whatever_the_drug_was(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system)
    launched(ward, system)
    del system.resources["Medication/m1"]
    system.put(tocilizumab() | {"status": "entered-in-error"})
    launched(ward, system)
    assert values(ward, "tocilizumab") == []


def test_a_drug_that_is_named_by_its_whole_address_is_looked_up(ward: OpenIdWard, system: RecordSystem):
    system.put(tocilizumab() | {"medicationReference": {"reference": f"{system.url}/Medication/m1"}})
    let_in(ward, system)
    launched(ward, system)
    assert values(ward, "tocilizumab") == [560]


def test_the_infusion_and_what_is_counted_from_it_stay_while_drugs_cannot_be_had(
    ward: OpenIdWard, system: RecordSystem
):
    infused_as_a_drug(system)
    let_in(ward, system)
    launched(ward, system)
    assert {"product", "infusion", "age", "weight"} <= dict(current(ward)).keys()
    system.broken = {"MedicationAdministration"}
    assert_nothing_changes(ward, system, "MedicationAdministration could not be had", "Left as taken earlier")
    system.broken = set()
    assert launched(ward, system).status_code == 303, "and nothing is left over once it is whole"


def test_the_weight_stays_while_observations_cannot_be_had(ward: OpenIdWard, system: RecordSystem):
    infused_as_a_drug(system)
    let_in(ward, system)
    launched(ward, system)
    system.broken = {"Observation"}
    assert_nothing_changes(ward, system, "until what it rests on can be had again: weight")


def test_facts_stay_where_only_the_newest_came(ward: OpenIdWard, system: RecordSystem, monkeypatch):
    infused_as_a_drug(system)
    let_in(ward, system)
    launched(ward, system)
    monkeypatch.setattr("icans.web.openid.chart.MOST", 1)
    # The first of the search is the dose, so the infusion is cut off, and so is the weight.
    assert_nothing_changes(ward, system, "Observation: there are more than are taken at once", "infusion", "weight")


def test_facts_stay_where_a_resource_does_not_name_the_patient(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system)
    launched(ward, system)
    system.put(infusion() | {"subject": {"display": "somebody"}})
    assert_nothing_changes(ward, system, "1 resources do not name this patient", "infusion")


def test_what_did_come_is_taken_and_corrected_all_the_same(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system)
    launched(ward, system)
    system.broken = {"MedicationAdministration"}
    system.put(temperature("t1", 37.6))
    system.put(temperature("t2", 39.4, ago(1)))
    system.put(patient(gender="female"))
    launched(ward, system)
    assert values(ward, "temperature") == [37.6, 39.4]
    assert values(ward, "sex") == ["female"], "it stands in the Patient, which came"


def test_what_changed_meanwhile_is_corrected_once_the_chart_is_whole(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system)
    launched(ward, system)
    system.broken = {"MedicationAdministration"}
    system.put(infusion() | {"performedDateTime": ago(72)})
    launched(ward, system)
    assert datetime.fromisoformat(values(ward, "infusion")[0]) == datetime.fromisoformat(INFUSED)
    system.broken = set()
    launched(ward, system)
    assert datetime.fromisoformat(values(ward, "infusion")[0]) == datetime.fromisoformat(ago(72))


def test_a_server_that_has_no_questionnaires_holds_nothing_up(ward: OpenIdWard, system: RecordSystem):
    system.unheard = {"QuestionnaireResponse"}
    infused_as_a_drug(system)
    let_in(ward, system)
    assert launched(ward, system).status_code == 303
    kilograms = {"value": 72, "unit": "kg", "code": "kg", "system": "http://unitsofmeasure.org"}
    system.put(observation("w1", "weight", kilograms, ago(120)))
    assert launched(ward, system).status_code == 303
    assert values(ward, "weight") == [72, 72], "what was seen, and the fact that doses go by"
    assert ward.logged("smart.launch")[0]["lacking"] == ["QuestionnaireResponse"]
