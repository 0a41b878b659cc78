"""Grades as Observations: an interval where something is missing, and never written."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from fhir_ward import Json, Ward, administration, ice, issues, observation, of_type, quantity, ward

CATEGORY = "category=urn:icans:categories|grade"
NOW: Json = {"effectiveDateTime": "2026-03-10T07:55:00Z"}


@pytest.fixture
def there(tmp_path: Path) -> Ward:
    return ward(tmp_path)


def infused(there: Ward) -> str:
    who = there.admit()["id"]
    there.post("/MedicationAdministration", administration(who, "Yescarta", effectiveDateTime="2026-03-05T10:00:00Z"))
    return who


def grade_now(there: Ward, who: str, outcome: str) -> Json:
    found = there.get(f"/Observation/{who}-grade-{outcome}")
    assert found.status_code == 200, found.text
    return found.json()


def test_fever_alone_leaves_the_grade_of_crs_open_above_1(there: Ward):
    """Fever is CRS of grade 1 at least; blood pressure and oxygen were not seen, so it may be up to 4."""
    who = infused(there)
    there.post("/Observation", observation(who, **NOW))
    grade = grade_now(there, who, "crs")
    assert grade["valueRange"] == {"low": {"value": 1}, "high": {"value": 4}}
    assert grade["status"] == "preliminary"
    assert "valueInteger" not in grade
    assert any("Systolic blood pressure not recorded" in note["text"] for note in grade["note"])


def test_a_grade_that_is_sure_is_one_number(there: Ward):
    """Fever with a systolic pressure of 84 under one vasopressor, on a face mask: grade 3 whichever is worse."""
    who = infused(there)
    seen = [
        ("8310-5", {"valueQuantity": quantity(38.6, "Cel")}),
        ("8480-6", {"valueQuantity": quantity(84, "mm[Hg]")}),
    ]
    for code, value in seen:
        there.post("/Observation", observation(who, code, value, **NOW))
    device = {"code": {"coding": [{"system": "urn:icans:items", "code": "oxygen_device"}]}}
    device |= {"valueString": "face mask"}
    there.post("/Observation", {k: v for k, v in observation(who, **NOW).items() if k != "valueQuantity"} | device)
    norepinephrine = administration(who, "Norepinephrine", effectivePeriod={"start": "2026-03-10T06:00:00Z"})
    norepinephrine["dosage"] = {"rateQuantity": quantity(0.1, "ug/kg/min")}
    del norepinephrine["effectiveDateTime"]
    assert there.post("/MedicationAdministration", norepinephrine).status_code == 201
    grade = grade_now(there, who, "crs")
    assert (grade["valueInteger"], grade["status"]) == (3, "final")
    assert grade["method"]["coding"][0]["code"] == "astct-2019-crs"
    sources = [there.get(f"/{reference['reference']}").json() for reference in grade["derivedFrom"]]
    assert {o["code"]["coding"][0]["code"] for o in sources} >= {"8310-5", "8480-6", "oxygen_device"}
    assert any("face mask" in note["text"].lower() for note in grade["note"])


def test_a_grade_of_which_nothing_is_known_says_so(there: Ward):
    who = infused(there)
    there.post("/Observation", observation(who, "8867-4", {"valueQuantity": quantity(90, "/min")}, **NOW))
    grade = grade_now(there, who, "icans")
    assert grade["dataAbsentReason"]["coding"][0]["code"] == "unknown"
    assert not any(name.startswith("value") for name in grade)


def test_the_course_is_there_by_category_and_by_code_but_not_unasked(there: Ward):
    who = infused(there)
    for hour, writing in ((1, 1), (3, 0)):
        there.post("/QuestionnaireResponse", ice(who, writing=writing) | {"authored": f"2026-03-10T0{hour}:00:00Z"})
    course = of_type(there.get(f"/Observation?patient={who}&{CATEGORY}").json(), "Observation")
    assert {o["code"]["coding"][0]["code"] for o in course} == {"crs", "icans"}
    by_code = there.get(f"/Observation?patient={who}&code=urn:icans:grades|icans").json()
    stretches = of_type(by_code, "Observation")
    assert stretches == [o for o in course if o["code"]["coding"][0]["code"] == "icans"]
    starts = [o["effectivePeriod"]["start"] for o in stretches]
    assert sorted(starts)[0] == "2026-03-10T01:00:00Z"
    assert there.get(f"/Observation?patient={who}").json()["total"] == 0
    assert there.get(f"/Observation?_id={who}-grade-icans").json()["total"] == 1


def test_a_record_that_cannot_be_reviewed_says_so_in_its_grades(there: Ward):
    """Admitted, and nothing recorded yet: no value, but the reason; not an answer that could be taken for no CRS."""
    who = there.admit()["id"]
    found = of_type(there.get(f"/Observation?patient={who}&{CATEGORY}").json(), "Observation")
    assert {o["code"]["coding"][0]["code"] for o in found} == {"crs", "icans"}
    for grade in (*found, grade_now(there, who, "icans")):
        assert grade["dataAbsentReason"]["coding"][0]["code"] == "unknown"
        assert grade["dataAbsentReason"]["text"]
        assert not any(name.startswith("value") for name in grade)


def test_a_grade_is_never_said_to_be_unchanged(there: Ward):
    """The record stays as it is and 30 hours go by: the fever of then is no grade of now, though nobody wrote."""
    who = infused(there)
    there.post("/Observation", observation(who, **NOW))
    path = f"/Observation/{who}-grade-crs"
    first = there.get(path)
    assert "etag" not in first.headers
    there.clock.now += timedelta(hours=30)
    tag = f'W/"{first.json()["meta"]["versionId"]}"'
    later = there.get(path, If_None_Match=tag)
    assert later.status_code == 200
    assert later.json()["issued"] > first.json()["issued"]
    assert first.json()["valueRange"]["low"] == {"value": 1}
    assert "valueRange" not in later.json()


def test_a_grade_is_only_read(there: Ward):
    who = infused(there)
    there.post("/Observation", observation(who, **NOW))
    grade = grade_now(there, who, "crs")
    for refused in (
        there.post("/Observation", {k: v for k, v in grade.items() if k not in ("id", "meta")}),
        there.put(grade, grade["meta"]["versionId"]),
        there.ask("DELETE", f"/Observation/{grade['id']}"),
    ):
        assert refused.status_code == 422
        assert "a grade is worked out from the record" in issues(refused)


def test_grades_are_not_in_the_export_that_is_reviewed_anew(there: Ward):
    who = infused(there)
    there.post("/Observation", observation(who, **NOW))
    exported = there.get(f"/Patient/{who}/$everything").json()
    codes = {c["code"] for o in of_type(exported, "Observation") for c in o["code"]["coding"]}
    assert codes == {"8310-5"}
