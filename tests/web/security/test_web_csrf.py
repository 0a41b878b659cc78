"""Nobody else's page may write with the cookie of somebody who is signed in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from guarded_ward import Guarded, guarded_ward
from plausible import KEPT, ROUTES, address, body, kept, names_for, sent

PAGES = [r for r in ROUTES if r.startswith("POST /") and not r.startswith(("POST /api", "POST /fhir", "POST /cds"))]
WAYS_IN = ["POST /sign-in", "POST /demo-sign-in", "POST /sign-up"]
FORMS = [r for r in PAGES if r not in WAYS_IN]
PROGRAMS = [r for r in ROUTES if r.split()[0] not in ("GET", "ANY") and r.split()[1].startswith(("/api/", "/fhir"))]
EVIL = [
    {"origin": "https://evil.example"}, {"origin": "null"}, {"origin": "http://testserver.evil.example"},
    {"origin": "http://["}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
]  # fmt: skip


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    made = guarded_ward(tmp_path_factory.mktemp("csrf"))
    yield made
    made.ward.store.close()


@pytest.mark.parametrize("route", FORMS)
def test_a_form_without_the_token_of_the_session_is_refused_and_writes_nothing(guarded: Guarded, route: str) -> None:
    names = names_for(guarded, route)
    mine, others = guarded.browser("administrator"), guarded.browser("clinician")
    form = body(guarded, route, names).get("form") or {}
    before = kept(guarded)
    for token in ({}, {"csrf": ""}, {"csrf": "wrong"}, {"csrf": others.csrf}, {"csrf": mine.csrf[:-1]}):
        answer = mine.client.post(address(route, names), data={**form, **token})
        assert answer.status_code == 403, token
    assert kept(guarded) == before
    assert mine.client.get("/account").status_code == 200, "nobody was signed out"


@pytest.mark.parametrize("route", FORMS)
def test_the_same_form_with_the_token_goes_through(guarded: Guarded, route: str) -> None:
    names = names_for(guarded, route)
    browser = guarded.browser("administrator")
    answer = browser.post(address(route, names), body(guarded, route, names).get("form"))
    assert answer.status_code == (422 if route == "POST /account" else 303), answer.text


@pytest.mark.parametrize("route", PROGRAMS)
def test_a_program_by_cookie_needs_the_header_and_by_token_does_not(guarded: Guarded, route: str) -> None:
    names, browser = names_for(guarded, route), guarded.browser("administrator")
    before = kept(guarded)
    assert sent(guarded, browser.client, route, names).status_code == 403
    assert sent(guarded, browser.client, route, names, x_csrf_token="wrong").status_code == 403
    assert kept(guarded) == before
    assert sent(guarded, browser.client, route, names, x_csrf_token=browser.csrf).status_code in (200, 201, 204)
    assert sent(guarded, guarded.administrator, route, names_for(guarded, route)).status_code in (200, 201, 204)


@pytest.mark.parametrize("route", [*PAGES, *PROGRAMS])
def test_what_another_site_sends_is_refused_even_with_the_token(guarded: Guarded, route: str) -> None:
    names, browser = guarded.names(writes=False), guarded.browser("administrator")
    before = kept(guarded)
    for sent_by in EVIL:
        headers = {"x-csrf-token": browser.csrf, **sent_by}
        answer = browser.client.request(route.split()[0], address(route, names), headers=headers)
        assert answer.status_code == 403, sent_by
    assert kept(guarded) == before


@pytest.mark.parametrize("sent_by", [{"origin": "http://testserver"}, {"sec-fetch-site": "same-origin"}])
def test_what_our_own_page_sends_is_let_in(guarded: Guarded, sent_by: dict[str, str]) -> None:
    names = guarded.names(writes=True)
    answer = guarded.browser("nurse").post(f"/patients/{names['patient_id']}/facts", {"bed": "4"}, headers=sent_by)
    assert answer.status_code == 303


def test_behind_a_proxy_the_address_that_users_see_is_the_one_that_counts(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The proxy speaks TLS and names another Host; a page of plain HTTP on the same name is not ours."""
    guarded = guarded_ward(tmp_path_factory.mktemp("proxy"), base_url="https://ward.example")
    browser = guarded.browser("nurse")
    form = {"bed": "4"}
    path = f"/patients/{guarded.names(writes=True)['patient_id']}/facts"
    assert browser.post(path, form, headers={"origin": "https://ward.example"}).status_code == 303
    for other in ("http://ward.example", "http://testserver", "https://ward.example.evil.example"):
        assert browser.post(path, form, headers={"origin": other}).status_code == 403
    guarded.ward.store.close()


@pytest.mark.parametrize("route", [r for r in ROUTES if r.startswith("GET /")])
def test_looking_writes_nothing_but_the_audit_log(guarded: Guarded, route: str) -> None:
    names = names_for(guarded, route)
    before = kept(guarded)
    guarded.administrator.get(address(route, names))
    assert kept(guarded) == before
    assert "audit" not in KEPT
