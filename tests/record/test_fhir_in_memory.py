"""Resources that are already in memory are read as those of a file are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fhir_made import PATIENT, concept, drug, observation, quantity, values

from icans.errors import DataError
from icans.record.fhir import read_fhir, read_resources

ONE_OF_EACH: list[dict[str, Any]] = [
    PATIENT,
    observation(id="o"),
    drug("Siltuximab") | {"id": "m"},
    {
        "resourceType": "QuestionnaireResponse",
        "id": "q",
        "subject": {"reference": "Patient/p1"},
        "authored": "2025-03-07T08:00:00Z",
        "item": [{"linkId": "ice_naming", "answer": [{"valueInteger": 2}]}],
    },
]


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources]}


def test_a_list_gives_the_record_of_the_same_bundle_in_a_file(tmp_path: Path):
    (tmp_path / "b.json").write_text(json.dumps(bundle(*ONE_OF_EACH)))
    from_file, from_memory = read_fhir(tmp_path / "b.json"), read_resources(ONE_OF_EACH)
    assert from_memory.observations.equals(from_file.observations)
    assert from_memory.therapies.equals(from_file.therapies)
    assert from_memory.patients.equals(from_file.patients)
    assert from_memory.log == from_file.log


def test_a_bundle_among_them_is_unpacked():
    records = read_resources([PATIENT, bundle(*ONE_OF_EACH[1:])])
    assert values(records, "temperature") == [38.4]
    assert records.therapies["drug"].to_list() == ["siltuximab"]


def test_an_urn_in_a_bundle_points_to_its_patient():
    urn = "urn:uuid:9f0d4e4e-5a4b-4d5e-9a55-0c1d2e3f4a5b"
    sent = bundle(PATIENT, observation(subject={"reference": urn}))
    sent["entry"][0]["fullUrl"] = urn
    assert read_resources([sent]).observations["patient"].to_list() == ["p1"]


def test_nothing_and_an_empty_answer_to_a_search_give_an_empty_record():
    for nothing in ([], [{"resourceType": "Bundle", "type": "searchset", "total": 0}], [bundle()]):
        records = read_resources(nothing)
        assert records.names() == []
        assert records.observations.is_empty()
        assert records.log.problems == ()


def test_mistakes_are_told_with_the_number_of_the_entry():
    wrong = observation(effectiveDateTime="2025-03-04T08:00:00")
    with pytest.raises(DataError, match=r"^entry 2: Observation: time: a time needs its offset"):
        read_resources([PATIENT, wrong])
    with pytest.raises(DataError, match=r"^entry 1 entry 2: Observation: time: a time needs its offset"):
        read_resources([bundle(PATIENT, wrong)])


def test_the_rest_is_kept_when_asked():
    impossible = observation("3151-8", valueQuantity=quantity(-2, "L/min"))
    records = read_resources([observation(), impossible], keep_going=True)
    assert values(records, "temperature") == [38.4]
    assert len(records.log.problems) == 1


@pytest.mark.parametrize("nonsense", [None, 7, "Patient", [], {}, {"resourceType": 7}])
def test_what_is_no_resource_is_named(nonsense: Any):
    with pytest.raises(DataError, match="entry 2: not a FHIR resource: it has no resourceType"):
        read_resources([PATIENT, nonsense])


def test_the_source_of_a_resource_without_an_id_is_its_entry():
    unnamed = observation(concept("8310-5"))
    assert read_resources([PATIENT, unnamed]).observations["source"].to_list() == ["entry 2"]


def test_another_version_of_fhir_is_refused():
    with pytest.raises(DataError, match=r"FHIR 5\.0\.0"):
        read_resources([{"resourceType": "CapabilityStatement", "fhirVersion": "5.0.0"}])
