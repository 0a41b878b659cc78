"""Updates correct and deletes withdraw; whoever had an older version is refused, so that no change is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fhir_ward import START, Json, Ward, administration, ice, issues, observation, of_type, pressure, quantity, ward

from icans.store import entries, words
from icans.store.entries import Act
from icans.store.records import record_of
from icans.store.schema import entry
from icans.store.verify import verify


@pytest.fixture
def there(tmp_path: Path) -> Ward:
    return ward(tmp_path)


SENDER: Json = {
    "identifier": [{"system": "urn:example:monitor", "value": "R 12"}],
    "category": [{"coding": [{"code": "vital-signs"}]}],
    "performer": [{"display": "Nora"}],
    "device": {"display": "cuff 3"},
}


def warm(value: float) -> Json:
    return {"valueQuantity": quantity(value, "Cel")}


def values(there: Ward, who: str, item: str = "temperature") -> list[float]:
    with there.store.read() as db:
        return record_of(db, who).observations.filter(item=item)["value"].to_list()


def in_the_app(there: Ward, who: str, item: str, value: float | None, **more: Any) -> None:
    """Correct the entry of an item, or take it back."""
    with there.store.write() as db:
        author = db.exec_driver_sql("select id from account where login = 'nora'").scalar_one()
        old = next(e for e in db.execute(entries.current(who)).mappings() if e["item"] == item)
        row = {k: old[k] for k in ("kind", "item", "time", "value")} | {"replaces": old["id"], "reason": "wrong"}
        row |= {"withdrawn": True} if value is None else {"value": value, **more}
        entries.record(db, Act(who, author, "nora", START), [row])


def test_an_update_is_a_correction_that_keeps_the_earlier_entry(there: Ward):
    who = there.admit()["id"]
    first = there.post("/Observation", observation(who)).json()
    second = there.put(first | warm(38.9), first["meta"]["versionId"])
    assert second.status_code == 200
    assert values(there, who) == [38.9]
    assert there.get(f"/Observation/{first['id']}").json() == second.json()
    assert there.get(f"/Observation/{first['id']}/_history/{first['meta']['versionId']}").json() == first
    with there.store.read() as db:
        rows = db.execute(entry.select().where(entry.c.item == "temperature")).mappings().all()
        assert [(r["value"], r["reason"]) for r in rows] == [(38.4, None), (38.9, "updated by FHIR client")]
        assert rows[1]["replaces"] == rows[0]["id"]


def test_a_stale_version_is_refused_and_nothing_is_lost(there: Ward):
    who = there.admit()["id"]
    first = there.post("/Observation", observation(who)).json()
    had = first["meta"]["versionId"]
    assert there.put(first | warm(38.9), had).status_code == 200
    refused = there.put(first | warm(37.0), had, who="nora")
    assert refused.status_code == 412
    assert "somebody changed it in the meantime" in issues(refused)
    assert values(there, who) == [38.9]


def test_an_update_without_a_version_is_refused(there: Ward):
    who = there.admit()["id"]
    first = there.post("/Observation", observation(who)).json()
    refused = there.put(first | warm(37.0), None)
    assert refused.status_code == 400
    assert "If-Match" in issues(refused)
    assert there.put(first, "other").status_code == 412


def test_a_correction_in_the_app_makes_the_version_of_a_client_stale(there: Ward):
    who = there.admit()["id"]
    first = there.post("/Observation", observation(who)).json()
    in_the_app(there, who, "temperature", 39.9)
    shown = there.get(f"/Observation/{first['id']}").json()
    assert (shown["status"], shown["valueQuantity"]["value"]) == ("amended", 39.9)
    assert there.put(first | warm(37.0), first["meta"]["versionId"]).status_code == 412
    assert there.put(first | warm(37.0), shown["meta"]["versionId"]).status_code == 200
    assert values(there, who) == [37.0]


def test_what_was_taken_back_in_the_app_is_entered_in_error(there: Ward):
    who = there.admit()["id"]
    first = there.post("/Observation", observation(who)).json()
    in_the_app(there, who, "temperature", None)
    assert there.get(f"/Observation/{first['id']}").json()["status"] == "entered-in-error"


def test_a_panel_that_was_corrected_in_part_keeps_its_sender_and_says_the_right_value(there: Ward):
    who = there.admit()["id"]
    parts = [pressure("8480-6", 84), pressure("8462-4", 50)]
    panel = there.post("/Observation", observation(who, "85354-9", {"component": parts}, **SENDER)).json()
    in_the_app(there, who, "systolic_pressure", 94)
    shown = of_type(there.get(f"/Observation?patient={who}").json(), "Observation")
    assert [(o["id"], o["status"]) for o in shown] == [(panel["id"], "amended")]
    assert {name: shown[0][name] for name in SENDER} == SENDER
    assert shown[0]["code"] == panel["code"]
    said = {p["code"]["coding"][-1]["code"]: p["valueQuantity"]["value"] for p in shown[0]["component"]}
    assert said == {"systolic_pressure": 94, "diastolic_pressure": 50}
    in_the_app(there, who, "diastolic_pressure", None)
    now = there.get(f"/Observation/{panel['id']}").json()
    assert [part["valueQuantity"]["value"] for part in now["component"]] == [94]


def test_an_ice_test_that_was_corrected_in_part_is_amended_and_keeps_its_author(there: Ward):
    who = there.admit()["id"]
    author = {"author": {"display": "Nora"}, "identifier": {"value": "ICE 7"}}
    test = there.post("/QuestionnaireResponse", ice(who) | author).json()
    in_the_app(there, who, "ice_writing", 0)
    shown = there.get(f"/QuestionnaireResponse/{test['id']}").json()
    assert shown["status"] == "amended"
    assert {name: shown[name] for name in author} == author
    marks = {q["linkId"]: q["answer"][0]["valueInteger"] for q in shown["item"]}
    assert (marks["ice_writing"], marks["ice_naming"], len(marks)) == (0, 3, 5)
    exported = there.get(f"/Patient/{who}/$everything").json()
    assert [q["id"] for q in of_type(exported, "QuestionnaireResponse")] == [test["id"]]


def test_a_panel_whose_form_cannot_say_the_correction_falls_into_its_parts(there: Ward):
    """Another cause of one value alone: a panel has one cause for all of its parts."""
    who = there.admit()["id"]
    parts = [pressure("8480-6", 84), pressure("8462-4", 50)]
    panel = there.post("/Observation", observation(who, "85354-9", {"component": parts})).json()
    in_the_app(there, who, "systolic_pressure", 94, other_cause=True)
    seen = of_type(there.get(f"/Observation?patient={who}").json(), "Observation")
    assert {o["id"]: o["status"] for o in seen}[panel["id"]] == "entered-in-error"
    counting = {o["code"]["coding"][-1]["code"]: o for o in seen if o["status"] != "entered-in-error"}
    assert counting["systolic_pressure"]["valueQuantity"]["value"] == 94
    assert counting["diastolic_pressure"]["valueQuantity"]["value"] == 50
    whole = {o["id"]: o for o in seen}[panel["id"]]
    assert there.put(panel, whole["meta"]["versionId"]).status_code == 200
    assert values(there, who, "systolic_pressure") == [84]


def test_what_an_update_no_longer_says_is_withdrawn(there: Ward):
    who = there.admit()["id"]
    test = there.post("/QuestionnaireResponse", ice(who)).json()
    test["item"] = [q for q in test["item"] if q["linkId"] != "ice_writing"]
    assert there.put(test, test["meta"]["versionId"]).status_code == 200
    assert values(there, who, "ice_writing") == []
    assert values(there, who, "ice_naming") == [3]


def test_an_update_to_entered_in_error_takes_the_entry_back(there: Ward):
    who = there.admit()["id"]
    first = there.post("/Observation", observation(who)).json()
    assert there.put(first | {"status": "entered-in-error"}, first["meta"]["versionId"]).status_code == 200
    assert values(there, who) == []


def test_an_entry_of_the_app_can_be_corrected_by_a_client(there: Ward):
    who = there.admit()["id"]
    there.post("/Observation", observation(who))
    in_the_app(there, who, "temperature", 39.0)
    mine = of_type(there.get(f"/Observation?patient={who}").json(), "Observation")[0]
    assert there.put(mine | warm(39.5), mine["meta"]["versionId"]).status_code == 200
    assert values(there, who) == [39.5]


def test_a_deleted_resource_is_gone_and_its_entries_are_withdrawn(there: Ward):
    who = there.admit()["id"]
    given = there.post("/MedicationAdministration", administration(who)).json()
    address = f"/MedicationAdministration/{given['id']}"
    assert there.delete(given, 1).status_code == 412
    assert "If-Match" in issues(there.ask("DELETE", address))
    assert there.delete(given).status_code == 204
    assert there.get(address).status_code == 410
    assert there.ask("DELETE", address).status_code == 204
    assert there.get(f"{address}/_history/{given['meta']['versionId']}").json() == given
    assert there.get(f"/MedicationAdministration?patient={who}").json()["total"] == 0
    with there.store.read() as db:
        assert record_of(db, who).therapies.is_empty()
        last = db.execute(entry.select().where(entry.c.withdrawn)).mappings().one()
        assert last["reason"] == "deleted by FHIR client"
        assert verify(db).faults == ()


def test_a_deletion_does_not_take_a_correction_of_somebody_else_with_it(there: Ward):
    who = there.admit()["id"]
    first = there.post("/Observation", observation(who)).json()
    in_the_app(there, who, "temperature", 39.9)
    request = {"method": "DELETE", "url": f"Observation/{first['id']}"}
    for kind, status in (("transaction", 400), ("batch", 200)):
        sent = {"resourceType": "Bundle", "type": kind, "entry": [{"request": request}]}
        assert there.post("", sent).status_code == status
    assert there.ask("DELETE", f"/Observation/{first['id']}").status_code == 400
    assert there.delete(first).status_code == 412
    assert values(there, who) == [39.9]
    assert there.delete(there.get(f"/Observation/{first['id']}").json()).status_code == 204
    assert values(there, who) == []


def test_of_two_equal_resources_one_may_go_and_the_value_stays_until_the_other_goes(there: Ward):
    who = there.admit()["id"]
    first, second = (there.post("/Observation", observation(who)).json() for _ in range(2))
    assert there.delete(first).status_code == 204
    assert values(there, who) == [38.4]
    assert there.get(f"/Observation/{second['id']}").json() == second
    assert there.get(f"/Observation?patient={who}").json()["total"] == 1
    assert there.delete(second).status_code == 204
    assert values(there, who) == []


def test_one_of_two_equal_resources_is_moved_and_the_other_keeps_its_time(there: Ward):
    who = there.admit()["id"]
    first, second = (there.post("/Observation", observation(who)).json() for _ in range(2))
    moved = first | {"effectiveDateTime": "2026-03-09T11:00:00Z"} | warm(39.0)
    assert there.put(moved, first["meta"]["versionId"]).status_code == 200
    assert values(there, who) == [38.4, 39.0]
    assert there.get(f"/Observation/{second['id']}").json() == second
    void = second | {"status": "entered-in-error"}
    assert there.put(void, second["meta"]["versionId"]).status_code == 200
    assert values(there, who) == [39.0]


def test_a_note_on_one_of_two_equal_resources_takes_nothing_from_the_other(there: Ward):
    who = there.admit()["id"]
    first, second = (there.post("/Observation", observation(who)).json() for _ in range(2))
    noted = there.put(first | {"note": [{"text": "seen"}]}, first["meta"]["versionId"]).json()
    assert there.delete(second).status_code == 204
    assert values(there, who) == [38.4]
    assert there.delete(noted).status_code == 204
    assert values(there, who) == []


def test_an_update_cannot_move_a_resource_to_another_patient(there: Ward):
    who, other = there.admit()["id"], there.admit(identifier="MRN 8")["id"]
    first = there.post("/Observation", observation(who)).json()
    refused = there.put(first | {"subject": {"reference": f"Patient/{other}"}}, first["meta"]["versionId"])
    assert refused.status_code == 422
    assert "another patient" in issues(refused)


def test_a_client_does_not_choose_ids(there: Ward):
    who = there.admit()["id"]
    refused = there.put(observation(who) | {"id": "mine"}, 1)
    assert refused.status_code == 404
    assert "create it with POST" in issues(refused)


def test_a_patient_is_updated_and_keeps_the_facts_that_the_client_does_not_know(there: Ward):
    who = there.admit()
    there.post("/MedicationAdministration", administration(who["id"], "Yescarta", effectiveDateTime="2026-03-05"))
    now = there.get(f"/Patient/{who['id']}").json()
    changed = {k: v for k, v in now.items() if k != "extension"} | {"gender": "male", "birthDate": "1967-03-05"}
    assert there.put(changed, now["meta"]["versionId"]).status_code == 200
    with there.store.read() as db:
        row = record_of(db, who["id"]).patients.row(0, named=True)
    assert (row["sex"], row["product"]) == ("male", "axi-cel")
    assert row["age"] == pytest.approx(59, abs=0.01)
    renamed = changed | {"identifier": [{"value": "somebody else"}]}
    stale = there.get(f"/Patient/{who['id']}").json()["meta"]["versionId"]
    assert there.put(renamed, stale).status_code == 422


def test_a_fact_of_the_app_stays_and_one_that_the_client_takes_back_goes(there: Ward):
    """The weight was stated by the client, the label in the app; the next version of the Patient says neither."""
    weight = {"url": "urn:icans:facts", "extension": [{"url": "weight", "valueQuantity": quantity(80, "kg")}]}
    who = there.admit(extension=[weight])["id"]
    with there.store.write() as db:
        author = db.exec_driver_sql("select id from account where login = 'nora'").scalar_one()
        entries.record(db, Act(who, author, "nora", START), words.fact_entries({"label": "window bed"}, START))
    now = there.get(f"/Patient/{who}").json()
    without = {k: v for k, v in now.items() if k != "extension"}
    assert there.put(without, now["meta"]["versionId"]).status_code == 200
    with there.store.read() as db:
        row = record_of(db, who).patients.row(0, named=True)
    assert (row["weight"], row["label"]) == (None, "window bed")


def test_a_fact_that_is_sent_back_unchanged_stays_derived(there: Ward):
    """Read, change the name, write: the age that was derived comes along, and still follows the birth date."""
    who = there.admit()["id"]
    there.post("/MedicationAdministration", administration(who, "Yescarta", effectiveDateTime="2026-03-05"))
    for birth_date, age in (("1966-03-05", 60), ("1976-03-05", 50)):
        now = there.get(f"/Patient/{who}").json()
        assert there.put(now | {"birthDate": birth_date}, now["meta"]["versionId"]).status_code == 200
        with there.store.read() as db:
            assert record_of(db, who).patients["age"].to_list() == [pytest.approx(age, abs=0.01)]
