"""Sign-in with the hospital account, against a real OpenID provider (npm: oidc-provider) on loopback."""

from __future__ import annotations

import pytest
from openid_answers import assert_nobody_is_in, query, words
from openid_provider import through_provider
from openid_ward import OpenIdWard

from icans.store import accounts, patients
from icans.store.schema import account

BEGIN = "/sign-in/openid"


def test_without_a_provider_in_the_settings_there_is_no_such_page(ward: OpenIdWard):
    assert ward.browser.get(BEGIN).status_code == 404
    assert ward.browser.get(f"{BEGIN}/callback?code=x&state=y").status_code == 404


def test_the_sign_in_page_leads_there_once_a_provider_is_set(ward: OpenIdWard, issuer: str):
    assert BEGIN not in ward.browser.get("/sign-in").text
    ward.with_provider(issuer)
    assert f'href="{BEGIN}?next=/ward"' in ward.browser.get("/sign-in").text


def test_somebody_with_an_account_signs_in_and_goes_on_to_the_page_that_was_asked_for(ward: OpenIdWard, issuer: str):
    ward.with_provider(issuer)
    ward.account("nurse-lena", "nurse", issuer, "lena")
    back = ward.back(through_provider(ward.sent_to(f"{BEGIN}?next=/account"), "lena"))
    assert (back.status_code, back.headers["location"]) == (303, "/account")
    assert "Nurse-Lena" in ward.browser.get("/account").text
    assert ward.logged("sign-in.vouched") == [{"issuer": issuer, "by": "openid"}]
    assert len(ward.logged("sign-in")) == 1


def test_what_is_sent_along_is_code_flow_with_pkce_state_and_nonce(ward: OpenIdWard, issuer: str):
    ward.with_provider(issuer)
    first, second = (query(ward.sent_to(BEGIN)) for _ in range(2))
    assert first["response_type"] == "code"
    assert first["code_challenge_method"] == "S256"
    assert first["redirect_uri"] == "http://testserver/sign-in/openid/callback"
    assert set(first["scope"].split()) == {"openid", "profile", "email"}
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 32
        assert first[name] != second[name]


def test_what_must_come_back_is_in_a_cookie_that_no_script_reads_and_no_other_site_sends_along(
    ward: OpenIdWard, issuer: str
):
    ward.with_provider(issuer)
    cookie = ward.browser.get(BEGIN).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=600" in cookie
    assert "Path=/sign-in/openid" in cookie


def test_two_that_are_begun_side_by_side_do_not_push_each_other_out(ward: OpenIdWard, issuer: str):
    ward.with_provider(issuer)
    ward.account("nurse-lena", "nurse", issuer, "lena")
    first, second = ward.sent_to(f"{BEGIN}?next=/ward"), ward.sent_to(f"{BEGIN}?next=/account")
    assert ward.back(through_provider(second, "lena")).headers["location"] == "/account"
    assert ward.back(through_provider(first, "lena")).headers["location"] == "/ward"


@pytest.mark.parametrize(
    "onward", ["https://evil.example.org/", "//evil.example.org", "/\\evil.example.org", "javascript:x"]
)
def test_it_never_leads_on_to_another_site(ward: OpenIdWard, issuer: str, onward: str):
    ward.with_provider(issuer)
    ward.account("nurse-lena", "nurse", issuer, "lena")
    begun = ward.browser.get(BEGIN, params={"next": onward}).headers["location"]
    assert ward.back(through_provider(begun, "lena")).headers["location"] == "/ward"


def test_somebody_new_becomes_what_the_site_says(ward: OpenIdWard, issuer: str):
    ward.with_provider(issuer, role="nurse")
    assert ward.back(through_provider(ward.sent_to(BEGIN), "lena")).status_code == 303
    assert ward.logins() == {"ada": "administrator", "l.ansel": "nurse"}
    assert "Lena Ansel" in ward.browser.get("/account").text, "the name comes from the userinfo endpoint"
    ward.back(through_provider(ward.sent_to(BEGIN), "lena"))
    assert len(ward.logins()) == 2, "the second time it is the same account"


