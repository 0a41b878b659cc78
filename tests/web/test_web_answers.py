"""Answers to actions: they belong to the action as it was shown, and to the record as it was seen."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from icans.store import answers
from made_ward import INFUSION, NOW, MadeWard, made_ward

# Day 7, fever and ICE 8 after axi-cel: ICANS 1 and CRS 1.
SICK = [
    (2, "temperature", "38.6", "Cel"), (2, "systolic_pressure", "120", "mm[Hg]"),
    (2, "oxygen_device", "room_air", None),
    (2, "oxygen_saturation", "97", "%"), (2, "ice_total", "8", None), (2, "consciousness", "awake", None),
    (2, "seizure_type", "none", None), (2, "motor_deficit", "none", None), (2, "raised_icp_signs", "none", None),
    (2, "edema_on_imaging", "none", None),
]  # fmt: skip


@pytest.fixture
def ward(tmp_path) -> MadeWard:
    return made_ward(tmp_path)


def told(ward: MadeWard, patient: str) -> dict:
    return ward.client("clinician").get(f"/api/patients/{patient}/actions").json()


def waiting(ward: MadeWard, patient: str) -> list[str]:
    beds = ward.client("viewer").get("/api/ward").json()
    return [a["advice"] for bed in beds if bed["id"] == patient for a in bed["waiting"]]


def answered(ward: MadeWard, patient: str, role: str = "clinician", **changed: object):
    found = told(ward, patient)
    first = next(a for a in found["actions"] if a["strength"] == "MUST")
    body = {"advice": first["advice"], "kind": "acknowledged", "version": found["version"], **changed}
    return ward.client(role).post(f"/api/patients/{patient}/answers", json=body), first


def test_a_must_waits_until_a_clinician_answers_and_asks_again_after_a_day(ward):
    patient = ward.admit(rows=SICK)
    done, first = answered(ward, patient)
    assert done.status_code == 204
    assert first["advice"] not in waiting(ward, patient)
    # The same findings go on being charted, so the same grade goes on and the same is told.
    for hours in (8, 16, 24):
        ward.clock.now = NOW + timedelta(hours=hours)
        again = [
            {"time": ward.clock.now.isoformat(), "item": i, "value": v, **({"unit": u} if u else {})}
            for _, i, v, u in SICK
        ]
        body = {"observations": again}
        assert ward.client("nurse").post(f"/api/patients/{patient}/entries", json=body).status_code == 201
        assert first["advice"] in {a["advice"] for a in told(ward, patient)["actions"]}
        assert first["advice"] not in waiting(ward, patient)
    ward.clock.now = NOW + timedelta(hours=24, minutes=1)
    assert first["advice"] in waiting(ward, patient)


def test_what_was_answered_at_one_grade_asks_again_at_another_and_when_the_grade_comes_back(ward):
    patient = ward.admit(rows=SICK)
    for advice in waiting(ward, patient):
        body = {"advice": advice, "kind": "acknowledged", "version": told(ward, patient)["version"]}
        assert ward.client("clinician").post(f"/api/patients/{patient}/answers", json=body).status_code == 204
    assert waiting(ward, patient) == []
    for hours, ice in ((1, "10"), (2, "8")):
        ward.clock.now = NOW + timedelta(hours=hours)
        seen = [{"time": ward.clock.now.isoformat(), "item": "ice_total", "value": ice}]
        ward.client("nurse").post(f"/api/patients/{patient}/entries", json={"observations": seen})
    # ICANS 1, then 0, now 1 again: nobody has answered for this second time.
    musts = [a["advice"] for a in told(ward, patient)["actions"] if a["strength"] == "MUST"]
    assert sorted(waiting(ward, patient)) == sorted(musts)


def test_who_did_not_see_an_override_does_not_wipe_it_out(ward):
    patient = ward.admit(rows=SICK)
    done, _ = answered(ward, patient, kind="overridden", reason="ketoacidosis")
    assert done.status_code == 204
    late, _ = answered(ward, patient)
    assert late.status_code == 409
    assert "ketoacidosis" in ward.client("viewer").get(f"/patients/{patient}").text


def test_an_override_needs_a_reason_and_shows_it(ward):
    patient = ward.admit(rows=SICK)
    refused, first = answered(ward, patient, kind="overridden")
    assert refused.status_code == 422
    assert "reason" in refused.json()["detail"]
    assert first["advice"] in waiting(ward, patient)
    done, _ = answered(ward, patient, kind="overridden", reason="palliative care only")
    assert done.status_code == 204
    assert "palliative care only" in ward.client("viewer").get(f"/patients/{patient}").text


def test_a_nurse_does_not_answer(ward):
    patient = ward.admit(rows=SICK)
    assert answered(ward, patient, "nurse")[0].status_code == 403


def test_who_saw_an_older_record_must_look_again(ward):
    patient = ward.admit(rows=SICK)
    assert answered(ward, patient, version=0)[0].status_code == 409
    with ward.store.read() as db:
        assert answers.given(db) == []


def test_another_dose_of_the_same_drug_is_another_action(ward):
    # CRS 3 by a vasopressor asks for tocilizumab by weight, 8 mg/kg: 560 mg at 70 kg, 400 mg at 50 kg.
    shock = [(2, "hypotension", "yes", None), (2, "vasoactive_drugs", "norepinephrine", None)]
    given = [{"start": (NOW - timedelta(hours=3)).isoformat(), "drug": "acetaminophen", "dose": "1", "unit": "g"}]
    facts = {"product": "axi-cel", "infusion": INFUSION.isoformat(), "weight": "70", "drug_chart": "complete"}
    patient = ward.admit(facts={**facts, "age": "60"}, rows=[*SICK[:4], *shock, *SICK[4:]], therapies=given)
    (before,) = [a for a in told(ward, patient)["actions"] if a["key"] == "TOCI MUST"]
    ward.client("nurse").post(f"/api/patients/{patient}/entries", json={"facts": {"weight": "50"}})
    (after,) = [a for a in told(ward, patient)["actions"] if a["key"] == "TOCI MUST"]
    assert ("560 mg" in before["dose"], "400 mg" in after["dose"]) == (True, True)
    assert after["advice"] != before["advice"]


def test_a_first_paracetamol_does_not_mean_that_no_vasopressor_runs(ward):
    seen = [row for row in SICK if row[1] != "vasoactive_drugs"]
    patient = ward.admit(rows=seen)
    before = ward.platform.reviews.of(patient).answer.grades["crs"]
    given = {"start": (NOW - timedelta(hours=3)).isoformat(), "drug": "acetaminophen", "dose": 1, "unit": "g"}
    ward.client("nurse").post(f"/api/patients/{patient}/entries", json={"therapies": [given]})
    assert ward.platform.reviews.of(patient).answer.grades["crs"] == before
    # Once somebody says that every drug is entered, what is not entered was not given (convention P6).
    ward.client("nurse").post(f"/api/patients/{patient}/entries", json={"facts": {"drug_chart": "complete"}})
    assert ward.platform.reviews.of(patient).answer.grades["crs"] == (1, 1)
    assert before[1] > 1


def test_a_misspelt_drug_is_refused_unless_it_is_to_be_kept_as_written(ward):
    patient = ward.admit()
    given = {"start": NOW.isoformat(), "drug": "Norepinephrin 0.1", "dose": 9, "unit": "ug"}
    refused = ward.client("nurse").post(f"/api/patients/{patient}/entries", json={"therapies": [given]})
    assert refused.status_code == 422
    assert "Is it 'norepinephrine'?" in refused.json()["detail"]
    kept = {"therapies": [given | {"as_written": True}]}
    assert ward.client("nurse").post(f"/api/patients/{patient}/entries", json=kept).status_code == 201


def test_an_action_that_is_not_told_cannot_be_answered(ward):
    patient = ward.admit(rows=SICK)
    assert answered(ward, patient, advice="0" * 32)[0].status_code == 409


def test_all_that_wait_can_be_acknowledged_at_once_and_each_is_kept(ward):
    patient = ward.admit(rows=SICK)
    page = ward.client("clinician").get(f"/patients/{patient}").text
    form = re.search(r'answers/all">(.*?)</form>', page, re.DOTALL)
    assert form is not None
    shown = re.findall(r'name="advice" value="(\w+)"', form[1])
    assert sorted(shown) == sorted(waiting(ward, patient))
    body = {"version": re.findall(r'name="version" value="(\d+)"', form[1])[0], "advice": shown}
    done = ward.client("clinician").post(f"/patients/{patient}/answers/all", data=body)
    assert done.status_code == 303
    assert waiting(ward, patient) == []
    with ward.store.read() as db:
        assert len(answers.given(db)) == len(shown)
