"""Side doors to a patient of another unit: searches, references, bundles, identifiers of acts and entries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from guarded_ward import LABEL, NOTE, REASON, UNIT, Guarded, guarded_ward
from plausible import SENT, filled, kept

TOLD = (LABEL, NOTE, REASON, "MRN-4711", "5120", "urn:icans:facts")
"""What stands in the record and nowhere else."""
SEARCHES = (
    "/fhir/Patient?_id={patient_id}", "/fhir/Patient?identifier=MRN-4711", "/fhir/Patient",
    "/fhir/Patient?identifier=urn:icans:patient|MRN-4711", "/fhir/Observation?patient={patient_id}",
    "/fhir/Observation?_id={observation}", "/fhir/Observation?subject=Patient/{patient_id}",
    "/fhir/Observation?_id={patient_id}-grade-icans", "/fhir/Observation/{patient_id}-grade-icans",
    "/fhir/Observation?patient={mine},{patient_id}", "/fhir/MedicationAdministration?patient={patient_id}",
    "/ward?unit={unit}", "/ward/rows?unit={unit}", "/api/ward?unit={unit}", "/api/patients?discharged=true",
    "/patients/{mine}/handwriting/{act_id}.svg", "/patients/{mine}/entries/{entry_id}/correct",
    "/patients/{mine}/../{patient_id}", "/patients/{mine}%2F..%2F{patient_id}/record",
)  # fmt: skip
REFERENCES: tuple[dict[str, Any], ...] = (
    {"reference": "Patient/{patient_id}"}, {"reference": "http://127.0.0.1:8000/fhir/Patient/{patient_id}"},
    {"reference": "Patient?identifier=MRN-4711"}, {"reference": "Patient/{mine}/../{patient_id}"},
    {"identifier": {"system": "urn:icans:patient", "value": "MRN-4711"}},
    {"reference": "Patient/{mine}", "identifier": {"system": "urn:icans:patient", "value": "MRN-4711"}},
)  # fmt: skip


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    made = guarded_ward(tmp_path_factory.mktemp("other_unit"))
    yield made
    made.ward.store.close()


@pytest.fixture(scope="module")
def stranger(guarded: Guarded) -> TestClient:
    """With every right, on another unit."""
    return guarded.client("elsewhere_administrator")


@pytest.fixture(scope="module")
def names(guarded: Guarded, stranger: TestClient) -> dict[str, Any]:
    """Of the patient, and of one whom the stranger admitted."""
    mine = stranger.post("/api/patients", json={"identifier": "MINE"}).headers["location"].rpartition("/")[2]
    found = guarded.administrator.get(f"/fhir/Observation?patient={guarded.patient}").json()["entry"]
    return guarded.names(writes=False) | {"mine": mine, "observation": found[0]["resource"]["id"], "unit": UNIT}


@pytest.mark.parametrize("there", SEARCHES)
def test_no_search_and_no_address_tells_of_the_patient(
    guarded: Guarded, stranger: TestClient, names: dict[str, Any], there: str
) -> None:
    mine, everybodys = (client.get(there.format_map(names)) for client in (stranger, guarded.administrator))
    assert not [word for word in TOLD if word in mine.text and word not in there]
    if everybodys.status_code == 200:
        assert mine.text != everybodys.text, "whoever may see the patient is told more"


@pytest.mark.parametrize("subject", REFERENCES, ids=str)
@pytest.mark.parametrize("route", ["POST /fhir/Observation", "POST /fhir"])
def test_no_reference_writes_to_the_record(
    guarded: Guarded, stranger: TestClient, names: dict[str, Any], route: str, subject: dict[str, Any]
) -> None:
    before = guarded.administrator.get(f"/api/patients/{guarded.patient}").json()["version"]
    resource = filled(SENT["POST /fhir/Observation"]["json"], names) | {"subject": filled(subject, names)}
    asked = {"resource": resource, "request": {"method": "POST", "url": "Observation"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [asked]}
    answer = stranger.post(route.split()[1], json=resource if "Observation" in route else bundle)
    assert not [word for word in TOLD if word in answer.text and word not in str(subject)]
    assert guarded.administrator.get(f"/api/patients/{guarded.patient}").json()["version"] == before
    assert answer.status_code in ((200, 201, 422) if subject.get("reference") == "Patient/{mine}" else (404, 422))


def test_a_bundle_cannot_read_change_or_delete_what_is_of_another_unit(
    guarded: Guarded, stranger: TestClient, names: dict[str, Any]
) -> None:
    before = kept(guarded)
    resource = filled(SENT["POST /fhir/Observation"]["json"], names) | {"id": names["observation"]}
    entry: list[dict[str, Any]] = [
        {"request": {"method": method, "url": path.format_map(names)}}
        for method, path in (("GET", "Patient/{patient_id}"), ("GET", "Observation?patient={patient_id}"),
                             ("DELETE", "Observation/{observation}"))
    ]  # fmt: skip
    entry.append({"request": {"method": "PUT", "url": f"Observation/{names['observation']}"}, "resource": resource})
    for kind in ("batch", "transaction"):
        answer = stranger.post("/fhir", json={"resourceType": "Bundle", "type": kind, "entry": entry})
        assert not [word for word in TOLD if word in answer.text]
    assert kept(guarded) == before


def test_to_admit_under_an_identifier_that_is_taken_tells_nothing_but_that(
    guarded: Guarded, stranger: TestClient
) -> None:
    """The identifier is the hospital's, and one person is one record: that much cannot be hidden."""
    before = kept(guarded)
    resource = {"resourceType": "Patient", "identifier": [{"system": "urn:icans:patient", "value": "MRN-4711"}]}
    answers = [
        stranger.post("/api/patients", json={"identifier": "MRN-4711"}),
        stranger.post("/fhir/Patient", json=resource),
        stranger.post("/fhir/Patient", json=resource, headers={"if-none-exist": "identifier=MRN-4711"}),
    ]
    assert {a.status_code for a in answers} == {409}
    assert not any(UNIT in a.text or LABEL in a.text or guarded.patient in a.text for a in answers)
    assert kept(guarded) == before


def test_identifiers_of_acts_and_entries_open_no_other_record(
    guarded: Guarded, stranger: TestClient, names: dict[str, Any]
) -> None:
    before = kept(guarded)
    here = f"/api/patients/{names['mine']}"
    answers = [
        stranger.post(f"{here}/entries", json={"id": names["act_id"], "note": "x"}),
        stranger.post(f"{here}/entries/{names['entry_id']}/correction", json={"reason": "x", "withdraw": True}),
        stranger.post(f"/patients/{names['mine']}/entries/{names['entry_id']}/correct", data={"reason": "x"}),
    ]
    assert [a.status_code for a in answers] == [409, 404, 404]
    assert kept(guarded) == before
