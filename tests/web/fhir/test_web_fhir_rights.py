"""Who may do what, what is spoken, and that every error is an OperationOutcome."""

from __future__ import annotations

import pytest
from fhir_ward import Json, Ward, administration, ice, issues, observation, patient, ward

MAY = {
    # route: who may, of viewer, nurse, clinician, administrator
    ("GET", "/Patient/{id}"): "vera nora cleo ada",
    ("GET", "/Patient/{id}/$everything"): "vera nora cleo ada",
    ("GET", "/Patient"): "vera nora cleo ada",
    ("GET", "/Observation?patient={id}"): "vera nora cleo ada",
    ("POST", "/Observation"): "nora cleo ada",
    ("POST", "/MedicationAdministration"): "nora cleo ada",
    ("POST", "/QuestionnaireResponse"): "nora cleo ada",
    ("POST", "/Patient"): "nora cleo ada",
    ("POST", ""): "nora cleo ada",
    ("GET", "/AuditEvent"): "ada",
    ("GET", "/AuditEvent/1"): "ada",
}
NOBODYS = [
    ("GET", "/Patient/{id}"), ("GET", "/Patient/{id}/_history/2"), ("GET", "/Patient/{id}/$everything"),
    ("PUT", "/Patient/{id}"), ("GET", "/Observation/{seen}"), ("GET", "/Observation/{seen}/_history/3"),
    ("PUT", "/Observation/{seen}"), ("DELETE", "/Observation/{seen}"), ("GET", "/Observation/{id}-grade-icans"),
    ("POST", "/Observation"),
    ("POST", "/MedicationAdministration"), ("POST", "/QuestionnaireResponse"),
]  # fmt: skip
"""Routes that name a patient or a resource; to an account of another unit there is none."""


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Ward:
    return ward(tmp_path_factory.mktemp("ward"))


@pytest.fixture(scope="module")
def who(there: Ward) -> str:
    return there.admit()["id"]


@pytest.fixture(scope="module")
def seen(there: Ward, who: str) -> Json:
    return there.post("/Observation", observation(who)).json()


def body(method: str, path: str, who: str, n: int, seen: Json | None = None) -> Json | None:
    if method not in ("POST", "PUT"):
        return None
    if method == "PUT":
        return patient(id=who) if path.startswith("/Patient") else seen
    made = {"/Patient": patient(f"MRN {n}"), "": {"resourceType": "Bundle", "type": "batch"}}
    made |= {f"/{m['resourceType']}": m for m in (observation(who), administration(who), ice(who))}
    return made[path]


@pytest.mark.parametrize(("method", "path"), MAY)
def test_each_role_may_what_the_table_says(there: Ward, who: str, method: str, path: str):
    for n, login in enumerate(("vera", "nora", "cleo", "ada"), 100):
        done = there.ask(method, path.format(id=who), login, body(method, path, who, n))
        if login in MAY[method, path].split():
            assert done.status_code in (200, 201)
        else:
            assert done.status_code == 403
            assert "right" in issues(done)


@pytest.mark.parametrize(("method", "path"), NOBODYS)
def test_a_patient_of_another_unit_is_not_there(there: Ward, who: str, seen: Json, method: str, path: str):
    done = there.ask(method, path.format(id=who, seen=seen["id"]), "finn", body(method, path, who, 1, seen),
                     If_Match='W/"1"')  # fmt: skip
    assert done.status_code == 404
    assert who not in issues(done)


@pytest.mark.parametrize(
    "path",
    ["/Observation?patient={id}", "/Observation?_id={seen}", "/Observation?_id={id}-grade-icans",
     "/MedicationAdministration?subject=Patient/{id}", "/QuestionnaireResponse?patient={id}"],
)  # fmt: skip
def test_a_search_for_a_patient_of_another_unit_finds_what_one_for_nobody_does(
    there: Ward, who: str, seen: Json, path: str
):
    found = there.get(path.format(id=who, seen=seen["id"]), "finn")
    nothing = there.get(path.format(id="nobody", seen="nothing"), "finn")
    assert (found.status_code, found.json()["total"]) == (nothing.status_code, nothing.json()["total"]) == (200, 0)
    assert "entry" not in found.json() or found.json()["entry"] == []
    assert there.get(path.format(id=who, seen=seen["id"])).status_code == 200


