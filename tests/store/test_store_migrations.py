"""The tables: the migrations make what the schema says, once, and nothing is done to a store that is not ours."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect, text
from sqlalchemy.engine import make_url
from store_made import Made, temperature

from icans.errors import DataError
from icans.store.database import open_store
from icans.store.records import record_of
from icans.store.schema import metadata

OPEN = """
import sys
from icans.store.database import open_store
print("ready", flush=True)
sys.stdin.readline()
open_store(sys.argv[1])
"""


def test_the_migrations_make_the_tables_of_the_schema(empty_url: str):
    with closing(open_store(empty_url)) as store, store.engine.connect() as db:
        assert compare_metadata(MigrationContext.configure(db, opts={"compare_type": True}), metadata) == []


def test_the_migrations_make_the_checks_of_the_schema(empty_url: str):
    with closing(open_store(empty_url)) as store, store.engine.connect() as db:
        there = {c["name"] for t in metadata.tables for c in inspect(db).get_check_constraints(t)}
    wanted = {str(c.name) for t in metadata.tables.values() for c in t.constraints if isinstance(c, CheckConstraint)}
    assert there == {name if name.startswith("ck_") else f"ck_{name}" for name in wanted}


def test_a_store_that_is_opened_again_is_as_it_was(ward: Made, url: str):
    ward.enter(temperature(38.4))
    with closing(open_store(url)) as again, again.read() as db:
        assert record_of(db, ward.patient).observations["value"].to_list() == [38.4]
    assert ward.faults() == ()


def test_an_empty_database_opened_by_several_at_once_is_made_once(empty_url: str):
    command, pipe = [sys.executable, "-c", OPEN, empty_url], subprocess.PIPE
    opening = [subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) for _ in range(4)]
    for one in opening:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in opening:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    told = [one.communicate(timeout=60)[1] for one in opening]
    assert [one.returncode for one in opening] == [0] * 4, told
    with closing(open_store(empty_url)) as store, store.read() as db:
        assert db.execute(text("select count(*) from audit_head")).scalar_one() == 1
        assert db.execute(text("select count(*) from alembic_version")).scalar_one() == 1


def test_a_store_of_a_newer_program_is_refused_and_left_alone(store, url: str):
    with store.engine.begin() as db:
        db.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(DataError, match=r"9999.*a newer one made them. Update icans; nothing was changed"):
        open_store(url)
    with store.engine.connect() as db:
        assert db.execute(text("select version_num from alembic_version")).scalar_one() == "9999"


def test_a_database_of_something_else_is_refused_and_left_alone(empty_url: str):
    with closing(open_store(empty_url)) as store:
        with store.engine.begin() as db:
            metadata.drop_all(db)
            db.execute(text("drop table alembic_version"))
            db.execute(text("create table places (id integer)"))
        with pytest.raises(DataError, match="holds something else than a store of icans"):
            open_store(empty_url)
        with store.engine.connect() as db:
            assert inspect(db).get_table_names() == ["places"]


def test_nothing_is_made_where_a_store_is_expected(empty_url: str, kind: str):
    with pytest.raises(DataError, match="there is no store; `icans serve` makes one"):
        open_store(empty_url, make=False)
    assert kind == "postgresql" or not Path(empty_url).exists()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("not a database " * 100)
    with pytest.raises(DataError, match=r"notes.txt cannot be opened: file is not a database"):
        open_store(str(tmp_path / "notes.txt"))


def test_a_server_that_is_not_there_is_told_without_the_password():
    with pytest.raises(DataError, match="cannot be opened") as told:
        open_store("postgresql://anna:secret@127.0.0.1:1/ward")
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("mysql://host/ward", "a mysql database is not known here; use SQLite or PostgreSQL"),
        ("postgresql://host:port/ward", "--database is no address"),
        ("://", "--database is no address"),
        ("", "--database is empty"),
        ("sqlite://", "a store in memory keeps nothing"),
        ("sqlite:///:memory:", "a store in memory keeps nothing"),
    ],
)
def test_an_address_that_is_none_is_refused_with_what_to_write(address: str, words: str):
    with pytest.raises(DataError, match=words):
        open_store(address)


def test_only_the_owner_may_read_the_file_of_a_store(tmp_path: Path):
    with closing(open_store(str(tmp_path / "new" / "ward.sqlite3"))) as store, store.write() as db:
        db.execute(text("update audit_head set place = place"))
        kept = {f.name: f.stat().st_mode & 0o777 for f in (tmp_path / "new").iterdir()}
    assert kept["ward.sqlite3"] == 0o600
    assert set(kept.values()) == {0o600}


def test_sqlite_writes_through_to_the_disk_and_keeps_references(tmp_path: Path):
    asked = ("journal_mode", "synchronous", "foreign_keys")
    with closing(open_store(str(tmp_path / "ward.sqlite3"))) as store, store.read() as db:
        told = [db.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in asked]
    assert told == ["wal", 2, 1]  # 2: FULL. Source: SQLite, Pragma statements


def test_postgresql_writes_through_to_the_disk_whatever_its_settings_say(server, empty_urls):
    url = empty_urls("postgresql")
    badly = {
        "synchronous_commit": "off", "default_transaction_isolation": "serializable", "timezone": "Asia/Tokyo",
    }  # fmt: skip
    for name, value in badly.items():
        server.do(f"ALTER DATABASE {make_url(url).database} SET {name} = '{value}'")
    shown = ("synchronous_commit", "transaction_isolation", "timezone")
    with closing(open_store(url)) as store:
        with store.write() as db:
            assert [db.execute(text(f"show {s}")).scalar_one() for s in shown] == ["on", "read committed", "UTC"]
        with store.read() as db:
            assert [db.execute(text(f"show {s}")).scalar_one() for s in shown] == ["on", "repeatable read", "UTC"]
