"""A record that goes in as a transaction and comes out as `$everything` is reviewed to the same answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fhir_ward import Json, Ward, administration, ice, observation, of_type, pressure, quantity, ward

import icans
from icans.patient_review import review
from icans.report.as_json import as_dict
from icans.store import entries, patients, words
from icans.store.entries import Act
from icans.store.records import record_of
from icans.store.verify import verify

EXAMPLES = Path(__file__).parents[3] / "examples"
LATER = datetime(2026, 6, 1, 8, tzinfo=UTC)
NOT_COMPARED = ("reading", "notices")


def as_transaction(bundle: Json) -> Json:
    """A Bundle of resources as the transaction that creates them."""
    made = [{**e, "request": {"method": "POST", "url": e["resource"]["resourceType"]}} for e in bundle["entry"]]
    return {"resourceType": "Bundle", "type": "transaction", "entry": made}


def patient_of(store: Any, identifier: str) -> str:
    with store.read() as db:
        row = patients.called(db, identifier)
    assert row is not None
    return row["id"]


def compared(answer: Json) -> Json:
    """A review without what only tells how it was read."""
    return {name: value for name, value in answer.items() if name not in NOT_COMPARED}


def same_answer(there: Ward, folder: Path, patient_id: str, at: datetime) -> Json:
    """Export, write to a file, read and review it: as the stored record is reviewed. Gives the exported Bundle."""
    exported = there.get(f"/Patient/{patient_id}/$everything")
    assert exported.status_code == 200
    path = folder / "export.json"
    path.write_bytes(exported.content)
    with there.store.read() as db:
        stored = record_of(db, patient_id)
    read = icans.read(path)
    answers = [as_dict(review(records, at=at)) for records in (read, stored)]
    assert compared(answers[0]) == compared(answers[1])
    order = ["time", "item"]
    assert read.patients.equals(stored.patients)
    assert read.observations.drop("source").sort(order).equals(stored.observations.drop("source").sort(order))
    return exported.json()


@pytest.mark.parametrize("name", ["patient-007", "patient-012", "patient-031"])
def test_an_example_comes_back_to_the_same_answer(name: str, tmp_path: Path):
    there = ward(tmp_path, LATER)
    sent = json.loads((EXAMPLES / f"{name}.json").read_text())
    done = there.post("", as_transaction(sent))
    assert done.status_code == 200, done.text
    assert {e["response"]["status"] for e in done.json()["entry"]} == {"201 Created"}
    original = icans.read(EXAMPLES / name)
    patient_id = patient_of(there.store, name)
    last = original.observations["time"].max()
    assert isinstance(last, datetime)
    for at in (last - timedelta(days=4), last + timedelta(minutes=10)):
        same_answer(there, tmp_path, patient_id, at)
        with there.store.read() as db:
            stored = as_dict(review(record_of(db, patient_id), at=at))
        source = as_dict(review(original, at=at))
        assert compared(stored) == compared(source)
    with there.store.read() as db:
        assert verify(db).faults == ()


def test_what_was_entered_corrected_and_taken_back_in_the_app_is_exported_as_it_counts(tmp_path: Path):
    """Every way into a record at once: sent by FHIR, entered, an ICE test, a correction, a withdrawal."""
    there = ward(tmp_path, LATER)
    who = there.admit()["id"]
    at = datetime(2026, 5, 30, 8, tzinfo=UTC)
    for hours, value in ((0, 38.9), (6, 37.2)):
        time = (at + timedelta(hours=hours)).isoformat()
        warm = observation(who, value={"valueQuantity": quantity(value, "Cel")}, effectiveDateTime=time)
        assert there.post("/Observation", warm).status_code == 201
    parts = {"component": [pressure("8480-6", 84), pressure("8462-4", 50)]}
    panel = observation(who, "85354-9", parts, effectiveDateTime=at.isoformat())
    assert there.post("/Observation", panel).status_code == 201
    cells = administration(who, "Abecma", effectiveDateTime="2026-05-26T10:00:00Z")
    assert there.post("/MedicationAdministration", cells).status_code == 201
    twice = administration(who, "Dexamethasone", effectiveDateTime="2026-05-30T09:00:00Z")
    assert [there.post("/MedicationAdministration", twice).status_code for _ in range(2)] == [201, 201]
    assert there.post("/QuestionnaireResponse", ice(who, writing=0) | {"authored": at.isoformat()}).status_code == 201
    app_writes(there, who, at)
    exported = same_answer(there, tmp_path, who, at + timedelta(hours=8))
    assert len(of_type(exported, "QuestionnaireResponse")) == 1
    dexamethasone = [m for m in of_type(exported, "MedicationAdministration") if "09:00:00" in json.dumps(m)]
    assert len(dexamethasone) == 1
    with there.store.read() as db:
        assert verify(db).faults == ()


def app_writes(there: Ward, who: str, at: datetime) -> None:
    """What is done in the app: a test, a weight that is no fact, an odd drug, corrections of what was sent."""
    with there.store.write() as db:
        author = db.exec_driver_sql("select id from account where login = 'nora'").scalar_one()

        def act(origin: str, rows: list[Json]) -> tuple[str, ...]:
            return entries.record(db, Act(who, author, "nora", LATER, origin=origin), rows).entries

        later = at + timedelta(hours=7)
        marks = {"orientation": "2", "naming": "3", "commands": "1", "writing": "1", "attention": "0"}
        rows = [{"time": later, "item": f"ice_{name}", "value": mark} for name, mark in marks.items()]
        act("ice", words.observation_entries(rows, LATER))
        made = words.observation_entries(
            [{"time": later, "item": "weight", "value": "71", "unit": "kg"},
             {"time": later, "item": "oxygen_device", "value": "nasal_cannula", "attribution": "unrelated"},
             {"time": later, "item": "heart_rate", "value": "120", "unit": "/min"}], LATER)  # fmt: skip
        kept = act("app", made)
        inhaled = {"start": later, "drug": "dexamethasone", "dose": "4", "unit": "mg", "route": "inhalation"}
        act("app", words.therapy_entries([inhaled, inhaled | {"drug": "study drug 7", "as_written": "yes"}], LATER))
        act("app", [made[2] | {"replaces": kept[2], "withdrawn": True, "reason": "wrong patient"}])
        systolic = next(e for e in current(db, who) if e["item"] == "systolic_pressure")
        right = {k: systolic[k] for k in ("kind", "item", "time")} | {"value": 94.0, "replaces": systolic["id"]}
        act("app", [right | {"reason": "typed wrongly"}])


def current(db: Any, who: str) -> list[Any]:
    return list(db.execute(entries.current(who)).mappings())
