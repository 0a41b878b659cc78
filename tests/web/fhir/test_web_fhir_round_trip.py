"""What is written is read as it was sent, under an id and a version, and stands in the record as entries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fhir_ward import (
    BASE,
    START,
    Json,
    Ward,
    administration,
    ice,
    issues,
    observation,
    of_type,
    patient,
    pressure,
    quantity,
    ward,
)

from icans.record.record import Records
from icans.store import entries, patients, words
from icans.store.database import Store
from icans.store.entries import Act
from icans.store.records import record_of


@pytest.fixture
def there(tmp_path: Path) -> Ward:
    return ward(tmp_path)


def stored(there: Ward, who: str) -> Records:
    with there.store.read() as db:
        return record_of(db, who)


def sent_as_was(sent: Json, got: Json) -> bool:
    return {k: v for k, v in got.items() if k not in ("id", "meta")} == sent


@pytest.mark.parametrize("made", [observation, administration, ice])
def test_a_resource_is_read_as_it_was_sent(there: Ward, made: Any):
    sent = made(there.admit()["id"])
    done = there.post(f"/{sent['resourceType']}", sent)
    assert done.status_code == 201
    got = done.json()
    address = f"/{sent['resourceType']}/{got['id']}"
    assert done.headers["location"] == f"{BASE}{address}/_history/{got['meta']['versionId']}"
    assert done.headers["etag"] == f'W/"{got["meta"]["versionId"]}"'
    read = there.get(address)
    assert read.json() == got
    assert read.headers["content-type"] == "application/fhir+json"
    assert sent_as_was(sent, got)
    assert got["meta"]["lastUpdated"].startswith("2026-03-10T08:00")
    assert there.get(f"{address}/_history/{got['meta']['versionId']}").json() == got


def test_a_patient_is_read_as_sent_with_its_name_on_the_ward(there: Ward):
    sent = patient(name=[{"family": "Made-up"}])
    got = there.post("/Patient", sent).json()
    assert got["identifier"] == [*sent["identifier"], {"system": "urn:icans:patient", "value": "MRN 7"}]
    assert sent_as_was(sent, got | {"identifier": sent["identifier"]})
    assert there.get(f"/Patient/{got['id']}").json() == got


def test_what_is_sent_stands_in_the_record(there: Ward):
    who = there.admit()["id"]
    there.post("/Observation", observation(who))
    there.post("/MedicationAdministration", administration(who))
    there.post("/QuestionnaireResponse", ice(who, writing=0))
    record = stored(there, who)
    seen = dict(record.observations.select("item", "value").rows())
    assert (seen["temperature"], seen["ice_writing"], seen["ice_orientation"]) == (38.4, 0.0, 4.0)
    assert record.therapies.select("drug", "dose", "unit", "route").rows() == [("tocilizumab", 560.0, "mg", "iv")]


def test_age_and_day_0_follow_from_what_comes_later(there: Ward):
    """Born on 2 March 1966, infused on 5 March 2026: 60 years old. The birth date alone says no age."""
    who = there.admit()["id"]
    assert stored(there, who).patients["age"].to_list() == [None]
    cells = there.post("/MedicationAdministration", administration(who, "Yescarta", effectiveDateTime="2026-03-05"))
    weighed = {"valueQuantity": quantity(154.3, "[lb_av]")}
    there.post("/Observation", observation(who, "29463-7", weighed, effectiveDateTime="2026-03-04T07:00:00Z"))
    row = stored(there, who).patients.row(0, named=True)
    assert (row["product"], row["infusion"]) == ("axi-cel", datetime(2026, 3, 5, tzinfo=UTC))
    assert row["age"] == pytest.approx(60 + 3 / 365.25, abs=1e-4)
    assert row["weight"] == pytest.approx(154.3 * 0.45359237)
    assert stored(there, who).therapies.is_empty()
    gone = there.delete(cells.json())
    assert gone.status_code == 204
    assert stored(there, who).patients.row(0, named=True)["infusion"] is None


def test_a_stated_fact_is_not_derived_over(there: Ward):
    facts = {"url": "urn:icans:facts", "extension": [{"url": "weight", "valueQuantity": quantity(80, "kg")}]}
    who = there.admit(extension=[facts])["id"]
    there.post("/Observation", observation(who, "29463-7", {"valueQuantity": quantity(70, "kg")}))
    assert stored(there, who).patients["weight"].to_list() == [80]


def test_an_entry_made_in_the_app_is_a_resource_with_the_history_of_its_corrections(there: Ward):
    who = there.admit()["id"]
    with there.store.write() as db:
        author = db.exec_driver_sql("select id from account where login = 'nora'").scalar_one()

        def enter(rows: list[Json]) -> tuple[str, ...]:
            return entries.record(db, Act(who, author, "nora", START), rows).entries

        row = words.observation_entries([{"time": START, "item": "temperature", "value": "39", "unit": "Cel"}], START)[
            0
        ]
        first = enter([row])[0]
        second = enter([row | {"value": 38.0, "replaces": first, "reason": "typed wrongly"}])[0]
    shown = there.get(f"/Observation/{first}").json()
    assert (shown["valueQuantity"]["value"], shown["meta"]["versionId"]) == (38.0, "4")
    assert there.get(f"/Observation/{second}").status_code == 404
    with there.store.write() as db:
        entries.record(
            db, Act(who, author, "nora", START), [row | {"replaces": second, "withdrawn": True, "reason": "no"}]
        )
    assert there.get(f"/Observation/{first}").json()["status"] == "entered-in-error"


def test_an_ice_test_of_the_app_is_one_questionnaire_as_well_as_observations(there: Ward):
    who = there.admit()["id"]
    marks = {"ice_orientation": "3", "ice_naming": "3", "ice_commands": "1", "ice_writing": "0", "ice_attention": "1"}
    rows = [{"time": START, "item": item, "value": mark} for item, mark in marks.items()]
    with there.store.write() as db:
        author = db.exec_driver_sql("select id from account where login = 'nora'").scalar_one()
        done = Act(who, author, "nora", START, origin="ice")
        entries.record(db, done, words.observation_entries(rows, START))
    test = there.get(f"/QuestionnaireResponse/{done.id}").json()
    assert test["questionnaire"] == "urn:icans:questionnaires:ice"
    answers = {q["linkId"]: q["answer"][0]["valueInteger"] for q in test["item"]}
    assert answers == {item: int(mark) for item, mark in marks.items()}
    seen = of_type(there.get(f"/Observation?patient={who}").json(), "Observation")
    assert {o["code"]["coding"][-1]["code"] for o in seen} == set(marks)


def test_the_same_value_sent_twice_is_two_resources_and_one_entry(there: Ward):
    who = there.admit()["id"]
    first, second = (there.post("/Observation", observation(who)).json() for _ in range(2))
    assert stored(there, who).observations.height == 1
    there.delete(second)
    assert stored(there, who).observations.height == 1
    there.delete(first)
    assert stored(there, who).observations.height == 0


def test_another_value_at_the_very_time_is_a_conflict(there: Ward):
    who = there.admit()["id"]
    there.post("/Observation", observation(who))
    other = there.post("/Observation", observation(who, value={"valueQuantity": quantity(36.1, "Cel")}))
    assert other.status_code == 409
    assert "another value stands at this very time" in issues(other)
    assert "36.1" not in other.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": None}, "a status is needed"),
        ({"code": {"text": "mood"}}, "no code known here"),
        ({"valueQuantity": quantity(38.4, "furlong")}, "in a unit not known here"),
        ({"valueQuantity": {"value": "high"}}, "should be a number"),
        ({"effectiveDateTime": "2026-03-09T08:00:00"}, "time zone is missing"),
        ({"effectiveDateTime": "2026-03-12T08:00:00Z"}, "it lies in the future"),
        ({"subject": None}, "a reference to the patient is needed"),
        ({"subject": {"reference": "Group/1"}}, "about something that is not a patient"),
        ({"triggeredBy": []}, "is in FHIR R5"),
        ({"code": {"coding": [{"system": "urn:icans:grades", "code": "icans"}]}}, "a grade is worked out"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason_and_not_kept(there: Ward, change: Json, words: str):
    who = there.admit()["id"]
    refused = there.post("/Observation", {k: v for k, v in (observation(who) | change).items() if v is not None})
    assert refused.status_code == 422
    assert words in issues(refused)
    assert there.get(f"/Observation?patient={who}").json()["total"] == 0


def test_what_says_why_there_is_no_value_or_that_it_is_void_is_kept_without_an_entry(there: Ward):
    who = there.admit()["id"]
    unknown = {"dataAbsentReason": {"text": "refused by the patient"}}
    assert there.post("/Observation", observation(who, value=unknown)).status_code == 201
    assert there.post("/Observation", observation(who, status="entered-in-error")).status_code == 201
    assert stored(there, who).observations.is_empty()


def test_a_client_may_ask_for_what_was_left_out_instead_of_the_resource(there: Ward):
    who = there.admit()["id"]
    parts = [pressure("8480-6", 90), pressure("0000-0", 90)]
    panel = observation(who, "85354-9", {"component": parts})
    told = there.post("/Observation", panel, Prefer="return=OperationOutcome")
    assert told.status_code == 201
    assert "left out: Observation with no code known here: 0000-0" in issues(told)
    assert there.post("/Observation", observation(who), Prefer="return=minimal").content == b""


def test_a_patient_is_created_only_once_on_a_condition(there: Ward):
    there.admit()
    condition = "identifier=urn:example:mrn|MRN 7"
    again = there.post("/Patient", patient(), If_None_Exist=condition)
    assert again.status_code == 200
    assert there.post("/Patient", patient()).status_code == 409
    new = there.post("/Patient", patient("MRN 8"), If_None_Exist="identifier=urn:example:mrn|MRN 8")
    assert new.status_code == 201
    assert there.post("/Observation", observation(new.json()["id"]), If_None_Exist="code=x").status_code == 400


def test_a_condition_that_several_meet_is_refused(there: Ward):
    shared = {"system": "urn:example:study", "value": "arm B"}
    for number in ("7", "8"):
        there.post("/Patient", patient(identifier=[{"value": number}, shared]))
    refused = there.post("/Patient", patient("MRN 9"), If_None_Exist="identifier=urn:example:study|arm B")
    assert refused.status_code == 412
    assert there.get("/Patient").json()["total"] == 2


@pytest.mark.parametrize(
    ("first", "name"),
    [
        ({"value": "999-00-0000", "type": {"coding": [{"code": "SS"}]}}, "MRN 7"),
        ({"value": "old 1", "use": "old"}, "MRN 7"),
        ({"value": "visit 4"}, "MRN 7"),
        ({"value": "bed 3", "system": "urn:icans:patient"}, "bed 3"),
    ],
)
def test_the_ward_does_not_call_a_patient_by_a_number_of_the_state(there: Ward, first: Json, name: str):
    record_number = {"value": "MRN 7", "type": {"coding": [{"code": "MR"}]}}
    who = there.admit(identifier=[first, record_number])["id"]
    assert stored(there, who).patients["patient"].to_list() == [name]
    alone = there.post("/Patient", patient([{"value": "1-2", "type": {"coding": [{"code": "SS"}]}}]))
    assert alone.status_code == 422


def test_a_write_has_the_time_at_which_it_was_its_turn(there: Ward, monkeypatch: pytest.MonkeyPatch):
    """It waits for the store for two hours; the record has not changed before the writes that were done meanwhile."""
    who = there.admit()["id"]
    took, write = START + timedelta(hours=2), Store.write

    def late(store: Store) -> Any:
        there.clock.now = max(there.clock.now, took)
        return write(store)

    monkeypatch.setattr(Store, "write", late)
    assert there.post("/Observation", observation(who)).status_code == 201
    with there.store.read() as db:
        assert patients.find(db, who)["changed_at"] > took


def test_a_patient_without_a_name_on_the_ward_is_refused(there: Ward):
    refused = there.post("/Patient", {"resourceType": "Patient"})
    assert refused.status_code == 422
    assert "an identifier that names the patient in the hospital is needed" in issues(refused)


def test_an_unchanged_resource_is_not_sent_again(there: Ward):
    who = there.admit()
    tag = there.get(f"/Patient/{who['id']}").headers["etag"]
    assert there.get(f"/Patient/{who['id']}", If_None_Match=tag).status_code == 304
