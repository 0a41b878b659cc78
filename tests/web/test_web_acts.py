"""What was done without an entry is seen all the same: on the record page, and by programs."""

from __future__ import annotations

import re
from typing import Any

import pytest

from icans.store import audit, entries
from made_ward import MadeWard, made_ward

STROKES = {"width": 300, "height": 120, "strokes": [[[10, 10, 0], [40, 60, 30], [90, 20, 70]]]}


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> MadeWard:
    return made_ward(tmp_path_factory.mktemp("acts"))


@pytest.fixture
def patient(ward: MadeWard, request: pytest.FixtureRequest) -> str:
    return ward.admit(request.node.name[:110])


def kept(ward: MadeWard, patient: str, number: int = 1, **said: Any) -> str:
    """A test that the browser sent; its id."""
    name = f"{patient[:24]}{number:08d}"
    sent = {"id": name, "kind": "ice", "time": "2026-03-09T04:40:00Z", **said}
    answer = ward.client("nurse").post(f"/api/patients/{patient}/tests", json=sent)
    assert answer.status_code == 201, answer.text
    return name


def told(ward: MadeWard, patient: str) -> list[dict[str, Any]]:
    answer = ward.client("viewer").get(f"/api/patients/{patient}/acts")
    assert answer.status_code == 200
    return answer.json()


def record(ward: MadeWard, patient: str, query: str = "") -> str:
    answer = ward.client("viewer").get(f"/patients/{patient}/record{query}")
    assert answer.status_code == 200
    return answer.text


def test_a_patient_who_refused_the_test_is_told_with_who_asked_and_when(ward: MadeWard, patient: str) -> None:
    kept(ward, patient, note="Not done: Refuses.", details={"untested": "not_done"})
    (act,) = told(ward, patient)
    assert (act["what"], act["undone"], act["note"]) == ("ICE", "not done", "Not done: Refuses.")
    assert (act["author"], act["time"]) == ("Nurse One", "2026-03-09T04:40:00Z")
    page = record(ward, patient)
    assert "Tests and notes" in page
    assert "Not done: Refuses." in page
    assert "Nurse One" in page


def test_a_sheet_with_nothing_but_a_note_is_told(ward: MadeWard, patient: str) -> None:
    form = {"time": "2026-03-09T05:30", "note": "Restless, pulls at the line"}
    assert ward.client("nurse").post(f"/patients/{patient}/enter/vitals", data=form).status_code == 303
    (act,) = told(ward, patient)
    assert (act["what"], act["note"], act["language"]) == ("Note", "Restless, pulls at the line", "")
    assert "Restless, pulls at the line" in record(ward, patient)


def test_a_note_is_shown_as_text_and_not_as_a_page(ward: MadeWard, patient: str) -> None:
    ward.client("nurse").post(f"/api/patients/{patient}/entries", json={"note": "<b id=loud>loud</b>"})
    assert "<b id=loud>" not in record(ward, patient)


def test_each_question_is_told_as_right_wrong_or_not_asked_in_the_order_of_the_test(
    ward: MadeWard, patient: str
) -> None:
    given = {"counting": "wrong", "year": "right", "city": "not_asked"}
    kept(
        ward, patient, language="de", interpreter=True, details={"questions": given, "written_on_paper": True},
        answers={"ice_attention": 0},
    )  # fmt: skip
    (act,) = told(ward, patient)
    answers = {q["label"]: q["answer"] for q in act["questions"]}
    assert list(answers) == [
        "Year", "Month", "City", "Hospital", "First object", "Second object", "Third object", "Command", "Sentence",
        "100 to 10 by tens",
    ]  # fmt: skip
    assert (answers["Year"], answers["100 to 10 by tens"]) == ("right", "wrong")
    assert {answers[n] for n in answers if n not in ("Year", "100 to 10 by tens")} == {"not asked"}
    assert (act["language"], act["with_interpreter"], act["on_paper"]) == ("Deutsch", True, True)
    page = record(ward, patient)
    for words in ("Deutsch", "with an interpreter", "written on paper", "City: not asked", "Year: right"):
        assert words in page


def test_the_age_whose_anchors_were_looked_at_is_told_with_the_words_of_each_answer(
    ward: MadeWard, patient: str
) -> None:
    given = {"eye_contact": "rarely"}
    kept(
        ward, patient, kind="capd", answers={"capd_eye_contact": "rarely"},
        details={"questions": given, "anchors": "1_year"},
    )  # fmt: skip
    (act,) = told(ward, patient)
    assert (act["what"], act["anchors"]) == ("CAPD", "1 year")
    assert {q["label"]: q["answer"] for q in act["questions"]}["Eye contact"] == "rarely"


