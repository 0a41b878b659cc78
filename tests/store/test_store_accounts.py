"""Accounts and sign-ins: who may come in, for how long, and when not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from store_made import NOW, PASSWORD, Made

from icans.errors import DataError
from icans.store import accounts, passwords, sign_ins
from icans.store.accounts import Account
from icans.store.errors import Changed, NotThere
from icans.store.schema import account, audit, sign_in
from icans.store.sign_ins import SignedIn


def tried(ward: Made, password: str = PASSWORD, login: str = "nora", minutes: float = 0) -> Account | None:
    """A sign-in, as the app does it."""
    return accounts.sign_in_with(ward.store, login, password, NOW + timedelta(minutes=minutes))


def changed(ward: Made, login: str, **what: Any) -> None:
    with ward.store.write() as db:
        accounts.change(db, login, by="ada", at=NOW, **what)


def made(ward: Made, login: str = "otto", **more: Any) -> Account:
    told: dict[str, Any] = {"name": "Otto One", "role": "nurse", "password": PASSWORD} | more
    with ward.store.write() as db:
        return accounts.make(db, login, told.pop("name"), told.pop("role"), by="ada", at=NOW, **told)


def begun(ward: Made, login: str = "nora", **more: Any) -> str:
    with ward.store.write() as db:
        return sign_ins.begin(db, accounts.by_login(db, login), now=NOW, **more)


def who(ward: Made, secret: str, after: timedelta = timedelta(), kind: str = "browser") -> SignedIn | None:
    with ward.store.read() as db:
        return sign_ins.who_is(db, secret, NOW + after, kind)


def test_the_right_password_lets_in_and_a_wrong_one_does_not(ward: Made):
    let_in = tried(ward)
    assert let_in is not None
    assert (let_in.login, let_in.role) == ("nora", "nurse")
    for wrong in ("", PASSWORD.upper(), f"{PASSWORD} ", "\ud800\x00", "x" * 10_000):
        assert tried(ward, wrong) is None


def test_blanks_around_a_login_do_not_matter(ward: Made):
    assert tried(ward, login="  nora ") is not None


def test_an_accent_typed_as_one_character_or_as_two_is_the_same_password(ward: Made):
    made(ward, password="un mot de passe tr\u00e8s long")
    assert tried(ward, "un mot de passe tre\u0300s long", login="otto") is not None


def test_of_a_password_that_is_too_long_no_part_lets_in(ward: Made):
    whole = "0123456789abcdef" * 16
    made(ward, password=whole)
    assert tried(ward, whole, login="otto") is not None
    assert tried(ward, f"{whole}x", login="otto") is None


def test_after_five_wrong_passwords_an_account_is_locked_for_fifteen_minutes(ward: Made):
    for _ in range(4):
        assert tried(ward, "wrong") is None
    assert tried(ward, minutes=1) is not None  # the fifth was right, and begins the count anew
    for _ in range(5):
        assert tried(ward, "wrong", minutes=2) is None
    assert tried(ward, minutes=3) is None
    assert tried(ward, minutes=2 + 14.9) is None
    assert tried(ward, minutes=2 + 15) is not None


def test_while_locked_even_the_right_password_does_not_lengthen_the_lock(ward: Made):
    for _ in range(5):
        tried(ward, "wrong")
    for minute in range(1, 15):
        assert tried(ward, minutes=minute) is None
    assert tried(ward, minutes=15) is not None


def test_within_a_transaction_a_password_is_checked_in_the_same_way(ward: Made):
    for n in range(6):
        with ward.store.write() as db:
            assert accounts.check_password(db, "nora", PASSWORD if n == 5 else "wrong", NOW) is None
    with ward.store.write() as db:
        assert accounts.check_password(db, "nora", PASSWORD, NOW + timedelta(minutes=15)) is not None


def test_a_password_that_was_changed_while_it_was_checked_does_not_let_in(ward: Made, monkeypatch: pytest.MonkeyPatch):
    real = passwords.matches

    def slow(kept: str | None, password: str) -> bool:
        changed(ward, "nora", password="another long pass phrase")
        return real(kept, password)

    with monkeypatch.context() as patch:
        patch.setattr(passwords, "matches", slow)
        assert tried(ward) is None
    assert tried(ward, "another long pass phrase") is not None


def test_a_lock_of_one_account_is_none_of_another(ward: Made):
    for _ in range(5):
        tried(ward, "wrong")
    assert tried(ward, login="carl") is not None


def test_a_new_password_ends_the_lock(ward: Made):
    for _ in range(5):
        tried(ward, "wrong")
    changed(ward, "nora", password="another long pass phrase")
    assert tried(ward, "another long pass phrase") is not None


def test_a_refused_sign_in_is_in_the_log_but_never_what_was_typed(ward: Made):
    tried(ward, "wrong")
    tried(ward, login="my pass phrase in the wrong field")
    tried(ward, login="\x00\ud800")
    told = [(r["actor"], r["detail"]) for r in ward.rows(audit) if r["action"] == "sign-in.refused"]
    nobody = ("unknown login", '{"why":"no such login"}')
    assert told == [("nora", '{"why":"wrong password"}'), nobody, nobody]


def test_a_shut_account_is_not_let_in_and_its_sign_ins_end(ward: Made):
    browser, token = begun(ward), begun(ward, kind="token", label="pump")
    changed(ward, "nora", active=False)
    assert tried(ward) is None
    assert who(ward, browser) is None
    assert who(ward, token, kind="token") is None
    changed(ward, "nora", active=True)
    assert tried(ward) is not None
    assert who(ward, browser) is None  # what has ended does not come back


def test_a_shut_account_gets_no_token(ward: Made):
    changed(ward, "nora", active=False)
    with pytest.raises(DataError, match="the account nora is shut; open it first"):
        begun(ward, kind="token", label="pump")


def test_a_new_password_ends_the_sign_ins_with_the_old_one(ward: Made):
    browser = begun(ward)
    changed(ward, "nora", password="another long pass phrase")
    assert who(ward, browser) is None


def test_a_new_role_counts_at_once(ward: Made):
    browser = begun(ward)
    changed(ward, "nora", role="viewer", care_unit="Unit A")
    found = who(ward, browser)
    assert found is not None
    assert (found.account.role, found.account.care_unit) == ("viewer", "Unit A")
    changed(ward, "nora", care_unit="")
    found = who(ward, browser)
    assert found is not None
    assert found.account.care_unit is None


@pytest.mark.parametrize("change", [{"active": False}, {"role": "nurse"}])
def test_the_last_administrator_stays(ward: Made, change: dict[str, Any]):
    with pytest.raises(DataError, match="one account must stay an active administrator; make another one first"):
        changed(ward, "ada", **change)
    assert who(ward, begun(ward, "ada")) is not None
    made(ward, "otto", role="administrator")
    changed(ward, "ada", **change)
    with pytest.raises(DataError, match="one account must stay an active administrator"):
        changed(ward, "otto", **change)


def test_where_there_is_no_administrator_yet_others_can_be_changed(ward: Made):
    with ward.store.engine.begin() as db:  # a ward whose first accounts were made by the command line
        db.execute(account.update().where(account.c.login == "ada").values(role="nurse"))
    changed(ward, "nora", care_unit="Unit A")
    changed(ward, "ada", role="administrator")


@pytest.mark.parametrize(
    ("password", "words"),
    [
        (None, "password: 12 to 256 characters"),
        ("", "password: 12 to 256 characters"),
        ("elevenchars", "password: 12 to 256 characters"),
        ("x" * 257, "password: 12 to 256 characters"),
        ("aaaaaaaabbbb", "not a few characters repeated"),
        ("NORA.SCHMIDT.7", "password: not the login"),
    ],
)
def test_a_poor_password_is_refused(ward: Made, password: str | None, words: str):
    with pytest.raises(DataError, match=words):
        made(ward, "nora.schmidt.7", password=password)
    if password is not None and "login" not in words:
        with pytest.raises(DataError, match=words):
            changed(ward, "nora", password=password)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"login": " "}, "login: 1 to 120 characters"),
        ({"login": "x" * 121}, "login: at most 120 characters"),
        ({"login": "a\x00b"}, "login: 1 to 120 characters"),
        ({"name": "\u200b"}, "name: 1 to 120 characters"),
        ({"role": "king"}, "role: one of viewer, nurse, clinician, administrator"),
        ({"care_unit": "x" * 61}, "care_unit: at most 60 characters"),
        ({"issuer": "https://id.example.org"}, "issuer and subject belong together"),
        ({"subject": "4711"}, "issuer and subject belong together"),
        ({"issuer": "https://id.example.org", "subject": "4711", "password": "short"}, "password: 12 to 256"),
    ],
)
def test_an_account_that_is_not_whole_is_refused(ward: Made, wrong: dict[str, Any], words: str):
    before = ward.rows(account)
    with pytest.raises(DataError, match=words):
        made(ward, **{"login": "otto", **wrong})
    assert ward.rows(account) == before


def test_all_that_is_wrong_with_an_account_is_told_at_once(ward: Made):
    with pytest.raises(DataError) as told:
        made(ward, "", name="", role="king", password="x")
    assert [problem.split(":")[0] for problem in told.value.problems] == ["login", "name", "role", "password"]


def test_a_login_belongs_to_one(ward: Made):
    with pytest.raises(Changed, match="an account with this login is there already"):
        made(ward, " nora ")


def test_a_person_of_a_provider_has_one_account_and_no_password(ward: Made):
    vouched = {"issuer": "https://id.example.org", "subject": "4711", "password": None}
    otto = made(ward, "otto", **vouched)
    with pytest.raises(Changed, match="this person of the provider has an account already"):
        made(ward, "other", **vouched)
    with ward.store.read() as db:
        assert accounts.by_subject(db, "https://id.example.org", "4711") == otto
        assert accounts.by_subject(db, "https://id.example.com", "4711") is None
    assert tried(ward, "", login="otto") is None
    made(ward, "none-of-a-provider")
    made(ward, "nor-this-one")


def test_a_shut_account_of_a_provider_is_not_let_in(ward: Made):
    made(ward, "otto", issuer="https://id.example.org", subject="4711", password=None)
    changed(ward, "otto", active=False)
    with ward.store.read() as db:
        assert accounts.by_subject(db, "https://id.example.org", "4711") is None


def test_nothing_to_change_and_nobody_to_change_are_told(ward: Made):
    with pytest.raises(DataError, match="nothing is to be changed"):
        changed(ward, "nora")
    with pytest.raises(NotThere, match="no account with the login 'nobody'"):
        changed(ward, "nobody", role="nurse")


def test_passwords_are_hashed_as_rfc_9106_recommends_where_memory_is_scarce(strong_hash: str):
    # RFC 9106, section 4, second recommended option: Argon2id, 3 passes, 4 lanes, 64 MiB
    assert strong_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_passwords_are_kept_as_argon2_and_listed_nowhere(ward: Made):
    kept = {row["login"]: row["password"] for row in ward.rows(account)}
    assert all(words.startswith("$argon2id$") for words in kept.values())
    assert len(set(kept.values())) == len(kept)  # the same password, another salt each
    with ward.store.read() as db:
        assert all("password" not in row for row in accounts.listed(db))


def test_a_browser_is_signed_out_after_an_hour_without_a_request(ward: Made):
    secret = begun(ward)
    assert who(ward, secret, timedelta(minutes=59)) is not None
    assert who(ward, secret, timedelta(minutes=60)) is None


def test_a_browser_in_use_is_signed_out_after_twelve_hours(ward: Made):
    secret = begun(ward)
    for minutes in range(0, 12 * 60, 50):
        now = timedelta(minutes=minutes)
        found = who(ward, secret, now)
        assert found is not None
        with ward.store.write() as db:
            sign_ins.touch(db, found, NOW + now)
    assert who(ward, secret, timedelta(hours=11, minutes=59)) is not None
    assert who(ward, secret, timedelta(hours=12)) is None


def test_the_time_of_last_use_is_written_once_a_minute(ward: Made):
    found = who(ward, begun(ward))
    assert found is not None
    with ward.store.read() as db:
        assert not sign_ins.is_stale(db, found, NOW + timedelta(seconds=60))
        assert sign_ins.is_stale(db, found, NOW + timedelta(seconds=61))


def test_who_signed_out_is_out(ward: Made):
    secret, other = begun(ward), begun(ward)
    found = who(ward, secret)
    assert found is not None
    with ward.store.write() as db:
        sign_ins.end(db, found, NOW)
    assert who(ward, secret) is None
    assert who(ward, other) is not None


def test_a_token_lasts_a_year_whether_used_or_not(ward: Made):
    secret = begun(ward, kind="token", label="pump")
    assert who(ward, secret, timedelta(days=364), "token") is not None
    assert who(ward, secret, timedelta(days=365), "token") is None


def test_a_token_is_no_session_and_a_session_is_no_token(ward: Made):
    assert who(ward, begun(ward, kind="token", label="pump")) is None
    assert who(ward, begun(ward), kind="token") is None
    assert who(ward, "") is None
    assert who(ward, "\ud800") is None


def test_the_store_keeps_no_secret_of_a_sign_in(ward: Made):
    secret = begun(ward, kind="token", label="pump")
    kept = "".join(str(value) for table in (sign_in, audit) for row in ward.rows(table) for value in row.values())
    assert secret not in kept
    with ward.store.read() as db:
        (token,) = sign_ins.tokens(db)
    assert (token["label"], token["login"]) == ("pump", "nora")


def test_what_ended_by_itself_is_cleared_away(ward: Made):
    begun(ward)
    token = begun(ward, kind="token", label="pump")
    with ward.store.write() as db:
        sign_ins.begin(db, accounts.by_login(db, "carl"), now=NOW + timedelta(hours=1))
    assert sorted(row["kind"] for row in ward.rows(sign_in)) == ["browser", "token"]
    assert who(ward, token, kind="token") is not None


def test_a_token_that_was_ended_lets_nobody_in(ward: Made):
    with ward.store.write() as db:
        who = accounts.make(db, "robot", "Robot", "nurse", by="test", at=NOW, password=PASSWORD)
        secret = sign_ins.begin(db, who, now=NOW, kind="token", label="monitor")
        assert sign_ins.who_is(db, secret, NOW, "token") is not None
        assert sign_ins.end_token(db, "robot", "monitor", by="test", at=NOW) == 1
        assert sign_ins.who_is(db, secret, NOW, "token") is None
        with pytest.raises(NotThere):
            sign_ins.end_token(db, "robot", "monitor", by="test", at=NOW)
