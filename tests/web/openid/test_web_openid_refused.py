"""A sign-in that was tampered with, replayed, refused by the provider or cut off ends in words, and nobody is in."""

from __future__ import annotations

import socket
from datetime import timedelta

from openid_answers import assert_nobody_is_in, query, with_query, words
from openid_provider import CLIENT, running_provider, through_provider
from openid_ward import OpenIdWard

BEGIN = "/sign-in/openid"


def swapped(letter: str) -> str:
    return "A" if letter != "A" else "B"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_nonce_that_was_changed_on_the_way_is_found_in_the_id_token(ward: OpenIdWard, issuer: str):
    ward.with_provider(issuer, role="nurse")
    changed = with_query(ward.sent_to(BEGIN), nonce="another-one-than-the-app-sent")
    answer = ward.back(through_provider(changed, "lena"))
    assert answer.status_code == 502
    assert "nonce" in words(answer)
    assert "nonce" in ward.logged("sign-in.refused")[0]["why"]
    assert_nobody_is_in(ward)


def test_a_state_that_was_changed_is_refused(ward: OpenIdWard, issuer: str):
    ward.with_provider(issuer, role="nurse")
    came = through_provider(ward.sent_to(BEGIN), "lena")
    right = query(came)["state"]
    # Once with another name for the cookie, once with the name that fits and another end.
    for wrong in (swapped(right[0]) + right[1:], right[:-1] + swapped(right[-1])):
        answer = ward.back(with_query(came, state=wrong))
        assert answer.status_code == 400
        assert "belongs to no sign-in" in words(answer)
    assert_nobody_is_in(ward)


def test_an_answer_that_another_browser_was_sent_is_not_taken(ward: OpenIdWard, issuer: str):
    ward.with_provider(issuer, role="nurse")
    came = through_provider(ward.sent_to(BEGIN), "lena")
    ward.browser.cookies.clear()
    assert ward.back(came).status_code == 400
    assert_nobody_is_in(ward)


def test_the_code_of_one_sign_in_does_not_fit_another(ward: OpenIdWard, issuer: str):
    ward.with_provider(issuer, role="nurse")
    stolen = through_provider(ward.sent_to(BEGIN), "omar")
    mine = through_provider(ward.sent_to(BEGIN), "lena")
    answer = ward.back(with_query(mine, code=query(stolen)["code"]))
    assert answer.status_code == 400, "the verifier of PKCE does not fit the code"
    assert_nobody_is_in(ward)


def test_a_code_counts_once(ward: OpenIdWard, issuer: str):
    ward.with_provider(issuer, role="nurse")
    came = through_provider(ward.sent_to(BEGIN), "lena")
    kept = [(c.name, c.value or "", c.path, c.domain) for c in ward.browser.cookies.jar]
    assert ward.back(came).status_code == 303
    ward.browser.cookies.clear()
    for name, value, path, domain in kept:
        ward.browser.cookies.set(name, value, path=path, domain=domain)
    again = ward.back(came)
    assert again.status_code == 400
    assert "used already" in words(again)
    assert "icans_session" not in ward.browser.cookies
    assert len(ward.logged("sign-in")) == 1


def test_an_answer_that_comes_too_late_is_refused(ward: OpenIdWard, issuer: str):
    ward.with_provider(issuer, role="nurse")
    came = through_provider(ward.sent_to(BEGIN), "lena")
    ward.clock.ahead = timedelta(minutes=10, seconds=1)
    assert ward.back(came).status_code == 400


def test_an_answer_of_another_issuer_is_refused(ward: OpenIdWard, issuer: str):
    ward.with_provider(issuer, role="nurse")
    came = through_provider(ward.sent_to(BEGIN), "lena")
    assert query(came)["iss"] == issuer, "this provider names itself (RFC 9207)"
    answer = ward.back(with_query(came, iss="https://evil.example.org"))
    assert answer.status_code == 400
    assert "another provider" in words(answer)


def test_somebody_who_says_no_at_the_provider_reads_so(ward: OpenIdWard, issuer: str):
    ward.with_provider(issuer, role="nurse")
    answer = ward.back(through_provider(ward.sent_to(BEGIN), ""))
    assert answer.status_code == 403
    assert "did not let you in" in words(answer)
    assert ward.logged("sign-in.refused") == [{"by": "openid", "why": "access_denied"}]
    assert_nobody_is_in(ward)


def test_an_error_of_the_provider_is_told_without_its_markup(ward: OpenIdWard, issuer: str):
    ward.with_provider(issuer)
    state = query(ward.sent_to(BEGIN))["state"]
    answer = ward.browser.get(f"{BEGIN}/callback", params={"state": state, "error": "server_error<script>alert(1)"})
    assert answer.status_code == 502
    assert "server_errorscriptalert1" in words(answer)


def test_a_wrong_secret_of_the_app_is_laid_to_the_settings(ward: OpenIdWard, issuer: str):
    ward.set_up(issuer=issuer, client_id=CLIENT, client_secret="not the secret", role="nurse")
    answer = ward.back(through_provider(ward.sent_to(BEGIN), "lena"))
    assert answer.status_code == 502
    assert "client_id and client_secret" in words(answer)


def test_a_provider_that_is_down_gives_a_page_with_a_way_round(ward: OpenIdWard):
    ward.with_provider(f"http://127.0.0.1:{free_port()}")
    answer = ward.browser.get(BEGIN)
    assert answer.status_code == 502
    assert "could not be reached" in words(answer)
    assert "A local account still works" in words(answer)
    assert 'href="/sign-in"' in answer.text


def test_a_provider_that_goes_down_while_somebody_is_there_gives_the_same_page(ward: OpenIdWard):
    with running_provider() as short_lived:
        ward.with_provider(short_lived, role="nurse")
        came = through_provider(ward.sent_to(BEGIN), "lena")
    answer = ward.back(came)
    assert answer.status_code == 502
    assert "could not be reached" in words(answer)
    assert_nobody_is_in(ward)


def test_a_provider_that_says_it_is_somebody_else_is_not_used(ward: OpenIdWard, issuer: str):
    ward.with_provider(f"{issuer}/")
    answer = ward.browser.get(BEGIN)
    assert answer.status_code == 502
    assert "another issuer" in words(answer)


def test_settings_that_change_in_the_meantime_end_what_was_begun(ward: OpenIdWard, issuer: str):
    ward.with_provider(issuer, role="nurse")
    came = through_provider(ward.sent_to(BEGIN), "lena")
    ward.set_up(issuer=issuer, client_id="another-app", role="nurse")
    assert ward.back(came).status_code == 400
    assert_nobody_is_in(ward)


def test_refusals_are_counted_so_that_nobody_fills_the_log(ward: OpenIdWard, issuer: str):
    ward.with_provider(issuer)
    ward.platform.limits.sign_in_per_minute = 3
    statuses = [ward.browser.get(f"{BEGIN}/callback?state=x&code=y").status_code for _ in range(5)]
    assert statuses == [400, 400, 400, 429, 429]
    assert len(ward.logged("sign-in.refused")) == 3
