"""Searches find what is asked for, all of it, page by page, and refuse what they do not know."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from fhir_ward import BASE, Json, Ward, administration, ice, issues, observation, of_type, patient, quantity, ward


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Ward:
    """Two patients; the first has a temperature each hour of 9 March, a heart rate, a drug and an ICE test."""
    made = ward(tmp_path_factory.mktemp("ward"))
    first, second = made.admit()["id"], made.admit(identifier="MRN 8")["id"]
    for hour in range(12):
        sent = observation(first, effectiveDateTime=f"2026-03-09T{hour:02}:30:00Z")
        assert made.post("/Observation", sent).status_code == 201
    rate = observation(first, "8867-4", {"valueQuantity": quantity(90, "/min")}, effectiveDateTime="2026-03-08")
    made.post("/Observation", rate)
    made.post("/MedicationAdministration", administration(first))
    made.post("/QuestionnaireResponse", ice(first))
    made.post("/Observation", observation(second))
    return made


def patient_id(there: Ward, identifier: str = "MRN 7") -> str:
    found = there.get(f"/Patient?identifier={quote(identifier)}").json()
    return of_type(found, "Patient")[0]["id"]


def total(there: Ward, query: str, kind: str = "Observation") -> int:
    found = there.get(f"/{kind}?patient={patient_id(there)}&{query}")
    assert found.status_code == 200, found.text
    return found.json()["total"]


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 18),  # 12 temperatures, a heart rate, and the five answers of the ICE test are one questionnaire, not here
        ("code=8310-5", 12),
        ("code=http://loinc.org|8310-5", 12),
        ("code=http://loinc.org|8310-5,http://loinc.org|8867-4", 13),
        ("code=urn:other|8310-5", 0),
        ("code=http://loinc.org|", 13),
        ("date=2026-03-09", 12),
        ("date=2026-03", 13),
        ("date=2026", 13),
        ("date=lt2026-03-09", 1),
        ("date=le2026-03-09", 13),
        ("date=gt2026-03-09", 0),
        ("date=ge2026-03-09T10:00:00Z", 2),
        ("date=ge2026-03-09T10:00Z&date=lt2026-03-09T11:00Z", 1),
        ("date=2026-03-09T10:30:00Z", 1),
        ("date=ne2026-03-09", 1),
        ("date=sa2026-03-08", 12),
        ("date=eb2026-03-09", 1),
        ("date=ge2026-03-09T11:30:00%2B01:00", 2),
        ("_lastUpdated=gt2030", 0),
        ("category=laboratory", 0),
    ],
)
def test_each_parameter_narrows_the_search(there: Ward, query: str, number: int):
    assert total(there, query) == (number if query else 13)


def test_drugs_and_questionnaires_have_their_own_names_for_the_time(there: Ward):
    assert total(there, "effective-time=2026-03-09", "MedicationAdministration") == 1
    assert total(there, "effective-time=2026-03-08", "MedicationAdministration") == 0
    assert total(there, "authored=2026-03-09&questionnaire=urn:icans:questionnaires:ice", "QuestionnaireResponse") == 1
    assert total(there, "questionnaire=urn:other", "QuestionnaireResponse") == 0


def test_pages_give_everything_once_also_while_others_write(there: Ward):
    who = patient_id(there)
    found: list[str] = []
    first: Json = {}
    page = there.get(f"/Observation?patient={who}&code=8310-5&_count=5").json()
    while True:
        assert page["type"] == "searchset"
        found += [o["effectiveDateTime"] for o in of_type(page, "Observation")]
        if len(found) == 5:
            first = of_type(page, "Observation")[0]
            there.put(first | {"note": [{"text": "seen"}]}, first["meta"]["versionId"])
        onward = [link["url"] for link in page["link"] if link["relation"] == "next"]
        if not onward:
            break
        page = there.get(onward[0].removeprefix(BASE)).json()
    assert len(set(found)) == 12
    assert found.count(first["effectiveDateTime"]) == 2  # changed in between, so it comes again, changed
    assert len(found) == 13


def test_the_newest_comes_first_where_it_is_asked_for(there: Ward):
    who = patient_id(there)
    page = there.get(f"/Observation?patient={who}&code=8310-5&_sort=-date&_count=2").json()
    assert [o["effectiveDateTime"][11:16] for o in of_type(page, "Observation")] == ["11:30", "10:30"]
    onward = next(link["url"] for link in page["link"] if link["relation"] == "next")
    then = there.get(onward.removeprefix(BASE)).json()
    assert [o["effectiveDateTime"][11:16] for o in of_type(then, "Observation")] == ["09:30", "08:30"]


def test_half_a_second_later_is_later(there: Ward):
    who = there.admit(identifier="MRN 70")["id"]
    for second in ("00.5", "00", "01"):
        there.post("/Observation", observation(who, effectiveDateTime=f"2026-03-09T08:00:{second}Z"))
    sorted_by = of_type(there.get(f"/Observation?patient={who}&_sort=date").json(), "Observation")
    assert [o["effectiveDateTime"][17:-1] for o in sorted_by] == ["00", "00.5", "01"]
    written = of_type(there.get(f"/Observation?patient={who}").json(), "Observation")
    assert [o["effectiveDateTime"][17:-1] for o in written] == ["00.5", "00", "01"]


def test_an_id_may_be_asked_for_without_the_patient(there: Ward):
    one = of_type(there.get(f"/Observation?patient={patient_id(there)}").json(), "Observation")[0]
    found = there.get(f"/Observation?_id={one['id']},nobody").json()
    assert [o["id"] for o in of_type(found, "Observation")] == [one["id"]]
    assert found["entry"][0]["fullUrl"] == f"{BASE}/Observation/{one['id']}"


def test_patients_are_found_by_any_of_their_identifiers(there: Ward):
    for query in ("MRN%207", "urn:example:mrn|MRN%207", "urn:icans:patient|MRN%207"):
        assert there.get(f"/Patient?identifier={query}").json()["total"] == 1
    assert there.get("/Patient?identifier=urn:other|MRN%207").json()["total"] == 0
    assert {p["identifier"][0]["value"] for p in of_type(there.get("/Patient").json(), "Patient")} >= {"MRN 7", "MRN 8"}
    assert there.get("/Patient?_count=0").json().get("entry") is None


def test_a_search_by_form_is_the_same(there: Ward):
    who = patient_id(there)
    kind = {"Content_Type": "application/x-www-form-urlencoded"}
    found = there.ask("POST", "/Observation/_search", "vera", f"patient={who}&code=8867-4".encode(), **kind)
    assert found.json()["total"] == 1
    assert there.ask("POST", "/Observation/_search", "vera", b"{}").status_code == 415


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("value-quantity=gt5", "Observation is not searched by it"),
        ("code:text=fever", "is not searched by it"),
        ("date=yesterday", "a FHIR date is expected"),
        ("date=ap2026-03-09", "a FHIR date"),
        ("date=2026-03-09T10:00:00", "needs its offset"),
        ("date=ge2026-03-09T10:00:00+01:00", "%2B"),
        ("_count=many", "a number from 0"),
        ("_sort=value", "one of _lastUpdated, date"),
        ("_after=1", "take it from the link"),
        ("code=", "a value is needed"),
        ("code=%00", "control characters"),
    ],
)
def test_what_is_not_understood_is_refused_not_ignored(there: Ward, query: str, words: str):
    refused = there.get(f"/Observation?patient={patient_id(there)}&{query}")
    assert refused.status_code == 400
    assert words in issues(refused)


def test_a_clinical_search_names_a_patient_and_one_who_is_not_there_is_found_by_none(there: Ward):
    assert there.get("/Observation").status_code == 400
    for nobody in ("nobody", "no%20id"):
        found = there.get(f"/Observation?patient={nobody}")
        assert (found.status_code, found.json()["total"]) == (200, 0)
        assert there.get(f"/Observation?patient={nobody},{patient_id(there)}&code=8867-4").json()["total"] == 1
    assert there.get(f"/Observation?patient={patient_id(there)}&subject=Patient/other").json()["total"] == 0


def test_everything_takes_no_parameter_that_would_be_ignored(there: Ward):
    assert there.get(f"/Patient/{patient_id(there)}/$everything?_since=2026").status_code == 400


def test_what_is_sent_is_never_part_of_a_message(there: Ward):
    refused = there.post("/Patient", patient("MRN 9", birthDate=1966))
    assert refused.status_code == 422
    assert "1966" not in refused.text


def test_entries_of_a_page_are_whole_resources(there: Ward):
    page: Json = there.get(f"/MedicationAdministration?patient={patient_id(there)}").json()
    one = of_type(page, "MedicationAdministration")[0]
    assert one == there.get(f"/MedicationAdministration/{one['id']}").json()
