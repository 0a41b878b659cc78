"""What a launch takes out of a chart: all of it once, what is new, what changed; and what it leaves alone or tells."""

from __future__ import annotations

from datetime import datetime

from openid_answers import words as said
from openid_ward import OpenIdWard
from record_system import (
    SEEN,
    RecordSystem,
    ago,
    infusion,
    observation,
    running_record_system,
    temperature,
    tocilizumab,
)
from smart_ward import current, history, launched, let_in, the_patient, values, version

from icans.store import accounts, entries, patients, words
from icans.store.verify import verify


def by_hand(ward: OpenIdWard, patient_id: str, celsius: str, replaces: str | None = None):
    """A temperature that the administrator enters for the time of that of the chart, or a correction."""
    seen = {"time": datetime.fromisoformat(SEEN), "item": "temperature", "value": celsius, "unit": "Cel"}
    with ward.platform.store.write() as db:
        ada = accounts.by_login(db, "ada")
        rows = words.observation_entries([seen], ward.clock())
        if replaces:
            rows = [row | {"replaces": replaces, "reason": "misread"} for row in rows]
        entries.record(db, entries.Act(patient_id, ada.id, ada.login, ward.clock()), rows)


def test_everything_of_the_chart_is_there(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system)
    launched(ward, system)
    found = dict(current(ward))
    assert found["product"] == "axi-cel"
    assert found["sex"] == "male"
    assert int(found["age"]) == 60
    assert found["temperature"] == 38.6
    assert found["tocilizumab"] == 560, "the drug is named by a Medication, which is looked up"
    assert len([r for r in system.requests if "/Observation?" in r[1]]) == 4, "11 Observations on pages of 3"


def test_launching_again_adds_nothing(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system)
    launched(ward, system)
    before, count = version(ward), len(current(ward))
    again = launched(ward, system)
    assert again.headers["location"] == f"/patients/{the_patient(ward)}"
    assert (version(ward), len(current(ward))) == (before, count)
    assert ward.logged("smart.launch")[0]["entered"] == 0


def test_launching_again_enters_what_is_new(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system)
    launched(ward, system)
    count = len(current(ward))
    system.put(temperature("t2", 39.4, ago(1)))
    launched(ward, system)
    assert values(ward, "temperature") == [38.6, 39.4]
    assert len(current(ward)) == count + 1


def test_what_changes_in_the_record_system_becomes_a_correction_that_keeps_the_old_value(
    ward: OpenIdWard, system: RecordSystem
):
    let_in(ward, system)
    launched(ward, system)
    system.put(temperature("t1", 37.6, status="corrected"))
    launched(ward, system)
    assert values(ward, "temperature") == [37.6]
    newest, oldest = history(ward, "temperature")
    assert (newest["replaces"], newest["reason"]) == (oldest["id"], "changed in the record system")
    assert oldest["value"] == 38.6


def test_a_time_that_is_mended_there_moves_the_entry(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system)
    launched(ward, system)
    system.put(tocilizumab(time=ago(21)))
    launched(ward, system)
    assert values(ward, "tocilizumab") == [560], "one dose, not two"
    assert history(ward, "tocilizumab")[0]["time"] == datetime.fromisoformat(ago(21))


def test_what_was_entered_in_error_there_is_taken_back(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system)
    launched(ward, system)
    system.put(temperature("t1", 38.6, status="entered-in-error"))
    launched(ward, system)
    assert values(ward, "temperature") == []
    assert history(ward, "temperature")[0]["withdrawn"]
    system.put(temperature("t1", 38.6))
    launched(ward, system)
    assert values(ward, "temperature") == [38.6], "and it comes back when it counts again"


def test_what_is_no_longer_in_the_chart_stays_and_is_told(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system)
    launched(ward, system)
    del system.resources["Observation/t1"]
    answer = launched(ward, system)
    assert "not in the chart now: temperature" in said(answer)
    assert values(ward, "temperature") == [38.6]


def test_what_somebody_on_the_ward_corrected_is_never_overruled(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system)
    launched(ward, system)
    (wrong,) = history(ward, "temperature")
    by_hand(ward, the_patient(ward), "36.8", replaces=wrong["id"])
    assert launched(ward, system).status_code == 303, "the chart says what it said; there is nothing to tell"
    assert values(ward, "temperature") == [36.8]
    system.put(temperature("t1", 39.9))
    answer = launched(ward, system)
    assert "its word stands: temperature" in said(answer)
    assert values(ward, "temperature") == [36.8]
    system.put(temperature("t1", 36.8))
    assert launched(ward, system).status_code == 303, "now they agree"


def test_another_value_that_the_ward_has_at_the_very_time_stands(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system)
    with ward.platform.store.write() as db:
        ada = accounts.by_login(db, "ada")
        known = words.fact_entries({"age": "60", "sex": "male"}, ward.clock())
        here, _ = patients.admit(db, "MRN 700", known, author=ada.id, login=ada.login, at=ward.clock())
    by_hand(ward, here, "37.0")
    answer = launched(ward, system)
    assert "its word stands: temperature" in said(answer)
    assert f'href="/patients/{here}"' in answer.text
    assert "icans_session" in ward.browser.cookies, "and the patient can be opened from there"
    assert values(ward, "temperature") == [37.0]
    assert the_patient(ward) == here, "the patient who was admitted by hand under this number"


