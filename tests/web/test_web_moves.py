"""Who leaves the ward can come back, and who goes to another unit is found there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from icans.store import accounts, audit, patients, settings, sign_ins
from icans.store.verify import verify
from made_ward import MadeWard, made_ward

HERE, THERE = "Unit A", "Unit B"


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> MadeWard:
    """A ward of two units, with a nurse bound to each: `nurse-here` and `nurse-there`."""
    made = made_ward(tmp_path_factory.mktemp("moves"))
    with made.store.write() as db:
        settings.keep(db, {"care_units": [HERE, THERE]}, author=None, login="test", at=made.clock(), expected=None)
        for login, unit in (("nurse-here", HERE), ("nurse-there", THERE)):
            who = accounts.make(
                db, login, login, "nurse", by="test", at=made.clock(), issuer="test", subject=login, care_unit=unit
            )
            made.tokens[login] = sign_ins.begin(db, who, now=made.clock(), kind="token", label="t")  # type: ignore[index]
    return made


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """An identifier of this test's own."""
    return request.node.name[5:100]


@pytest.fixture
def patient(ward: MadeWard, name: str) -> str:
    return ward.admit(name, {"label": f"Label of {name}"[:60]}, care_unit=HERE)


def discharged(ward: MadeWard, patient: str, who: str = "nurse") -> None:
    assert ward.client(who).post(f"/patients/{patient}/discharge").status_code == 303


def moved(client: TestClient, patient: str, unit: str = THERE) -> int:
    return client.post(f"/api/patients/{patient}/transfer", json={"care_unit": unit}).status_code


def on_ward(ward: MadeWard, patient: str) -> bool:
    return f'"bed-{patient}"' in ward.client("viewer").get("/ward").text


def newest(ward: MadeWard, action: str, patient: str | None = None) -> dict[str, Any]:
    with ward.store.read() as db:
        row = next(r for r in audit.rows(db, patient=patient) if r["action"] == action)
    return dict(row) | {"detail": json.loads(row["detail"])}


def test_the_ward_page_leads_to_those_who_are_not_on_it(ward: MadeWard) -> None:
    assert '<a href="/patients">Not on the ward</a>' in ward.client("viewer").get("/ward").text


def test_a_discharged_patient_is_listed_with_the_record_and_comes_back(ward: MadeWard, patient: str) -> None:
    discharged(ward, patient)
    assert not on_ward(ward, patient)
    page = ward.client("nurse").get("/patients").text
    assert f'href="/patients/{patient}/record"' in page
    assert f"/patients/{patient}/discharge" in page
    assert "Label of" in page
    assert HERE in page
    back = ward.client("nurse").post(f"/patients/{patient}/discharge", data={"back": "yes"})
    assert back.headers["location"] == f"/patients/{patient}/record"
    assert on_ward(ward, patient)
    assert patient not in ward.client("nurse").get("/patients").text


def test_who_is_on_the_ward_is_not_among_those_who_left(ward: MadeWard, patient: str) -> None:
    assert patient not in ward.client("viewer").get("/patients").text


def test_a_viewer_sees_who_left_but_is_offered_no_way_to_bring_them_back(ward: MadeWard, patient: str) -> None:
    discharged(ward, patient)
    page = ward.client("viewer").get("/patients").text
    assert patient in page
    assert f"/patients/{patient}/discharge" not in page


def test_an_account_of_one_unit_sees_only_its_own_who_left(ward: MadeWard, patient: str) -> None:
    discharged(ward, patient)
    assert patient in ward.client("nurse-here").get("/patients").text
    assert patient not in ward.client("nurse-there").get("/patients").text


def test_the_log_says_who_read_the_list_and_of_whom(ward: MadeWard, patient: str) -> None:
    discharged(ward, patient)
    ward.client("viewer").get("/patients")
    row = newest(ward, "patients.read")
    assert row["actor"] == "viewer"
    assert patient in row["detail"]["patients"]


