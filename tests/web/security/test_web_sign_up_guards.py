"""The first sign-up makes the administrator: once, and only with the code from the terminal. How sessions end."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from guarded_ward import Guarded, guarded_ward
from plausible import kept

from icans.store import accounts
from icans.store.database import Store, open_store
from icans.web.app import create_app
from icans.web.platform import Started, platform_of
from made_ward import NOW, PASSWORD

CODE = "code-from-the-terminal"
FIRST = {"code": CODE, "login": "ada", "name": "Ada", "password": PASSWORD, "again": PASSWORD}


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[tuple[TestClient, Store]]:
    """An app that nobody has an account of."""
    store = open_store(str(tmp_path / "empty.sqlite3"))
    app = create_app(platform_of(store, lambda: NOW, Started(setup_code=CODE)))
    yield TestClient(app, follow_redirects=False), store
    store.close()


@pytest.fixture(scope="module")
def ward_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    made = guarded_ward(tmp_path_factory.mktemp("sessions"))
    yield made
    made.ward.store.close()


@pytest.fixture
def guarded(ward_of_all: Guarded) -> Iterator[Guarded]:
    """The ward; the clock and the role of the nurse are put back afterwards."""
    yield ward_of_all
    ward_of_all.ward.clock.now = NOW
    with ward_of_all.ward.store.write() as db:
        accounts.change(db, "nurse", by="test", at=NOW, role="nurse", care_unit="")


def logins(store: Store) -> list[str]:
    with store.read() as db:
        return [a["login"] for a in accounts.listed(db)]


@pytest.mark.parametrize("code", ["", "wrong", CODE[:-1], CODE + "x", CODE.upper(), "\u0000"])
def test_without_the_code_nobody_becomes_administrator(empty: tuple[TestClient, Store], code: str) -> None:
    client, store = empty
    answer = client.post("/sign-up", data={**FIRST, "code": code})
    assert (answer.status_code, "set-cookie" in answer.headers, logins(store)) == (403, False, [])


def test_with_the_code_the_first_is_administrator_and_there_is_no_second(empty: tuple[TestClient, Store]) -> None:
    client, store = empty
    assert client.get("/sign-in").headers["location"] == "/sign-up"
    assert client.post("/sign-up", data=FIRST).headers["location"] == "/ward"
    client.cookies.clear()
    again = client.post("/sign-up", data={**FIRST, "login": "eve", "name": "Eve"})
    assert (again.status_code, again.headers["location"], "set-cookie" in again.headers) == (303, "/sign-in", False)
    assert client.get("/sign-up", params={"code": CODE}).headers["location"] == "/sign-in"
    assert logins(store) == ["ada"]


def test_of_several_at_once_one_becomes_administrator(empty: tuple[TestClient, Store]) -> None:
    client, store = empty

    def sign_up(n: int) -> Any:
        return TestClient(client.app, follow_redirects=False).post("/sign-up", data={**FIRST, "login": f"ada-{n}"})

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(sign_up, range(4)))
    assert sorted(a.headers["location"] for a in answers) == ["/sign-in"] * 3 + ["/ward"]
    assert sum("set-cookie" in a.headers for a in answers) == 1
    assert len(logins(store)) == 1


def test_signing_out_ends_the_session_and_not_only_the_cookie(guarded: Guarded) -> None:
    browser, other = guarded.browser("nurse"), guarded.browser("nurse")
    secret = dict(browser.client.cookies)
    answer = browser.post("/sign-out")
    assert 'icans_session=""' in answer.headers["set-cookie"]
    browser.client.cookies.update(secret)
    assert browser.client.get("/ward").headers["location"].startswith("/sign-in")
    assert other.client.get("/account").status_code == 200, "another browser of the same person goes on"


@pytest.mark.parametrize(("away", "still"), [(timedelta(minutes=59), True), (timedelta(minutes=61), False)])
def test_a_browser_nobody_uses_for_an_hour_is_signed_out(guarded: Guarded, away: timedelta, still: bool) -> None:
    browser = guarded.browser("nurse")
    guarded.ward.clock.now += away
    assert (browser.client.get("/account").status_code == 200) is still


def test_a_browser_in_use_is_signed_out_after_a_shift(guarded: Guarded) -> None:
    browser = guarded.browser("nurse")
    codes = []
    for _ in range(25):
        guarded.ward.clock.now += timedelta(minutes=30)
        codes.append(browser.client.get("/account").status_code)
    assert codes == [200] * 23 + [303, 303], "12 hours, however busy"


def test_a_cookie_is_no_token_and_a_token_is_no_cookie(guarded: Guarded) -> None:
    cookie = guarded.browser("administrator").client.cookies["icans_session"]
    token = guarded.signed_in("administrator", "token")
    client = guarded.client()
    assert client.get("/api/patients", headers={"authorization": f"Bearer {cookie}"}).status_code == 401
    client.cookies.set("icans_session", token)
    assert client.get("/api/patients").status_code == 401


def test_a_page_that_was_open_before_the_role_changed_can_write_no_more(guarded: Guarded) -> None:
    browser, store = guarded.browser("nurse"), guarded.ward.store
    page = f"/patients/{guarded.patient}/facts"
    assert browser.client.get(page).status_code == 200
    with store.write() as db:
        accounts.change(db, "nurse", by="test", at=NOW, role="viewer")
    before = kept(guarded)
    assert browser.post(page, {"bed": "7"}).status_code == 403
    assert kept(guarded) == before
    with store.write() as db:
        accounts.change(db, "nurse", by="test", at=NOW, role="nurse", care_unit="Unit B")
    assert browser.post(page, {"bed": "7"}).status_code == 404
    assert kept(guarded) == before


def test_shutting_an_account_and_a_new_password_end_every_session_and_token(guarded: Guarded) -> None:
    for active, password in ((False, None), (None, "another long phrase")):
        browser, program = guarded.browser("clinician"), guarded.client("clinician")
        with guarded.ward.store.write() as db:
            accounts.change(db, "clinician", by="test", at=NOW, active=active, password=password)
        assert browser.client.get("/ward").status_code == 303
        assert program.get("/api/patients").status_code == 401
        with guarded.ward.store.write() as db:
            accounts.change(db, "clinician", by="test", at=NOW, active=True)
        assert browser.client.get("/ward").status_code == 303, "opened again, but not signed in again"