def test_two_values_of_one_moment_in_the_chart_are_one_entry_and_stay_so(ward: OpenIdWard, system: RecordSystem):
    system.put(temperature("t1-again", 39.0))
    let_in(ward, system)
    assert launched(ward, system).status_code == 303
    assert values(ward, "temperature") == [39.0], "the worse of the two, as every reader takes it"
    before = version(ward)
    launched(ward, system)
    assert version(ward) == before


def test_what_is_about_somebody_else_is_left_out_and_told(ward: OpenIdWard, system: RecordSystem):
    system.put(temperature("t-other", 41.0, ago(1), of="8"))
    let_in(ward, system)
    answer = launched(ward, system)
    assert "1 resources do not name this patient" in said(answer)
    assert values(ward, "temperature") == [38.6]


def test_what_lies_in_the_future_is_left_out_and_told(ward: OpenIdWard, system: RecordSystem):
    system.put(temperature("t-later", 41.0, ago(-3)))
    let_in(ward, system)
    assert "1 entries lie in the future" in said(launched(ward, system))
    assert values(ward, "temperature") == [38.6]


def test_a_text_that_the_store_cannot_hold_is_left_out_and_told(ward: OpenIdWard, system: RecordSystem):
    for name, route in (("long", "x" * 500), ("nul", "a\0b")):
        dosage = {"dose": {"value": 8, "unit": "mg", "code": "mg"}, "route": {"text": route}}
        system.put(tocilizumab(name, ago(3)) | {"dosage": dosage})
    let_in(ward, system)
    assert "2 entries lie in the future or hold a text that cannot be kept" in said(launched(ward, system))
    assert values(ward, "tocilizumab") == [560]


def test_a_kind_that_cannot_be_had_is_named_before_the_patient_is_shown(ward: OpenIdWard, system: RecordSystem):
    system.broken, system.unheard = {"MedicationAdministration"}, {"QuestionnaireResponse"}
    let_in(ward, system)
    answer = launched(ward, system)
    assert answer.status_code == 200
    assert "MedicationAdministration could not be had: the server answered 403" in said(answer)
    assert "QuestionnaireResponse" not in answer.text, "many record systems have none"
    assert ward.logged("smart.launch")[0]["lacking"] == ["MedicationAdministration", "QuestionnaireResponse"]
    assert values(ward, "temperature") == [38.6]


def test_questionnaires_that_a_server_has_but_does_not_give_are_named_too(ward: OpenIdWard, system: RecordSystem):
    system.broken = {"QuestionnaireResponse"}
    let_in(ward, system)
    assert "QuestionnaireResponse could not be had: the server answered 403" in said(launched(ward, system))


def test_a_server_that_wants_a_category_is_asked_by_category(ward: OpenIdWard, system: RecordSystem):
    system.by_category = True
    let_in(ward, system)
    assert launched(ward, system).status_code == 303
    assert values(ward, "temperature") == [38.6]


def test_a_next_page_somewhere_else_is_not_followed(ward: OpenIdWard, system: RecordSystem):
    with running_record_system(system.issuer) as foreign:
        system.next_elsewhere = f"{foreign.url}/Observation?patient=7&page=1"
        let_in(ward, system)
        assert "Observation could not be had: the next page of the server is somewhere else" in said(
            launched(ward, system)
        )
        assert foreign.requests == [], "the token goes to no other server"


def test_the_audit_log_stands_and_holds_no_value(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system)
    launched(ward, system)
    launched(ward, system)
    with ward.platform.store.read() as db:
        assert verify(db).faults == ()
    first = ward.logged("smart.launch")[-1]
    assert first == {
        "server": system.url, "entered": 16, "corrected": 0, "taken_back": 0, "differs": 0, "lacking": [],
    }, "11 observations, a dose; product, infusion, sex and age"  # fmt: skip


def test_an_infusion_that_comes_later_gives_day_0(ward: OpenIdWard, system: RecordSystem):
    del system.resources["Procedure/infused"]
    let_in(ward, system)
    launched(ward, system)
    assert values(ward, "infusion") == []
    system.put(infusion())
    launched(ward, system)
    assert datetime.fromisoformat(values(ward, "infusion")[0]) == datetime.fromisoformat(
        infusion()["performedDateTime"]
    )


def test_much_is_taken_in_one_launch_without_losing_any(ward: OpenIdWard, system: RecordSystem, monkeypatch):
    monkeypatch.setattr("icans.web.openid.taking._AT_ONCE", 10)
    for hour in range(3, 33):
        system.put(observation(f"hr-{hour}", "heart_rate", {"value": 60 + hour, "unit": "/min"}, ago(hour)))
    let_in(ward, system)
    launched(ward, system)
    assert sorted(values(ward, "heart_rate")) == [float(60 + hour) for hour in range(3, 33)]
    before = version(ward)
    launched(ward, system)
    assert version(ward) == before


def test_more_than_is_taken_at_once_is_told(ward: OpenIdWard, system: RecordSystem, monkeypatch):
    monkeypatch.setattr("icans.web.openid.chart.MOST", 6)
    let_in(ward, system)
    assert "Observation: there are more than are taken at once" in said(launched(ward, system))