def test_a_patient_of_another_unit_is_in_no_list(there: Ward, who: str):
    assert there.get("/Patient", "finn").json()["total"] == 0
    assert there.get("/Patient?identifier=MRN%207", "finn").json()["total"] == 0
    sent = {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"resource": observation(who), "request": {"method": "POST", "url": "Observation"}}]}  # fmt: skip
    assert there.post("", sent, "finn").status_code == 404


def test_an_account_of_a_unit_admits_to_its_unit(there: Ward):
    mine = there.admit("finn", identifier="MRN 500")["id"]
    assert there.get(f"/Patient/{mine}", "finn").status_code == 200
    with there.store.read() as db:
        units = db.exec_driver_sql("select care_unit from patient where identifier = 'MRN 500'").scalars().all()
    assert units == ["elsewhere"]
    unit = [{"url": "urn:icans:care-unit", "valueString": "elsewhere"}]
    there.admit("cleo", identifier="MRN 501", extension=unit)
    assert there.get("/Patient", "finn").json()["total"] == 2


def test_nobody_reads_or_writes_without_signing_in(there: Ward, who: str):
    for method, path in MAY:
        refused = there.ask(method, path.format(id=who), None, body(method, path, who, 1))
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
        issues(refused)
    assert there.get("/metadata", None).status_code == 200


def test_xml_is_neither_spoken_nor_taken(there: Ward, who: str):
    assert there.get(f"/Patient/{who}", Accept="application/fhir+xml").status_code == 406
    assert there.get(f"/Patient/{who}?_format=xml").status_code == 406
    assert there.get("/metadata", None, Accept="text/html").status_code == 406
    sent = there.ask("POST", "/Patient", "cleo", b"<Patient/>", Content_Type="application/fhir+xml")
    assert sent.status_code == 415
    issues(sent)


@pytest.mark.parametrize("spoken", ["application/fhir+json", "application/json", "*/*", "text/html, */*;q=0.1"])
def test_json_is_spoken_however_it_is_called(there: Ward, who: str, spoken: str):
    found = there.get(f"/Patient/{who}", Accept=spoken)
    assert (found.status_code, found.headers["content-type"]) == (200, "application/fhir+json")
    assert there.get(f"/Patient/{who}?_format=json", Accept="text/html").status_code == 200


@pytest.mark.parametrize(
    "sent", [b"", b"{", b"[]", b"7", b"{}", b'{"resourceType": 7}', b'{"resourceType": "Observation"}', b"\xff"]
)
def test_a_body_that_is_no_patient_is_refused(there: Ward, sent: bytes):
    refused = there.ask("POST", "/Patient", "cleo", sent)
    assert refused.status_code == 400
    issues(refused)


def test_a_character_that_no_text_may_hold_is_refused(there: Ward):
    refused = there.post("/Patient", patient("MRN \0"))
    assert refused.status_code == 400
    assert "NUL" in issues(refused)


def test_what_is_not_served_says_so(there: Ward, who: str):
    assert "Claim is not served" in issues(there.get("/Claim"))
    assert there.ask("PATCH", f"/Patient/{who}").status_code == 405
    assert there.ask("OPTIONS", "/Patient/_search").headers["allow"] == "POST"
    assert there.get("/Patient/a/b/c").status_code == 404
    assert there.get("/Patient/%00").status_code == 404
    assert there.get("/Patient/../metadata").status_code in (200, 404)


def test_the_address_and_the_resource_name_one_thing(there: Ward, who: str, seen: Json):
    for sent in (seen | {"id": "other"}, patient(id=seen["id"])):
        refused = there.ask("PUT", f"/Observation/{seen['id']}", "cleo", sent, If_Match='W/"3"')
        assert refused.status_code == 400
