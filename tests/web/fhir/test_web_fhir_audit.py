"""Everything that is read or written is in the audit log, and the log is what the AuditEvents say."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from fhir_ward import BASE, Ward, issues, observation, of_type, patient, ward
from sqlalchemy import select

import icans
from icans.store.schema import audit
from icans.store.verify import verify
from icans.web.fhir.audit_events import audit_event
from icans.web.fhir.audit_kinds import ACTIONS, CODES

SOURCE = Path(icans.__file__).parent
ACTION = re.compile(r"sign-(in|out)(\.[a-z]+)?|[a-z]+\.[a-z]+")


@pytest.fixture
def there(tmp_path: Path) -> Ward:
    return ward(tmp_path)


def rows(there: Ward, action: str, who: str) -> list[str]:
    with there.store.read() as db:
        wanted = select(audit.c.detail).where(audit.c.action == action, audit.c.patient == who)
        return list(db.execute(wanted.order_by(audit.c.place)).scalars())


def test_every_read_of_a_patient_is_in_the_log_also_a_search(there: Ward):
    who, other = there.admit()["id"], there.admit(identifier="MRN 8")["id"]
    seen = there.post("/Observation", observation(who)).json()["id"]
    before = len(rows(there, "patient.read", who))
    for path in (
        f"/Patient/{who}", f"/Observation/{seen}", f"/Observation/{seen}/_history/3", f"/Observation?patient={who}",
        f"/Observation?patient={who}&date=2020", f"/Patient/{who}/$everything", "/Patient?identifier=MRN%207",
    ):  # fmt: skip
        assert there.get(path, "vera").status_code == 200
    read = rows(there, "patient.read", who)[before:]
    assert len(read) == 7
    assert json.loads(read[3]) == {"fhir": "Observation", "search": "patient"}
    assert rows(there, "patient.read", other) == []


def test_a_patient_who_is_found_instead_of_admitted_is_read(there: Ward):
    who = there.admit()["id"]
    found = there.post("/Patient", patient(), "nora", If_None_Exist="identifier=MRN 7")
    assert found.json()["id"] == who
    assert len(rows(there, "patient.read", who)) == 1


def test_a_patient_who_is_found_by_a_transaction_is_read_too(there: Ward):
    who = there.admit()["id"]
    condition = {"method": "POST", "url": "Patient", "ifNoneExist": "identifier=MRN 7"}
    sent = {"resourceType": "Bundle", "type": "transaction", "entry": [{"resource": patient(), "request": condition}]}
    assert there.post("", sent, "nora").json()["entry"][0]["response"]["status"] == "200 OK"
    assert len(rows(there, "patient.read", who)) == 1


def test_a_search_for_nobody_is_no_read_of_a_patient(there: Ward):
    who = there.admit("finn")["id"]
    other = there.admit(identifier="MRN 8")["id"]
    assert there.get(f"/Observation?patient={who},{other},nobody", "finn").json()["total"] == 0
    assert (len(rows(there, "patient.read", who)), rows(there, "patient.read", other)) == (1, [])
    assert rows(there, "patient.read", "nobody") == []


def test_a_search_that_shows_several_patients_is_a_row_for_each(there: Ward):
    both = [there.admit(identifier=f"MRN {n}")["id"] for n in (7, 8)]
    there.get("/Patient", "vera")
    assert [len(rows(there, "patient.read", who)) for who in both] == [1, 1]


def test_no_value_of_a_patient_and_no_searched_value_is_in_the_log(there: Ward):
    who = there.admit()["id"]
    there.post("/Observation", observation(who))
    there.get("/Patient?identifier=MRN%207")
    with there.store.read() as db:
        text = "".join(db.execute(select(audit.c.detail)).scalars())
    assert "MRN" not in text
    assert "38.4" not in text


def test_audit_events_are_the_rows_of_the_log(there: Ward):
    who = there.admit()["id"]
    there.post("/Observation", observation(who))
    there.get(f"/Patient/{who}", "vera")
    with there.store.read() as db:
        log = db.execute(select(audit).order_by(audit.c.place.desc())).mappings().all()
        assert verify(db).faults == ()
    events, page = [], there.get("/AuditEvent?_count=4", "ada").json()
    assert page["total"] == len(log)
    while True:
        events += of_type(page, "AuditEvent")
        onward = [link["url"] for link in page["link"] if link["relation"] == "next"]
        if not onward:
            break
        page = there.get(onward[0].removeprefix(BASE), "ada").json()
    events = [e for e in events if e["id"] in {str(row["place"]) for row in log}]
    for event, row in zip(events, log, strict=True):
        chain = {d["type"]: d["valueString"] for d in event["entity"][-1]["detail"]}
        assert (event["id"], chain["digest"], chain["previous"]) == (str(row["place"]), row["digest"], row["previous"])
        assert event["subtype"][0]["code"] == row["action"]
        assert event["agent"][0]["who"]["identifier"]["value"] == row["actor"]
        assert event["recorded"].removesuffix("Z") == row["at"].removesuffix("+00:00")
        whom = event["entity"][0].get("what", {}).get("reference")
        assert whom == (f"Patient/{row['patient']}" if row["patient"] else None)
        assert there.get(f"/AuditEvent/{event['id']}", "ada").json() == event


def test_what_an_event_is_and_who_did_it_are_coded(there: Ward):
    who = there.admit("nora")["id"]
    there.get(f"/Patient/{who}", "vera")
    found = of_type(there.get(f"/AuditEvent?patient={who}&_sort=date", "ada").json(), "AuditEvent")
    told = [(e["subtype"][0]["code"], e["action"], e["type"]["code"]) for e in found]
    assert told[0] == ("patient.admit", "C", "110110")
    assert told[-1] == ("patient.read", "R", "110110")
    assert found[-1]["agent"][0]["who"]["identifier"]["value"] == "vera"


@pytest.mark.parametrize(
    ("query", "any_found"),
    [("date=2026-03-10", True), ("date=gt2026-03-11", False), ("date=lt2026-03-10", False), ("date=ge2026", True),
     ("date=ne2026-03-10", False), ("_id=1", True), ("_id=0,x", False), ("patient=nobody", False)],
)  # fmt: skip
def test_the_log_is_searched_by_date_patient_and_id(there: Ward, query: str, any_found: bool):
    found = there.get(f"/AuditEvent?{query}", "ada").json()
    assert bool(found["total"]) == any_found == bool(found.get("entry"))


def actions_written() -> set[str]:
    """The actions that the code of store and web gives to the audit log, as far as they are written out."""
    found: set[str] = set()
    for file in (p for room in ("store", "web") for p in (SOURCE / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                given = [*node.args[1:], *(k.value for k in node.keywords if k.arg == "action")]
                parts = given if name in ("append", "note", "patient_of") else []
            elif isinstance(node, ast.Assign):
                names = {n.id for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)}
                parts = [node.value] if names & {"action", "ACT", "ANSWER"} else []
            else:
                continue
            said = (n.value for part in parts for n in ast.walk(part) if isinstance(n, ast.Constant))
            found |= {s for s in said if isinstance(s, str) and ACTION.fullmatch(s)}
    return found


def test_every_action_that_is_written_has_its_place_in_the_words_of_fhir():
    written = actions_written()
    assert {"smart.launch", "record.write", "sign-in", "patient.return", "cds.feedback"} <= written
    assert written <= set(ACTIONS), written - set(ACTIONS)
    assert {told.type for told in ACTIONS.values()} == set(CODES)


@pytest.mark.parametrize(
    ("action", "code", "done", "outcome"),
    [("smart.launch", "110110", "U", "0"), ("cds.feedback", "110100", "C", "0"),
     ("sign-in.vouched", "110114", "E", "0"),
     ("sign-in.refused", "110114", "E", "4"), ("of.another.release", "110100", "E", "0")],
)  # fmt: skip
def test_an_action_is_told_as_what_it_is(action: str, code: str, done: str, outcome: str):
    row = {"place": 1, "at": "2026-03-10T08:00:00+00:00", "actor": "x", "action": action, "patient": None}
    told = audit_event(row | {"detail": "", "previous": "", "digest": ""})
    assert (told["type"]["code"], told["action"], told["outcome"]) == (code, done, outcome)


def test_reading_the_log_is_in_the_log(there: Ward):
    there.get("/AuditEvent", "ada")
    newest = of_type(there.get("/AuditEvent?_count=1", "ada").json(), "AuditEvent")[0]
    assert newest["subtype"][0]["code"] == "audit.read"
    assert "no such AuditEvent" in issues(there.get("/AuditEvent/999999", "ada"))
