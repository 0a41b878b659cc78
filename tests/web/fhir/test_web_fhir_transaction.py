"""A transaction is done as a whole or not at all; a batch does each entry for itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fhir_ward import BASE, Json, Ward, administration, ice, issues, observation, patient, quantity, ward
from sqlalchemy import func, select

from icans.store.records import record_of
from icans.store.schema import act, entry, resource
from icans.store.schema import patient as patient_table
from icans.store.verify import verify

URN = "urn:uuid:1f0f2a0e-6d57-4c7e-9d9b-6c1f2d3e4a5b"


@pytest.fixture
def there(tmp_path: Path) -> Ward:
    return ward(tmp_path)


def entry_of(content: Json, method: str = "POST", full_url: str | None = None, **request: Any) -> Json:
    url = content["resourceType"] + (f"/{content['id']}" if method != "POST" else "")
    made = {"resource": content, "request": {"method": method, "url": url, **request}}
    return made | ({"fullUrl": full_url} if full_url else {})


def bundle(*entries: Json, kind: str = "transaction") -> Json:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def about(made: Json) -> Json:
    """The same about the patient that the transaction admits."""
    return made | {"subject": {"reference": URN}}


def counts(there: Ward) -> tuple[int, ...]:
    with there.store.read() as db:
        tables = (patient_table, act, entry, resource)
        return tuple(db.execute(select(func.count()).select_from(t)).scalar_one() for t in tables)


def admitted(there: Ward) -> str:
    with there.store.read() as db:
        return db.execute(select(patient_table.c.id)).scalar_one()


def test_a_patient_and_what_is_about_them_come_together(there: Ward):
    sent = bundle(
        entry_of(about(observation(""))),
        entry_of(about(administration(""))),
        entry_of(patient(), full_url=URN),
        entry_of(about(ice(""))),
    )
    done = there.post("", sent)
    assert done.status_code == 200, done.text
    answer = done.json()
    assert (answer["resourceType"], answer["type"]) == ("Bundle", "transaction-response")
    who = admitted(there)
    assert [e["response"]["status"] for e in answer["entry"]] == ["201 Created"] * 4
    assert answer["entry"][2]["response"]["location"].startswith(f"{BASE}/Patient/{who}/_history/")
    with there.store.read() as db:
        record = record_of(db, who)
        assert verify(db).faults == ()
    assert record.observations.height == 6
    assert record.therapies.height == 1
    got = there.get(answer["entry"][0]["fullUrl"].removeprefix(BASE)).json()
    assert got["subject"] == {"reference": f"Patient/{who}"}


def test_what_is_about_one_patient_is_one_act_on_the_record(there: Ward):
    who = there.admit()["id"]
    there.post("/Observation", observation(who, effectiveDateTime="2026-03-08"))  # when first seen, and so how old
    before = counts(there)
    times = [f"2026-03-09T{hour:02}:00:00Z" for hour in range(20)]
    there.post("", bundle(*(entry_of(observation(who, effectiveDateTime=time)) for time in times)))
    after = counts(there)
    assert [b - a for a, b in zip(before, after, strict=True)] == [0, 1, 20, 20]


@pytest.mark.parametrize(
    ("bad", "status", "words"),
    [
        (observation("x", status="done"), 422, "a status is needed"),
        (observation("nobody"), 404, "no such patient"),
        (about(observation("", value={"valueQuantity": quantity(-7, "mm[Hg]")}, code="8480-6")), 422, ""),
        (about(observation("", value={"valueQuantity": quantity(36, "Cel")})), 409, "another value stands"),
        ({"resourceType": "Claim"}, 400, "begins with one of Patient"),
        ({"resourceType": "Observation", "status": "final"}, 422, "a reference to the patient is needed"),
    ],
)
def test_one_bad_resource_and_nothing_is_changed(there: Ward, bad: Json, status: int, words: str):
    before = counts(there)
    sent = bundle(entry_of(patient(), full_url=URN), entry_of(about(observation(""))), entry_of(bad))
    refused = there.post("", sent)
    assert refused.status_code == status
    assert words in issues(refused)
    assert refused.json()["issue"][0]["expression"][0].startswith("Bundle.entry[2]")
    assert counts(there) == before
    with there.store.read() as db:
        assert verify(db).faults == ()


def test_every_fault_is_told_with_its_place(there: Ward):
    who = there.admit()["id"]
    sent = bundle(*(entry_of(observation(who, status=s)) for s in ("no", "final", "neither")), {"resource": {}})
    places = [i["expression"][0] for i in there.post("", sent).json()["issue"]]
    assert places == [
        "Bundle.entry[0].Observation.status", "Bundle.entry[2].Observation.status", "Bundle.entry[3].request",
    ]  # fmt: skip


def test_create_update_and_delete_in_one(there: Ward):
    who = there.admit()["id"]
    warm = there.post("/Observation", observation(who)).json()
    given = there.post("/MedicationAdministration", administration(who)).json()
    sent = bundle(
        entry_of(warm | {"valueQuantity": quantity(39.5, "Cel")}, "PUT", ifMatch=f'W/"{warm["meta"]["versionId"]}"'),
        entry_of(given, "DELETE", ifMatch=f'W/"{given["meta"]["versionId"]}"'),
        entry_of(ice(who)),
    )
    answer = there.post("", sent).json()
    assert [e["response"]["status"] for e in answer["entry"]] == ["200 OK", "204 No Content", "201 Created"]
    with there.store.read() as db:
        record = record_of(db, who)
    assert record.therapies.is_empty()
    assert record.observations.filter(item="temperature")["value"].to_list() == [39.5]


def test_a_stale_version_refuses_the_whole(there: Ward):
    who = there.admit()["id"]
    warm = there.post("/Observation", observation(who)).json()
    before = counts(there)
    refused = there.post("", bundle(entry_of(ice(who)), entry_of(warm, "PUT", ifMatch='W/"1"')))
    assert refused.status_code == 412
    assert counts(there) == before


def test_a_patient_that_is_there_already_is_found_by_a_condition(there: Ward):
    who = there.admit()["id"]
    condition = "identifier=urn:example:mrn|MRN 7"
    sent = bundle(entry_of(patient(), full_url=URN, ifNoneExist=condition), entry_of(about(observation(""))))
    answer = there.post("", sent).json()
    assert [e["response"]["status"] for e in answer["entry"]] == ["200 OK", "201 Created"]
    assert there.get(f"/Observation?patient={who}").json()["total"] == 1


def test_a_relative_reference_begins_from_the_address_of_its_entry(there: Ward):
    """As FHIR has it for Bundles: `Patient/7` beside `http://lab/fhir/Observation/1` is `http://lab/fhir/Patient/7`."""
    sent = bundle(
        entry_of(patient(), full_url="http://lab.example/fhir/Patient/7"),
        entry_of(observation("7"), full_url="http://lab.example/fhir/Observation/1"),
    )
    assert there.post("", sent).status_code == 200
    elsewhere = bundle(entry_of(observation("7"), full_url="http://other.example/fhir/Observation/1"))
    assert there.post("", elsewhere).status_code == 404


def test_the_same_resource_twice_in_one_is_one_entry(there: Ward):
    who = there.admit()["id"]
    assert there.post("", bundle(entry_of(observation(who)), entry_of(observation(who)))).status_code == 200
    with there.store.read() as db:
        assert record_of(db, who).observations.height == 1
    assert there.get(f"/Observation?patient={who}").json()["total"] == 2


def test_two_entries_with_one_address_are_refused(there: Ward):
    refused = there.post("", bundle(entry_of(patient("1"), full_url=URN), entry_of(patient("2"), full_url=URN)))
    assert refused.status_code == 400
    assert "the same fullUrl" in issues(refused)


def test_a_batch_does_what_it_can(there: Ward):
    who = there.admit()["id"]
    sent = bundle(entry_of(observation(who)), entry_of({"resourceType": "Claim"}), entry_of(ice(who)), kind="batch")
    answer = there.post("", sent).json()
    assert answer["type"] == "batch-response"
    assert [e["response"]["status"] for e in answer["entry"]] == ["201 Created", "400", "201 Created"]
    assert "begins with one of" in answer["entry"][1]["response"]["outcome"]["issue"][0]["diagnostics"]


def test_an_empty_transaction_does_nothing(there: Ward):
    assert there.post("", {"resourceType": "Bundle", "type": "transaction"}).json() == {
        "resourceType": "Bundle",
        "type": "transaction-response",
    }


def test_a_bundle_of_another_kind_is_refused(there: Ward):
    assert there.post("", bundle(kind="collection")).status_code == 400
    assert there.post("", patient()).status_code == 400
