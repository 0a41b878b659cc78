"""One row written as one resource is the same row when it is read; the ids are those of who asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fhir_made import PATIENT, concept, drug, own, quantity
from hypothesis import given
from test_fhir_write import observations, records, therapies

from icans.record.catalogue import catalogue
from icans.record.fhir import read_resources
from icans.record.fhir.resource_of import administration, infusion, observation, patient, questionnaire, stated_facts
from icans.record.record import OBSERVATIONS, PATIENTS, THERAPIES, Records

MORNING = datetime(2026, 3, 7, 8, tzinfo=UTC)
NOBODY: dict[str, Any] = dict.fromkeys(PATIENTS) | {"patient": "MRN 7"}


@given(row=observations())
def test_an_observation_comes_back_as_its_row(row: dict[str, Any]):
    made = observation(row, "o-1", "p-1")
    assert (made["id"], made["subject"]) == ("o-1", {"reference": "Patient/p-1"})
    back = read_resources([made]).observations.row(0, named=True)
    assert back == row | {"patient": "p-1", "source": "Observation/o-1"}


@given(row=therapies())
def test_a_therapy_comes_back_as_its_row(row: dict[str, Any]):
    back = read_resources([administration(row, "m-1", "p-1")]).therapies.row(0, named=True)
    assert back == row | {"patient": "p-1", "source": "MedicationAdministration/m-1"}


@given(record=records())
def test_a_whole_patient_comes_back_even_where_observations_know_more(record: Records):
    row = record.patients.row(0, named=True)
    weighed = own("weight", valueQuantity=quantity(70, "kg"), subject={"reference": "Patient/x"})
    cells = infusion(row | {"infusion": MORNING}, "i", "x") | {"subject": {"reference": "Patient/x"}}
    back = read_resources([patient(row, "x", whole=True), weighed, cells]).patients.row(0, named=True)
    assert back == row


def test_an_infusion_names_its_product_and_patient():
    made = infusion(NOBODY | {"infusion": MORNING, "product": "ide-cel"}, "i-1", "p-1")
    row = read_resources([made]).patients.row(0, named=True)
    assert (row["infusion"], row["product"]) == (MORNING, "ide-cel")
    assert made["id"] == "i-1"


def test_an_ice_test_is_one_questionnaire_with_the_answers_of_its_observations():
    marks = {"ice_orientation": 3.0, "ice_naming": 3.0, "ice_commands": 1.0, "ice_writing": 0.0, "ice_attention": 1.0}
    rows = [{"time": MORNING, "item": item, "value": value} for item, value in marks.items()]
    made = questionnaire(rows, "act-1", "p-1")
    assert made["questionnaire"] == "urn:icans:questionnaires:ice"
    assert [q["answer"][0]["valueInteger"] for q in made["item"]] == [3, 3, 1, 0, 1]
    back = read_resources([made]).observations
    assert dict(back.select("item", "value").rows()) == marks
    assert set(back["time"]) == {MORNING}


@given(row=observations())
def test_every_kind_of_item_can_be_answered_in_a_questionnaire(row: dict[str, Any]):
    back = read_resources([questionnaire([row], "q", "p")]).observations
    assert back.select("time", "item", "value").rows() == [(row["time"], row["item"], row["value"])]


def test_a_time_of_another_zone_is_written_in_utc():
    row = dict.fromkeys(OBSERVATIONS) | {"time": MORNING, "item": "temperature", "value": 38.0}
    assert observation(row, "o", "p")["effectiveDateTime"] == "2026-03-07T08:00:00Z"


def test_a_patient_of_whom_nothing_is_known_states_nothing_unless_the_whole_is_wanted():
    assert stated_facts(NOBODY) is None
    whole = stated_facts(NOBODY, whole=True)
    assert whole is not None
    assert {f["url"] for f in whole["extension"]} == set(PATIENTS) - {"patient"}


@pytest.mark.parametrize("route", ["inhalation", "topical"])
def test_a_drug_of_our_own_code_is_taken_at_its_word(route: str):
    """Words such as 'inhalation' make a drug of another system count for nothing; a record of ours said it counts."""
    row = dict.fromkeys(THERAPIES) | {"start": MORNING, "drug": "dexamethasone", "route": route}
    assert read_resources([administration(row, "m", "p")]).therapies["route"].to_list() == [route]
    foreign = drug("Dexamethasone", dosage={"route": concept(text=route)})
    assert read_resources([PATIENT, foreign]).therapies.is_empty()


def test_a_drug_of_our_own_code_is_no_infusion_of_cells():
    row = dict.fromkeys(THERAPIES) | {"start": MORNING, "drug": "wash-out after car-t cells"}
    back = read_resources([administration(row, "m", "p")])
    assert back.therapies["drug"].to_list() == ["wash-out after car-t cells"]
    assert back.patients["infusion"].to_list() == [None]


def test_every_item_has_a_label_to_be_asked_by():
    rows = [{"time": MORNING + timedelta(hours=1), "item": name, "value": 0.0} for name in catalogue()]
    assert all(question["text"] for question in questionnaire(rows, "q", "p")["item"])
