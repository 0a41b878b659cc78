"""The ways in: what a sign-in gives, how often one may try, and that nothing tells who has an account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from icans.store import accounts
from icans.store.schema import account, sign_in
from icans.web.access import COOKIE
from made_ward import PASSWORD, MadeWard, made_ward

ELSEWHERE = [
    "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil.example", "//[", "http://[",
    "https:evil.example", "javascript:alert(1)", " //evil.example", "\t//evil.example", "/\t/evil.example",
    "/\n/evil.example", "ward", "", "/ward\r\nSet-Cookie: icx=1", "/ward\r\n\r\n<script>", "/\u2028x", "@evil.example",
]  # fmt: skip
REFUSED = "Login or password is wrong, or the account is locked for a while."


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeWard]:
    made = made_ward(tmp_path_factory.mktemp("sign_in"))
    made.platform.limits.sign_in_per_minute = 10_000
    yield made
    made.store.close()


def tried(client: TestClient, login: str, password: str, **more: str) -> Any:
    return client.post("/sign-in", data={"login": login, "password": password, **more})


def set_cookie(answer: Any) -> dict[str, str]:
    """The cookie that an answer sets, by its parts in small letters."""
    parts = [p.strip().partition("=") for p in answer.headers["set-cookie"].split(";")]
    return {name.lower(): value for name, _, value in parts}


def test_the_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites(ward: MadeWard) -> None:
    cookie = set_cookie(tried(ward.client(), "nurse", PASSWORD))
    assert {"httponly", "path", "max-age"} <= cookie.keys()
    assert (cookie["samesite"].lower(), cookie["path"]) == ("lax", "/")
    assert "secure" not in cookie, "over plain HTTP on the loopback a browser would not keep it"
    assert "domain" not in cookie


def test_the_cookie_is_for_tls_only_where_users_come_by_tls(tmp_path: Path) -> None:
    ward = made_ward(tmp_path, base_url="https://ward.example")
    answer = tried(ward.client(), "nurse", PASSWORD)
    assert "secure" in set_cookie(answer)
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    ward.store.close()


def test_every_sign_in_is_a_new_secret_and_one_that_was_planted_before_is_not_taken(ward: MadeWard) -> None:
    client = ward.client()
    client.cookies.set(COOKIE, "planted-by-somebody-else")
    first = set_cookie(tried(client, "nurse", PASSWORD))[COOKIE]
    second = set_cookie(tried(client, "nurse", PASSWORD))[COOKIE]
    assert len({first, second, "planted-by-somebody-else"}) == 3
    assert min(len(first), len(second)) >= 32
    client.cookies.clear()
    client.cookies.set(COOKIE, "planted-by-somebody-else")
    assert client.get("/ward").headers["location"].startswith("/sign-in")


def test_the_store_does_not_hold_the_secret(ward: MadeWard) -> None:
    secret = set_cookie(tried(ward.client(), "nurse", PASSWORD))[COOKIE]
    with ward.store.read() as db:
        rows = db.execute(select(sign_in)).all()
        hashes = [row.password for row in db.execute(select(account))]
    assert rows
    assert not any(secret in str(row) for row in rows)
    assert all(h is None or (h.startswith("$argon2id$") and PASSWORD not in h) for h in hashes)


@pytest.mark.parametrize("onward", ELSEWHERE, ids=ascii)
def test_next_leads_to_no_other_site(ward: MadeWard, onward: str) -> None:
    answer = tried(ward.client(), "nurse", PASSWORD, next=onward)
    assert (answer.status_code, answer.headers["location"]) == (303, "/ward")
    assert "icx" not in answer.cookies
    page = ward.client().get("/sign-in", params={"next": onward})
    assert page.status_code == 200
    assert "<script>\n" not in page.text


def test_next_leads_back_to_the_page_that_was_asked_for(ward: MadeWard) -> None:
    asked = ward.client().get("/patients/abc/record")
    assert asked.headers["location"] == "/sign-in?next=/patients/abc/record"
    answer = tried(ward.client(), "nurse", PASSWORD, next="/patients/abc/record")
    assert answer.headers["location"] == "/patients/abc/record"


def test_unknown_wrong_shut_locked_and_hospital_accounts_are_refused_in_the_same_words(ward: MadeWard) -> None:
    with ward.store.write() as db:
        now = ward.clock()
        for login in ("shut", "locked"):
            accounts.make(db, login, "Somebody", "nurse", by="test", at=now, password=PASSWORD)
        accounts.make(db, "theirs", "Somebody", "nurse", by="test", at=now, issuer="https://id.example", subject="7")
        accounts.change(db, "shut", by="test", at=now, active=False)
    for _ in range(accounts.ATTEMPTS):
        tried(ward.client(), "locked", "not the pass phrase")
    attempts = [
        ("nobody-here", PASSWORD),
        ("nurse", "wrong"),
        ("shut", PASSWORD),
        ("locked", PASSWORD),
        ("theirs", PASSWORD),
    ]
    answers = [tried(ward.client(), *one) for one in attempts]
    assert {a.status_code for a in answers} == {401}
    assert len({a.text for a in answers}) == 1
    assert REFUSED in answers[0].text
    assert not any("set-cookie" in a.headers for a in answers)


def test_after_five_wrong_passwords_the_right_one_waits_a_quarter_of_an_hour(tmp_path: Path) -> None:
    ward = made_ward(tmp_path)
    for _ in range(5):
        assert tried(ward.client(), "nurse", "not the pass phrase").status_code == 401
    assert tried(ward.client(), "nurse", PASSWORD).status_code == 401
    start = ward.clock.now
    ward.clock.now = start + accounts.LOCKED_FOR * 0.99
    assert tried(ward.client(), "nurse", PASSWORD).status_code == 401
    ward.clock.now = start + accounts.LOCKED_FOR * 1.01
    assert tried(ward.client(), "nurse", PASSWORD).status_code == 303
    ward.store.close()


def test_the_old_password_on_the_page_of_the_account_cannot_be_guessed_either(tmp_path: Path) -> None:
    """Whoever finds a browser left open must not find the password out by trying."""
    ward = made_ward(tmp_path)
    client = ward.client("nurse")
    new = {"password": "another long phrase", "again": "another long phrase"}
    for n in range(5):
        assert client.post("/account", data={"old": f"guess {n}", **new}).status_code == 422
    assert client.post("/account", data={"old": PASSWORD, **new}).status_code == 422, "locked by now"
    with ward.store.read() as db:
        assert next(a for a in accounts.listed(db) if a["login"] == "nurse")["locked_until"] is not None
    ward.store.close()


def test_the_twenty_first_attempt_within_a_minute_from_one_address_is_refused_whatever_it_says(tmp_path: Path) -> None:
    ward = made_ward(tmp_path)
    codes = [tried(ward.client(), f"somebody-{n}", "wrong").status_code for n in range(20)]
    assert codes == [401] * 20
    late = tried(ward.client(), "nurse", PASSWORD)
    assert late.status_code == 429
    assert "set-cookie" not in late.headers
    other = TestClient(ward.app, client=("192.0.2.7", 1), follow_redirects=False)
    assert tried(other, "nurse", PASSWORD).status_code == 303, "another address is not concerned"
    ward.store.close()


def test_the_way_in_without_a_password_is_for_the_demo_alone(ward: MadeWard) -> None:
    for login in ("demo-nurse", "demo-administrator", "nurse", "administrator", ""):
        answer = ward.client().post("/demo-sign-in", data={"login": login})
        assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


def test_in_the_demo_only_the_accounts_of_the_demo_need_no_password(tmp_path: Path) -> None:
    ward = made_ward(tmp_path, demo=True)
    for login in ("nurse", "administrator", ""):
        assert ward.client().post("/demo-sign-in", data={"login": login}).status_code == 403
    ward.store.close()