def test_somebody_new_sees_the_patients_of_the_unit_that_the_site_says_and_no_others(ward: OpenIdWard, issuer: str):
    with ward.platform.store.write() as db:
        ada = accounts.by_login(db, "ada")
        east, west = (
            patients.admit(db, unit, [], author=ada.id, login=ada.login, at=ward.clock(), care_unit=unit)[0]
            for unit in ("East", "West")
        )
    ward.with_provider(issuer, "East", "West", role="nurse", care_unit="East")
    assert ward.back(through_provider(ward.sent_to(BEGIN), "lena")).status_code == 303
    assert ward.browser.get(f"/patients/{east}").status_code == 200
    assert ward.browser.get(f"/patients/{west}").status_code == 404


def test_a_login_that_somebody_has_is_not_given_twice(ward: OpenIdWard, issuer: str):
    ward.account("l.ansel", "viewer", "https://elsewhere.example.org", "another")
    ward.with_provider(issuer, role="nurse")
    ward.back(through_provider(ward.sent_to(BEGIN), "lena"))
    assert ward.logins() == {"ada": "administrator", "l.ansel": "viewer", "l.ansel-2": "nurse"}


def test_somebody_without_any_name_is_called_by_the_subject(ward: OpenIdWard, issuer: str):
    ward.with_provider(issuer, role="viewer")
    ward.back(through_provider(ward.sent_to(BEGIN), "quiet"))
    assert ward.logins()["quiet"] == "viewer"


def test_an_account_that_a_provider_vouches_for_has_no_password(ward: OpenIdWard, issuer: str):
    ward.with_provider(issuer, role="nurse")
    ward.back(through_provider(ward.sent_to(BEGIN), "lena"))
    with ward.platform.store.write() as db:
        for guess in ("", "None", "l.ansel"):
            assert accounts.check_password(db, "l.ansel", guess, ward.clock()) is None


def test_somebody_new_is_sent_to_an_administrator_where_the_site_has_no_role_for_them(ward: OpenIdWard, issuer: str):
    ward.with_provider(issuer)
    answer = ward.back(through_provider(ward.sent_to(BEGIN), "lena"))
    assert answer.status_code == 403
    assert "Ask an administrator to make an account for this hospital account" in words(answer)
    assert "subject lena" in words(answer)
    assert ward.logins() == {"ada": "administrator"}
    assert ward.logged("sign-in.refused")[0] == {
        "by": "openid", "why": "no account", "issuer": issuer, "subject": "lena",
    }  # fmt: skip
    assert_nobody_is_in(ward)


def test_a_shut_account_stays_shut_even_where_new_ones_are_made(ward: OpenIdWard, issuer: str):
    ward.with_provider(issuer, role="nurse")
    ward.account("nurse-lena", "nurse", issuer, "lena")
    with ward.platform.store.write() as db:
        accounts.change(db, "nurse-lena", by="test", at=ward.clock(), active=False)
    answer = ward.back(through_provider(ward.sent_to(BEGIN), "lena"))
    assert answer.status_code == 403
    assert "Your account here is shut" in words(answer)
    assert set(ward.logins()) == {"ada", "nurse-lena"}
    assert_nobody_is_in(ward)


def test_the_same_subject_of_another_issuer_is_somebody_else(ward: OpenIdWard, issuer: str):
    ward.with_provider(issuer)
    ward.account("doctor", "clinician", "https://elsewhere.example.org", "lena")
    assert ward.back(through_provider(ward.sent_to(BEGIN), "lena")).status_code == 403
    assert_nobody_is_in(ward)


def test_the_first_administrator_signs_up_before_anybody_is_vouched_for(ward: OpenIdWard, issuer: str):
    with ward.platform.store.write() as db:
        db.execute(account.delete())
    ward.with_provider(issuer, role="nurse")
    answer = ward.back(through_provider(ward.sent_to(BEGIN), "lena"))
    assert answer.status_code == 403
    assert "first administrator" in words(answer)
    assert ward.logins() == {}
