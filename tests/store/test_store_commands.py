"""The commands of the store as a user meets them: what they do, what they refuse, and in how many words."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from store_made import NOW, PASSWORD, Made, temperature

from icans.cli import main
from icans.store import accounts, sign_ins
from icans.store.database import Store, open_store
from icans.store.schema import audit, entry


class Done(NamedTuple):
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


class Terminal(io.StringIO):
    """A standard input at which somebody sits."""

    def isatty(self) -> bool:
        return True


Icans = Callable[..., Done]


@pytest.fixture
def icans(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Icans:
    """Run `icans` with words; `given` is what stands in the standard input, None: it is a terminal."""

    def run(*words: object, given: str | None = "") -> Done:
        monkeypatch.setattr(sys, "argv", ["icans", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", Terminal() if given is None else io.StringIO(given))
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, err = capsys.readouterr()
        return Done(code, str(out), str(err))

    return run


def refused(done: Done, words: str) -> None:
    """It ended with 1 and one line that says why."""
    assert done.code == 1
    assert done.out == ""
    assert done.err.startswith("icans: ")
    assert words in done.err
    assert done.err.count("\n") == 1
    assert "Traceback" not in done.err


def test_an_account_is_made_and_may_sign_in(icans: Icans, empty_url: str):
    at = ("--database", empty_url)
    done = icans("user", "add", "anna", "--name", "Anna Meier", "--role", "nurse", *at, given=f"{PASSWORD}\n")
    assert done == (0, "anna may sign in now, as nurse\n", "")
    with closing(open_store(empty_url)) as store, store.write() as db:
        anna = accounts.check_password(db, "anna", PASSWORD, NOW)
        assert anna is not None
        assert (anna.name, anna.role, anna.care_unit) == ("Anna Meier", "nurse", None)


def test_an_account_of_a_provider_is_made_without_a_password(icans: Icans, store: Store, url: str):
    told = ("--issuer", "https://id.example.org", "--subject", "4711")
    done = icans("user", "add", "otto", "--name", "Otto", "--role", "clinician", *told, "--database", url)
    assert done.out == "otto may sign in now, as clinician, through the OpenID provider\n"
    with store.read() as db:
        otto = accounts.by_subject(db, "https://id.example.org", "4711")
    assert otto is not None
    assert otto.login == "otto"
    assert "id.example.org" in icans("user", "list", "--database", url).out


@pytest.mark.parametrize(
    ("words", "given", "told"),
    [
        (("otto", "--name", "Otto", "--role", "nurse"), "short\n", "password: 12 to 256 characters"),
        (("otto", "--name", "Otto", "--role", "nurse"), "", "password: 12 to 256 characters"),
        (("otto", "--name", "Otto", "--role", "king"), f"{PASSWORD}\n", "role: one of viewer, nurse, clinician"),
        (("otto", "--name", "", "--role", "nurse"), f"{PASSWORD}\n", "name: 1 to 120 characters"),
        (("nora", "--name", "Nora", "--role", "nurse"), f"{PASSWORD}\n", "an account with this login is there already"),
        (("otto", "--name", "Otto", "--role", "nurse", "--issuer", "https://x.org"), "", "issuer and subject belong"),
        (("otto", "--name", "Otto", "--role", "nurse", "--subject", "4711"), "", "issuer and subject belong together"),
    ],
)
def test_an_account_that_cannot_be_made_is_refused_in_one_line(
    icans: Icans, url: str, words: tuple[str, ...], given: str, told: str
):
    refused(icans("user", "add", *words, "--database", url, given=given), told)


def test_accounts_are_listed_as_they_are_named(icans: Icans, store: Store, url: str):
    with store.write() as db:
        accounts.make(db, "[bold]", "[/red] [x", "viewer", by="ada", at=NOW, password=PASSWORD, care_unit="Unit A")
        accounts.change(db, "carl", by="ada", at=NOW, active=False)
    done = icans("user", "list", "--database", url)
    assert done.code == 0
    lines = {line.split("│")[1].strip(): line for line in done.out.splitlines() if line.count("│") > 2}
    assert all(word in lines["[bold]"] for word in ("[/red] [x", "viewer", "Unit A", "open"))
    assert all(word in lines["carl"] for word in ("Carl", "clinician", "all", "shut"))
    assert "$argon2" not in done.out


def test_an_account_is_changed(icans: Icans, store: Store, url: str):
    at = ("--database", url)
    assert icans("user", "change", "nora", "--role", "viewer", "--unit", "Unit A", *at).out == "nora was changed\n"
    assert icans("user", "change", "nora", "--shut", *at).code == 0
    assert icans("user", "change", "nora", "--open", "--unit", "", *at).code == 0
    assert icans("user", "change", "nora", "--password", *at, given="another long pass phrase\r\n").code == 0
    with store.write() as db:
        nora = accounts.check_password(db, "nora", "another long pass phrase", NOW)
    assert nora is not None
    assert (nora.role, nora.care_unit) == ("viewer", None)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nobody", "--role", "nurse"), "no account with the login 'nobody'. `icans user list` lists them"),
        (("nora",), "nothing is to be changed"),
        (("nora", "--role", "king"), "role: one of viewer"),
        (("nora", "--password"), "password: 12 to 256 characters"),
        (("ada", "--shut"), "one account must stay an active administrator; make another one first"),
        (("[/red]", "--shut"), "no account with the login '[/red]'"),
    ],
)
def test_a_change_that_cannot_be_is_refused_in_one_line(icans: Icans, url: str, words: tuple[str, ...], told: str):
    refused(icans("user", "change", *words, "--database", url), told)


def test_a_token_is_shown_once_and_lets_a_program_in(icans: Icans, store: Store, url: str):
    done = icans("token", "add", "nora", "--label", "pump", "--database", url)
    secret = done.out.rstrip("\n")
    assert (done.code, done.err, len(secret)) == (0, "", 43)
    with store.read() as db:
        found = sign_ins.who_is(db, secret, NOW, "token")
        assert found is not None
        assert found.account.login == "nora"


def test_there_is_no_token_for_nobody_nor_for_a_shut_account(icans: Icans, url: str):
    refused(icans("token", "add", "nobody", "--label", "x", "--database", url), "no account with the login 'nobody'")
    icans("user", "change", "nora", "--shut", "--database", url)
    refused(icans("token", "add", "nora", "--label", "x", "--database", url), "the account nora is shut")


def test_settings_go_out_and_come_in_as_a_file(icans: Icans, url: str, tmp_path: Path):
    file = tmp_path / "site.yaml"
    file.write_text("name: Größe 7\ncare_units: [Unit A, Unit B]\nopenid: {issuer: 'https://id.example.org', "
                    "client_id: icans, client_secret: hush}\n", encoding="utf-8")  # fmt: skip
    assert icans("site", "set", file, "--database", url).out == "settings version 1 in force\n"
    told = icans("site", "get", "--database", url).out
    assert "hush" not in told
    site = json.loads(told)
    assert (site["name"], site["care_units"]) == ("Größe 7", ["Unit A", "Unit B"])
    file.write_text(told, encoding="utf-8")
    assert icans("site", "set", file, "--database", url).out == "settings version 2 in force\n"
    with closing(open_store(url)) as store, store.read() as db:
        from icans.store.settings import newest

        assert newest(db)[1]["openid"]["client_secret"] == "hush"  # an empty one leaves what is there


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nam: Ward 1\n", "nam: "),
        ("time_zone: Mars/Olympus\n", "time_zone: an IANA time zone"),
        ("- a\n- b\n", "names and values are expected"),
        ("", "names and values are expected"),
        ("name: [\n", "neither JSON nor YAML, see line 2"),
        ("1: x\n", "1"),
        ("!!python/object:os.system x\n", "neither JSON nor YAML"),
    ],
)
def test_settings_that_are_wrong_are_refused_and_nothing_is_changed(
    icans: Icans, url: str, tmp_path: Path, text: str, told: str
):
    (tmp_path / "site.yaml").write_text(text, encoding="utf-8")
    before = icans("site", "get", "--database", url).out
    refused(icans("site", "set", tmp_path / "site.yaml", "--database", url), told)
    assert icans("site", "get", "--database", url).out == before


def test_a_file_of_settings_that_is_none_is_refused(icans: Icans, url: str, tmp_path: Path):
    refused(icans("site", "set", tmp_path / "nowhere.yaml", "--database", url), "nowhere.yaml")
    refused(icans("site", "set", tmp_path, "--database", url), str(tmp_path))
    (tmp_path / "latin.yaml").write_bytes("name: Größe\n".encode("latin-1"))
    refused(icans("site", "set", tmp_path / "latin.yaml", "--database", url), "latin.yaml: it is not UTF-8 text")


def test_backup_restore_and_verify_tell_one_digest(icans: Icans, ward: Made, url: str, empty_url: str, tmp_path: Path):
    ward.enter(temperature(38.4))
    file = tmp_path / "out" / "ward.backup"
    done = icans("backup", file, "--database", url)
    assert done.code == 0
    written, digest = done.out.splitlines()
    assert written == f"written: {file}, {len(ward.rows(audit))} rows of the audit log, verified"
    assert digest == f"digest of the last: {ward.head()}"
    done = icans("restore", file, "--database", empty_url)
    assert done.out == f"restored from {file}: {len(ward.rows(audit))} rows of the audit log, verified\n"
    done = icans("audit", "verify", "--known", ward.head(), "--database", empty_url)
    assert done.code == 0
    assert digest in done.out.splitlines()


def test_a_backup_that_cannot_be_is_refused_in_one_line(icans: Icans, url: str, tmp_path: Path):
    icans("backup", tmp_path / "b", "--database", url)
    refused(icans("backup", tmp_path / "b", "--database", url), "b is there already; a backup never overwrites one")
    refused(icans("backup", "/proc/nowhere/b", "--database", url), "/proc/nowhere")
    refused(icans("restore", tmp_path / "b", "--database", url), "the store is not empty; restore into a new one")
    refused(icans("restore", tmp_path / "c", "--database", url), "c: no such file")
    (tmp_path / "c").write_text("no backup")
    refused(icans("restore", tmp_path / "c", "--database", url), "c is no sound backup of icans: it is no SQLite file")


def test_verify_says_what_was_changed_and_ends_with_1(icans: Icans, ward: Made, url: str):
    ward.enter(temperature(38.4))
    assert icans("audit", "verify", "--database", url).code == 0
    with ward.store.engine.begin() as db:
        db.execute(entry.update().where(entry.c.value == 38.4).values(value=36.6))
    done = icans("audit", "verify", "--database", url)
    assert (done.code, done.out) == (1, "")
    place = ward.rows(audit)[-1]["place"]
    assert done.err.splitlines() == [
        "icans: the audit log, or what it speaks of, was changed:", f"what row {place} says was written was changed",
    ]  # fmt: skip


def test_a_digest_that_is_none_is_refused_and_one_that_is_gone_is_told(icans: Icans, url: str):
    refused(icans("audit", "verify", "--known", "abc", "--database", url), "--known: the 64 characters")
    done = icans("audit", "verify", "--known", "f" * 64, "--database", url)
    assert done.code == 1
    assert "the digest that was noted earlier is not in the chain" in done.err


@pytest.mark.parametrize(
    "words",
    [("audit", "verify"), ("backup", "b"), ("user", "list"), ("user", "change", "nora", "--shut"), ("site", "get"),
     ("token", "add", "nora", "--label", "x")],
    ids=" ".join,
)  # fmt: skip
def test_a_store_that_is_not_there_is_told_and_not_made(
    icans: Icans, empty_url: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
):
    monkeypatch.chdir(tmp_path)
    refused(icans(*words, "--database", empty_url), "there is no store; `icans serve` makes one")
    refused(icans(*words, "--database", empty_url), "there is no store")
    assert kind == "postgresql" or not Path(empty_url).exists()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("mysql://host/ward", "a mysql database is not known here"),
        ("postgresql://nobody:secret@127.0.0.1:1/ward", "cannot be opened"),
        ("", "--database is empty"),
        ("/proc/nowhere/ward.sqlite3", "/proc/nowhere"),
        (".", "cannot be opened"),
    ],
)
def test_a_database_that_cannot_be_opened_is_told_in_one_line(icans: Icans, address: str, told: str):
    done = icans("user", "add", "otto", "--name", "Otto", "--role", "nurse", "--database", address, given=PASSWORD)
    refused(done, told)
    assert "secret" not in done.err


def test_a_database_that_fails_on_the_way_is_told_in_one_line(icans: Icans, ward: Made, url: str):
    with ward.store.engine.begin() as db:
        db.exec_driver_sql("delete from audit_head")
    refused(icans("user", "change", "nora", "--shut", "--database", url), "the end of the audit log is not noted")


def test_serve_says_why_it_cannot_begin(icans: Icans, tmp_path: Path, url: str):
    import socket

    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        refused(icans("serve", "--port", port, "--database", url), f"127.0.0.1 port {port} cannot be listened at")
    refused(icans("serve", "--port", 0, "--database", url), "--port 0: a number from 1 to 65535")
    refused(icans("serve", "--host", "no.such.host.invalid", "--database", url), "cannot be listened at")
    refused(icans("serve", "--demo", "--host", "0.0.0.0", "--port", port), "--demo lets everybody in")
    refused(icans("serve", "--port", port, "--database", "mysql://host/ward"), "a mysql database is not known here")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ((PASSWORD, PASSWORD.upper()), "the two passwords are not the same; nothing was changed"),
        ((PASSWORD, EOFError), "no password was given; nothing was changed"),
    ],
)
def test_at_a_terminal_a_password_is_asked_for_twice(
    icans: Icans, url: str, monkeypatch: pytest.MonkeyPatch, typed: tuple[object, object], told: str
):
    answers = iter(typed)

    def ask(_: str) -> object:
        answer = next(answers)
        if answer is EOFError:
            raise EOFError
        return answer

    monkeypatch.setattr("getpass.getpass", ask)
    refused(icans("user", "change", "nora", "--password", "--database", url, given=None), told)


def test_without_a_password_in_the_standard_input_no_account_is_made(url: str):
    """In a process of its own, as from a script with `< /dev/null`."""
    command = [
        sys.executable,
        "-m",
        "icans",
        "user",
        "add",
        "otto",
        "--name",
        "Otto",
        "--role",
        "nurse",
        "--database",
        url,
    ]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    refused(Done(done.returncode, done.stdout, done.stderr), "password: 12 to 256 characters")
