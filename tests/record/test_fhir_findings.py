"""Diagnoses, breathing support and questionnaires."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from fhir_made import PATIENT, SNOMED, concept, condition, procedure, read, values

from icans.record.catalogue import catalogue

ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


@pytest.mark.parametrize(
    ("code", "item", "word"),
    [
        (concept("29753000", SNOMED), "seizure_type", "clinical_focal"),
        (concept("54200006", SNOMED), "seizure_type", "clinical_generalized"),
        ({"text": "Seizure (finding)"}, "seizure_type", "clinical_generalized"),
        (concept("423341008", SNOMED), "raised_icp_signs", "papilledema"),
        (concept("I61.9", ICD10), "intracranial_hemorrhage", "yes"),
        ({"text": "Diffuse cerebral oedema"}, "edema_on_imaging", "diffuse"),
        (concept("20022000", SNOMED), "motor_deficit", "deep_focal"),
    ],
)
def test_a_diagnosis_is_a_finding_at_its_onset(tmp_path: Path, code: dict, item: str, word: str):
    records = read(tmp_path, condition(code))
    assert values(records, item) == [catalogue()[item].encode(word)]
    assert records.observations["time"][0] == datetime(2025, 3, 8, 12, tzinfo=UTC)
    assert records.log.used == {f"Condition {item}": 1}


def test_status_epilepticus_says_two_things(tmp_path: Path):
    records = read(tmp_path, condition(concept("230456007", SNOMED)))
    assert values(records, "seizure_type") == [3]
    assert values(records, "seizure_repetitive_no_return") == [1]


def test_cerebral_oedema_without_focal_or_diffuse_stays_unknown_with_a_notice(tmp_path: Path):
    records = read(tmp_path, PATIENT, condition(concept("2032001", SNOMED)))
    assert records.observations.is_empty()
    assert any("focal or diffuse" in notice for notice in records.log.notices)
    assert records.log.skipped == {"Condition 2032001 that leaves edema_on_imaging unknown": 1}


@pytest.mark.parametrize("status", ["refuted", "entered-in-error", "differential"])
def test_a_diagnosis_that_was_not_made_is_left_out(tmp_path: Path, status: str):
    denied = condition(concept("91175000", SNOMED), verificationStatus=concept(status, VERIFICATION))
    records = read(tmp_path, PATIENT, denied)
    assert records.observations.is_empty()
    assert records.log.skipped == {f"Condition that is {status}": 1}


def test_epilepsy_or_a_history_of_seizures_is_no_seizure_seen(tmp_path: Path):
    told = [condition({"text": t}) for t in ("Epilepsy", "History of seizure", "Seizure precautions")]
    assert read(tmp_path, PATIENT, *told).log.skipped == {"Condition with no meaning for an item": 3}


def test_an_abatement_says_none_and_a_missing_onset_takes_the_day_of_recording(tmp_path: Path):
    coded = condition(concept("91175000", SNOMED), abatementDateTime="2025-03-08T13:00:00Z")
    assert values(read(tmp_path, coded), "seizure_type") == [3, 0]
    recorded = condition(concept("91175000", SNOMED), recordedDate="2025-03-09T08:00:00Z")
    del recorded["onsetDateTime"]
    records = read(tmp_path, recorded)
    assert records.observations["time"][0] == datetime(2025, 3, 9, 8, tzinfo=UTC)
    del recorded["recordedDate"]
    assert read(tmp_path, PATIENT, recorded).log.skipped == {"Condition without a time of onset": 1}


def test_signs_of_one_set_that_last_together_are_seen_together(tmp_path: Path):
    first = condition({"text": "Papilledema"}, abatementDateTime="2025-03-09T12:00:00Z")
    second = condition({"text": "Sixth nerve palsy"}, onsetDateTime="2025-03-08T20:00:00Z")
    item = catalogue()["raised_icp_signs"]
    found = values(read(tmp_path, first, second), "raised_icp_signs")
    assert [item.decode(value) for value in found] == ["papilledema", "papilledema;cn6_palsy", "cn6_palsy"]


def test_ventilation_is_seen_from_start_to_end_without_a_gap(tmp_path: Path):
    period = {"start": "2025-03-04T00:00:00Z", "end": "2025-03-05T06:00:00Z"}
    records = read(tmp_path, procedure({"text": "Invasive Ventilation"}, performedPeriod=period))
    device = catalogue()["oxygen_device"]
    times = records.observations["time"].to_list()
    assert set(values(records, "oxygen_device")) == {device.encode("invasive_ventilation")}
    assert times[0] == datetime(2025, 3, 4, tzinfo=UTC)
    assert times[-1] == datetime(2025, 3, 5, 6, tzinfo=UTC)
    gaps = [(b - a).total_seconds() / 3600 for a, b in pairwise(times)]
    assert max(gaps) <= (device.valid_hours or 0)
    assert records.log.used == {"Procedure oxygen_device": 1}


def test_an_end_in_the_year_9999_is_not_believed(tmp_path: Path):
    period = {"start": "2025-03-04T00:00:00Z", "end": "9999-12-31T00:00:00Z"}
    records = read(tmp_path, procedure({"text": "Intubation"}, performedPeriod=period))
    assert len(records.observations) == 1


def test_what_was_used_says_more_than_the_kind_of_procedure(tmp_path: Path):
    given = procedure(
        concept("371907003", SNOMED),
        usedCode=[concept("426854004", SNOMED)],
        performedDateTime="2025-03-04T00:00:00Z",
    )
    expected = catalogue()["oxygen_device"].encode("high_flow_nasal_cannula")
    assert values(read(tmp_path, given), "oxygen_device") == [expected]


def test_an_extubation_says_nothing_of_what_followed(tmp_path: Path):
    done = procedure({"text": "Extubation"}, performedDateTime="2025-03-04T00:00:00Z")
    records = read(tmp_path, PATIENT, done)
    assert records.log.skipped == {"Procedure that ends a breathing support, without what followed": 1}


def questionnaire(*items: dict, **more: str) -> dict:
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "subject": {"reference": "Patient/p1"},
        "authored": "2025-03-07T08:00:00Z",
        "item": list(items),
    } | more


def test_an_ice_is_read_from_a_questionnaire(tmp_path: Path):
    answered = questionnaire(
        {"linkId": "ice", "item": [{"linkId": "ice_orientation", "answer": [{"valueInteger": 3}]}]},
        {"linkId": "ice_naming", "answer": [{"valueDecimal": 2.0}]},
        {"linkId": "group/ice_writing", "answer": [{"valueInteger": 0}]},
        {"linkId": "tremor_or_myoclonus", "answer": [{"valueBoolean": True}]},
        {"linkId": "consciousness", "answer": [{"valueCoding": {"code": "to_voice", "display": "to voice"}}]},
        {"linkId": "ice_commands"},
        {"linkId": "mood", "answer": [{"valueString": "good"}]},
    )
    records = read(tmp_path, answered)
    found = dict(zip(records.observations["item"], records.observations["value"], strict=True))
    assert found == {
        "ice_orientation": 3,
        "ice_naming": 2,
        "ice_writing": 0,
        "tremor_or_myoclonus": 1,
        "consciousness": 1,
    }
    assert records.log.skipped == {
        "QuestionnaireResponse ice_commands without a value": 1,
        "QuestionnaireResponse with no item of the name: mood": 1,
    }


def test_a_questionnaire_without_a_time_is_counted_by_answers(tmp_path: Path):
    answered = questionnaire({"linkId": "ice_naming", "answer": [{"valueInteger": 2}]}, authored="")
    assert read(tmp_path, PATIENT, answered).log.skipped == {"QuestionnaireResponse without a time": 1}