def test_whoever_left_last_stands_first_and_the_rest_is_on_further_pages(
    ward: MadeWard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("icans.web.pages.moves._ROWS", 1)
    first, last = ward.admit("leaves first", care_unit=HERE), ward.admit("leaves last", care_unit=HERE)
    with ward.store.write() as db:
        for hour, one in ((22, first), (23, last)):
            at = ward.clock().replace(year=2030, hour=hour)
            patients.discharge(db, one, login="test", at=at)
    page = ward.client("viewer").get("/patients").text
    assert last in page
    assert first not in page
    assert "/patients?skip=1" in page
    assert first in ward.client("viewer").get("/patients?skip=1").text
    with ward.store.write() as db:
        for one in (first, last):
            patients.discharge(db, one, login="test", at=ward.clock(), back=True)


def test_to_admit_somebody_twice_shows_the_record_that_is_there(ward: MadeWard, patient: str, name: str) -> None:
    page = ward.client("nurse").post("/patients", data={"identifier": f" {name} "})
    assert page.status_code == 422
    assert f"is here already: on {HERE}" in page.text
    assert f'href="/patients/{patient}/record"' in page.text
    assert "Back to the ward" not in page.text


def test_to_admit_somebody_who_was_discharged_offers_the_way_back(ward: MadeWard, patient: str, name: str) -> None:
    discharged(ward, patient)
    page = ward.client("nurse").post("/patients", data={"identifier": name}).text
    assert "discharged, last on Unit A" in page
    assert f'action="/patients/{patient}/discharge"' in page
    assert "Back to the ward" in page


def test_of_a_patient_of_another_unit_no_more_is_told_than_before(ward: MadeWard, patient: str, name: str) -> None:
    page = ward.client("nurse-there").post("/patients", data={"identifier": name}).text
    assert "a patient with this identifier is here already" in page
    assert patient not in page
    assert HERE not in page


def test_a_program_that_admits_twice_is_told_where_the_patient_is(ward: MadeWard, patient: str, name: str) -> None:
    answer = ward.client("nurse").post("/api/patients", json={"identifier": name})
    assert answer.status_code == 409
    assert answer.json()["detail"].endswith("here already: on Unit A")
    elsewhere = ward.client("nurse-there").post("/api/patients", json={"identifier": name})
    assert elsewhere.status_code == 409
    assert HERE not in elsewhere.text


def test_a_transfer_shows_the_new_unit_on_the_ward_at_once(ward: MadeWard, patient: str) -> None:
    nurse = ward.client("nurse")
    ward.platform.reviews.of(patient)
    row = _row_of(nurse.get("/ward").text, patient)
    assert HERE in row
    assert THERE not in row
    sent = nurse.post(f"/patients/{patient}/transfer", data={"care_unit": THERE})
    assert (sent.status_code, sent.headers["location"]) == (303, f"/patients/{patient}/record")
    row = _row_of(nurse.get("/ward").text, patient)
    assert THERE in row
    assert HERE not in row


def _row_of(page: str, patient: str) -> str:
    """The row of the ward; the patient's answer is worked out, so that the row tells the unit."""
    row = page.partition(f'"bed-{patient}"')[2].partition("</tr>")[0]
    assert "being worked out" not in row
    return row


def test_who_sees_the_patient_follows_the_unit(ward: MadeWard, patient: str) -> None:
    here, there = ward.client("nurse-here"), ward.client("nurse-there")
    assert there.get(f"/patients/{patient}/record").status_code == 404
    assert moved(there, patient) == 404, "nobody fetches a patient whom the account does not see"
    sent = here.post(f"/patients/{patient}/transfer", data={"care_unit": THERE})
    assert sent.headers["location"] == "/ward", "the page of the patient is not there any more for this account"
    assert here.get(f"/patients/{patient}/record").status_code == 404
    assert there.get(f"/patients/{patient}/record").status_code == 200


def test_the_log_says_from_where_and_to_where_and_still_agrees_with_the_store(ward: MadeWard, patient: str) -> None:
    assert moved(ward.client("nurse"), patient) == 204
    row = newest(ward, "patient.transfer", patient)
    assert row["actor"] == "nurse"
    assert (row["detail"]["from"], row["detail"]["to"]) == (HERE, THERE)
    with ward.store.read() as db:
        assert verify(db).faults == ()


def test_a_patient_goes_only_to_a_unit_of_the_site(ward: MadeWard, patient: str) -> None:
    page = ward.client("nurse").post(f"/patients/{patient}/transfer", data={"care_unit": "Unit Z"})
    assert page.status_code == 422
    assert "unit: one of Unit A, Unit B" in page.text
    assert moved(ward.client("nurse"), patient, "Unit Z") == 422
    assert ward.client("nurse").get(f"/api/patients/{patient}").json()["care_unit"] == HERE


def test_a_transfer_that_somebody_did_already_is_said_so(ward: MadeWard, patient: str) -> None:
    assert moved(ward.client("nurse"), patient) == 204
    assert moved(ward.client("nurse"), patient) == 409


def test_a_viewer_transfers_nobody(ward: MadeWard, patient: str) -> None:
    assert moved(ward.client("viewer"), patient) == 403


def test_the_facts_page_offers_the_other_units(ward: MadeWard, patient: str) -> None:
    form = (
        ward.client("nurse").get(f"/patients/{patient}/facts").text.partition('/transfer"')[2].partition("</form>")[0]
    )
    assert f"<option>{THERE}</option>" in form
    assert f"<option>{HERE}</option>" not in form
