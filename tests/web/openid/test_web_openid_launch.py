"""A record system opens the ward app out of a chart: SMART App Launch, against a real OpenID provider."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from openid_answers import words as said
from openid_provider import LAUNCHED, through_provider
from openid_ward import OpenIdWard
from record_system import RecordSystem, ago, patient, running_record_system, temperature
from smart_ward import history, launched, let_in, the_patient, values, version, ward_list

from icans.store import accounts


def test_without_a_record_system_in_the_settings_there_is_no_such_page(ward: OpenIdWard):
    assert ward.browser.get("/launch?iss=http://127.0.0.1:9/fhir&launch=x").status_code == 404
    assert ward.browser.get("/launch/callback?code=x&state=y").status_code == 404


def test_another_record_system_is_refused_and_never_asked_for_anything(ward: OpenIdWard, system: RecordSystem):
    with running_record_system(system.issuer) as foreign:
        let_in(ward, system)
        for iss in (foreign.url, f"{foreign.url}/", f"{system.url}/../other", f"{system.url}@evil.example.org", ""):
            answer = ward.browser.get("/launch", params={"iss": iss, "launch": "launch-7"})
            assert answer.status_code == 403
            assert "may not open the ward app" in said(answer)
        assert foreign.requests == []
    assert system.requests == []
    assert ward.logged("sign-in.refused")[0] == {"by": "launch", "why": "iss is not in the settings"}


def test_without_a_launch_token_nothing_is_asked_either(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system)
    assert ward.browser.get("/launch", params={"iss": system.url}).status_code == 400
    assert system.requests == []


def test_what_is_asked_for_is_the_chart_of_one_patient_to_be_read(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system)
    sent = parse_qs(urlsplit(ward.sent_to(f"/launch?iss={system.url}&launch=launch-7")).query)
    assert sent["scope"] == [
        "launch openid fhirUser patient/Patient.read patient/Observation.read patient/MedicationAdministration.read "
        "patient/Medication.read patient/QuestionnaireResponse.read patient/Procedure.read patient/Condition.read"
    ]
    assert (sent["aud"], sent["launch"]) == ([system.url], ["launch-7"])
    assert (sent["client_id"], sent["code_challenge_method"]) == ([LAUNCHED], ["S256"])
    assert sent["redirect_uri"] == ["http://testserver/launch/callback"]


def test_a_server_that_knows_only_the_newer_scopes_is_asked_in_those(ward: OpenIdWard, system: RecordSystem):
    system.capabilities = ("launch-ehr", "permission-v2")
    let_in(ward, system)
    sent = parse_qs(urlsplit(ward.sent_to(f"/launch?iss={system.url}&launch=launch-7")).query)
    scopes = sent["scope"][0].split()
    assert "patient/Observation.rs" in scopes
    assert not any(scope.endswith((".read", "*.rs")) for scope in scopes)


def test_the_patient_of_the_chart_is_shown_with_the_grade(ward: OpenIdWard, system: RecordSystem):
    """ICE 2 + 1 + 1 + 0 + 1 = 5 of 10, and nothing else: ICANS grade 2 (Lee 2019, ICE 3 to 6)."""
    let_in(ward, system)
    answer = launched(ward, system)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/patients/{the_patient(ward)}"
    assert ward_list(ward).keys() == {"MRN 700"}, "the medical record number, not the social security number"
    page = ward.browser.get(answer.headers["location"])
    assert page.status_code == 200
    assert "MRN 700" in page.text
    review = ward.browser.get(f"/api/patients/{the_patient(ward)}/review").json()
    assert "Not to be kept" not in page.text
    icans = review["outcomes"]["icans"]["answer"]
    assert (icans["min"], icans["max"]) == (2, 2)
    assert '<article class="verdict" data-outcome="icans">' in page.text
    assert '<p class="grade">2</p>' in page.text.partition('data-outcome="icans"')[2].partition("</article>")[0]


def test_who_launches_is_the_author_and_signed_in_by_the_id_token(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system, role="clinician")
    launched(ward, system)
    assert ward.logins() == {"ada": "administrator", "omar": "clinician"}
    (first,) = history(ward, "temperature")
    assert first["origin"] == "smart"
    assert ward.logged("sign-in.vouched") == [{"issuer": system.issuer, "by": "launch"}]


def test_somebody_new_has_the_name_that_the_record_system_knows(ward: OpenIdWard, system: RecordSystem):
    system.put({"resourceType": "Practitioner", "id": "7", "name": [{"given": ["Omar"], "family": "Reyes"}]})
    let_in(ward, system)
    launched(ward, system)
    assert history(ward, "temperature")[0]["author"] == "Omar Reyes"
    assert len([r for r in system.requests if "Practitioner" in r[1]]) == 1
    launched(ward, system)
    assert len([r for r in system.requests if "Practitioner" in r[1]]) == 1, "asked for somebody new only"


def test_the_number_of_a_patient_with_another_chart_is_not_enough(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system)
    launched(ward, system)
    system.put(patient("8"))
    before = version(ward)
    answer = launched(ward, system, launch="launch-8")
    assert answer.status_code == 409
    assert "another chart" in said(answer)
    assert version(ward) == before


def test_a_new_number_of_the_same_chart_is_still_the_same_patient(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system)
    launched(ward, system)
    here = the_patient(ward)
    system.put(patient(number="MRN 701"))
    assert launched(ward, system).headers["location"] == f"/patients/{here}"
    assert ward_list(ward).keys() == {"MRN 700"}


def test_a_patient_that_cannot_be_had_ends_the_launch(ward: OpenIdWard, system: RecordSystem):
    system.broken = {"Patient"}
    let_in(ward, system)
    answer = launched(ward, system)
    assert answer.status_code == 502
    assert "icans_session" not in ward.browser.cookies
    assert ward_list(ward) == {}


def test_a_launch_that_names_no_patient_ends_in_words(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system)
    answer = launched(ward, system, launch="a launch without a patient")
    assert answer.status_code == 502
    assert "did not say which patient" in said(answer)


def test_a_patient_without_a_number_of_the_hospital_is_not_admitted(ward: OpenIdWard, system: RecordSystem):
    only_social_security = patient()["identifier"][:1]
    system.put(patient() | {"identifier": only_social_security})
    let_in(ward, system)
    assert launched(ward, system).status_code == 422
    assert ward_list(ward) == {}


def test_somebody_who_may_only_look_neither_admits_nor_enters(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system, role="viewer")
    answer = launched(ward, system)
    assert answer.status_code == 403
    assert "not on the ward list yet" in said(answer)
    ward.account("nurse", "nurse", system.issuer, "lena")
    launched(ward, system, "lena")
    before = version(ward)
    system.put(temperature("t2", 39.4, ago(1)))
    assert launched(ward, system, "omar").headers["location"] == f"/patients/{the_patient(ward)}"
    assert version(ward) == before
    launched(ward, system, "lena")
    assert values(ward, "temperature") == [38.6, 39.4]


def test_an_account_of_another_unit_does_not_come_to_the_patient(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system)
    launched(ward, system)
    ward.account("elsewhere", "clinician", system.issuer, "lena")
    with ward.platform.store.write() as db:
        accounts.change(db, "elsewhere", by="test", at=ward.clock(), care_unit="Unit B")
    answer = launched(ward, system, "lena")
    assert answer.status_code == 403
    assert "another unit" in said(answer)


def test_somebody_new_without_a_role_is_sent_to_an_administrator(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system, role="")
    answer = launched(ward, system)
    assert answer.status_code == 403
    assert "Ask an administrator" in said(answer)
    assert ward_list(ward) == {}


def test_a_record_system_makes_no_account_for_people_of_an_issuer_that_it_names_itself(
    ward: OpenIdWard, system: RecordSystem
):
    let_in(ward, system, role="nurse", issuer="https://login.example.org")
    answer = launched(ward, system)
    assert answer.status_code == 403
    assert "Ask an administrator" in said(answer)
    assert ward.logins() == {"ada": "administrator"}
    ward.account("omar", "nurse", system.issuer, "omar")
    assert launched(ward, system).status_code == 303, "an account that an administrator made is taken"


def test_a_sign_in_that_was_begun_by_launch_does_not_end_elsewhere(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system)
    ward.set_up(
        issuer=system.issuer, client_id=LAUNCHED, smart_servers=[system.url], smart_client_id=LAUNCHED, role="nurse"
    )
    begun = ward.browser.get("/launch", params={"iss": system.url, "launch": "launch-7"})
    came = through_provider(begun.headers["location"], "omar")
    assert ward.back(came.replace("/launch/callback", "/sign-in/openid/callback")).status_code == 400


def test_a_record_system_that_was_taken_out_of_the_settings_in_the_meantime_is_not_asked(
    ward: OpenIdWard, system: RecordSystem
):
    let_in(ward, system)
    begun = ward.browser.get("/launch", params={"iss": system.url, "launch": "launch-7"})
    came = through_provider(begun.headers["location"], "omar")
    asked = len(system.requests)
    ward.set_up(smart_servers=["http://127.0.0.1:9/fhir"], smart_client_id=LAUNCHED, role="nurse")
    assert ward.back(came).status_code == 403
    assert len(system.requests) == asked


def test_a_record_system_cannot_speak_for_an_issuer_with_keys_of_its_own(ward: OpenIdWard, system: RecordSystem):
    """Its jwks_uri is not looked at: keys come from the issuer's own discovery document."""
    let_in(ward, system)
    launched(ward, system)
    assert not any("jwks" in path for _, path, _ in system.requests)


def test_the_token_of_the_launch_goes_to_the_fhir_server_only_and_is_not_kept(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system)
    launched(ward, system)
    assert all(had == ("smart-configuration" not in path) for _, path, had in system.requests)


def test_a_launch_is_over_after_ten_minutes(ward: OpenIdWard, system: RecordSystem):
    let_in(ward, system)
    begun = ward.browser.get("/launch", params={"iss": system.url, "launch": "launch-7"})
    came = through_provider(begun.headers["location"], "omar")
    ward.clock.ahead = timedelta(minutes=11)
    assert ward.back(came).status_code == 400