def test_handwriting_that_nobody_judged_can_be_opened_from_the_record(ward: MadeWard, patient: str) -> None:
    name = kept(ward, patient, handwriting=STROKES)
    (act,) = told(ward, patient)
    assert act["drawing"] is True
    address = f"/patients/{patient}/handwriting/{name}.svg"
    assert address in record(ward, patient)
    assert ward.client("viewer").get(address).status_code == 200


def test_a_test_in_which_nothing_was_drawn_offers_no_drawing(ward: MadeWard, patient: str) -> None:
    kept(ward, patient, handwriting={**STROKES, "strokes": []}, answers={"ice_writing": 0})
    (act,) = told(ward, patient)
    assert act["drawing"] is False
    assert "/handwriting/" not in record(ward, patient)


def test_of_the_entries_only_that_of_the_writing_names_the_drawing(ward: MadeWard, patient: str) -> None:
    name = kept(ward, patient, handwriting=STROKES, answers={"ice_writing": 1, "ice_naming": 3})
    rows = ward.client("viewer").get(f"/api/patients/{patient}/entries").json()
    assert {r["item"]: r["drawing"] for r in rows if r["kind"] == "observation"} == {
        "ice_writing": name, "ice_naming": "",
    }  # fmt: skip


def test_a_value_without_a_word_to_it_is_no_line_of_its_own(ward: MadeWard, patient: str) -> None:
    row = {"time": "2026-03-09T05:00:00Z", "item": "temperature", "value": 38.4, "unit": "Cel"}
    ward.client("nurse").post(f"/api/patients/{patient}/entries", json={"observations": [row]})
    assert told(ward, patient) == []
    assert "Tests and notes" not in record(ward, patient)


def test_the_drawing_itself_is_not_read_for_the_list(ward: MadeWard, patient: str) -> None:
    kept(ward, patient, handwriting=STROKES, answers={"ice_writing": 1})
    with ward.store.read() as db:
        (act,) = entries.acts(db, patient)
        rows = entries.history(db, patient)
    for row in (act, *rows):
        assert "extra" not in row
        assert "strokes" not in str(dict(row))


def test_going_back_page_by_page_shows_every_note_once_with_the_entries_of_its_time(
    ward: MadeWard, patient: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages of two rows: four temperatures, acts 2 to 5, then four notes."""
    monkeypatch.setattr("icans.web.pages.entering._ROWS", 2)
    nurse = ward.client("nurse")
    for n in range(2, 10):
        row = {"time": f"2026-03-09T0{n - 2}:00:00Z", "item": "temperature", "value": 36 + n / 10, "unit": "Cel"}
        sent = {"note": f"note {n}."} if n > 5 else {"observations": [row]}
        assert nurse.post(f"/api/patients/{patient}/entries", json=sent).status_code == 201
    pages, query = [], ""
    while True:
        pages.append(record(ward, patient, query))
        if "?before=" not in pages[-1]:
            break
        (earlier,) = re.findall(r"\?before=(\d+)", pages[-1])
        query = f"?before={earlier}"
        assert len(pages) < 9
    for words in ("note 6.", "note 7.", "note 8.", "note 9.", "36.2", "36.3", "36.4", "36.5"):
        assert sum(words in page for page in pages) == 1, words
    assert len(pages) > 2


def test_programs_read_the_acts_before_a_version(ward: MadeWard, patient: str) -> None:
    for n in (2, 3):
        ward.client("nurse").post(f"/api/patients/{patient}/entries", json={"note": f"note {n}"})
    answer = ward.client("viewer").get(f"/api/patients/{patient}/acts?before=3")
    assert [a["note"] for a in answer.json()] == ["note 2"]


def test_who_read_the_acts_is_in_the_log(ward: MadeWard, patient: str) -> None:
    told(ward, patient)
    with ward.store.read() as db:
        newest = audit.rows(db, patient=patient, limit=1)[0]
    assert (newest["actor"], newest["action"]) == ("viewer", "record.read")


def test_an_act_that_came_by_fhir_is_told_only_for_its_note(ward: MadeWard, patient: str) -> None:
    """What the store notes of a FHIR resource is for itself."""
    vital = {
        "resourceType": "Observation", "status": "final", "subject": {"reference": f"Patient/{patient}"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "8310-5"}]},
        "effectiveDateTime": "2026-03-09T04:00:00Z",
        "valueQuantity": {"value": 37.1, "unit": "Cel", "system": "http://unitsofmeasure.org", "code": "Cel"},
    }  # fmt: skip
    headers = {"content-type": "application/fhir+json"}
    assert ward.client("nurse").post("/fhir/Observation", json=vital, headers=headers).status_code == 201
    assert [a["what"] for a in told(ward, patient) if not a["note"]] == []
