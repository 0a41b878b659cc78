"""Backup and restore: one moment of the store, whole, checked, and never over something that is there."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update
from store_made import NOW, Made, temperature

from icans.errors import DataError
from icans.store import entries, resources, settings, sign_ins
from icans.store.backup import back_up, bring_back
from icans.store.database import Store, open_store
from icans.store.schema import audit, entry, metadata
from icans.store.verify import verify

Opened = Callable[[str], Store]


@pytest.fixture
def opened(empty_urls: Callable[[str], str]) -> Iterator[Opened]:
    """kind -> a new empty store."""
    made: list[Store] = []

    def new(kind: str) -> Store:
        made.append(open_store(empty_urls(kind)))
        return made[-1]

    yield new
    for one in made:
        one.close()


@pytest.fixture
def full(ward: Made) -> Made:
    """A store with something in every table that a ward fills."""
    (old,) = ward.enter(temperature(38.4), ward.act(note="Größe \u202e")).entries
    ward.correct(old, temperature(37.4), ward.act("carl"))
    ward.receive(content={"status": "final", "valueQuantity": {"value": 38.4}, "text": "\ud800\x00"})
    ward.answer("overridden", "had a reaction")
    with ward.store.write() as db:
        settings.keep(db, {"name": "Ward 1"}, author=ward.who("ada").id, login="ada", at=NOW, expected=0)
        sign_ins.begin(db, ward.who("nora"), now=NOW, kind="token", label="pump")
    return ward


def content(store: Store) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables."""
    with store.read() as db:
        rows = {t.name: [dict(r) for r in db.execute(t.select()).mappings()] for t in metadata.tables.values()}
    return {name: sorted(found, key=str) for name, found in rows.items()}


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_backup_restores_to_the_same_in_either_database(full: Made, opened: Opened, target: str, tmp_path: Path):
    done = back_up(full.store, tmp_path / "ward.backup")
    restored = opened(target)
    found = bring_back(restored, tmp_path / "ward.backup")
    assert done.faults == found.faults == ()
    assert (done.rows, done.head) == (found.rows, found.head)
    assert content(restored) == content(full.store)
    with restored.read() as db:
        assert verify(db, known=done.head).faults == ()


def test_there_and_back_again_and_the_ward_goes_on(full: Made, opened: Opened, kind: str, tmp_path: Path):
    before = content(full.store)
    back_up(full.store, tmp_path / "first")
    other = opened("postgresql" if kind == "sqlite" else "sqlite")
    bring_back(other, tmp_path / "first")
    back_up(other, tmp_path / "second", by="ada")
    home = opened(kind)
    bring_back(home, tmp_path / "second")
    after = content(home)
    left = {"audit", "audit_head"}
    assert {n: r for n, r in after.items() if n not in left} == {n: r for n, r in before.items() if n not in left}
    said = [(row["action"], row["actor"]) for row in sorted(after["audit"], key=lambda r: r["place"])[-2:]]
    assert said == [("store.backup", "command line"), ("store.backup", "ada")]
    with home.write() as db:
        sign_ins.begin(db, full.who("carl"), now=NOW)
    with home.read() as db:
        assert verify(db).faults == ()


def test_resources_whose_ids_sort_differently_survive_the_move(ward: Made, opened: Opened, kind: str, tmp_path: Path):
    act = ward.act(origin="fhir")
    names = ["b", "B", "a-1", "A1", "a1", "a.1", "_", "Z"]  # capitals and points: SQLite sorts by code, a language not
    with ward.store.write() as db:
        written = entries.write(db, act, temperature(38.4))
        resources.keep(db, act, written.version, [("Observation", name, {"n": name}) for name in names])
        entries.sealed(db, act)
    back_up(ward.store, tmp_path / "b")
    other = opened("postgresql" if kind == "sqlite" else "sqlite")
    assert bring_back(other, tmp_path / "b").faults == ()


def test_a_backup_taken_while_others_write_is_of_one_moment(ward: Made, opened: Opened, tmp_path: Path):
    stop, written = threading.Event(), []

    def writing() -> None:
        hours = 1.0
        while not stop.is_set():
            hours += 0.01
            written.append(ward.enter([*temperature(38, hours), *_pulse(hours)]).version)

    thread = threading.Thread(target=writing)
    thread.start()
    try:
        while len(written) < 5:
            stop.wait(0.01)
        for number in range(3):
            back_up(ward.store, tmp_path / f"{number}")
    finally:
        stop.set()
        thread.join()
    assert ward.faults() == ()
    for number in range(3):
        restored = opened("sqlite")
        bring_back(restored, tmp_path / f"{number}")
        rows = [row for row in content(restored)["entry"] if row["item"] != "product"]
        versions = [row["version"] for row in rows if row["kind"] == "observation"]
        # Every act has both of its entries, and no act is missing before one that is there.
        assert all(versions.count(v) == 2 for v in set(versions))
        assert set(versions) == set(range(2, max(versions) + 1))
        assert max(versions) <= written[-1]


def _pulse(hours: float) -> list[dict[str, Any]]:
    return [row | {"item": "heart_rate", "value": 90.0} for row in temperature(38, hours)]


def test_a_backup_is_one_file_that_only_its_owner_may_read(full: Made, tmp_path: Path):
    (tmp_path / "out").mkdir()
    back_up(full.store, tmp_path / "out" / "ward.backup")
    (file,) = (tmp_path / "out").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as db:
        assert db.execute("select count(*) from act").fetchone() == (4,)


def test_a_backup_never_overwrites(full: Made, tmp_path: Path):
    (tmp_path / "there").write_text("dear")
    with pytest.raises(DataError, match="there is there already; a backup never overwrites one"):
        back_up(full.store, tmp_path / "there")
    assert (tmp_path / "there").read_text() == "dear"


def test_a_store_that_is_not_empty_is_not_overwritten(full: Made, opened: Opened, kind: str, tmp_path: Path):
    back_up(full.store, tmp_path / "b")
    full.enter(temperature(39.0, hours=0.5))
    before = content(full.store)
    with pytest.raises(DataError, match="the store is not empty; restore into a new one"):
        bring_back(full.store, tmp_path / "b")
    assert content(full.store) == before


def damaged(file: Path, how: str) -> None:
    """A backup that something happened to."""
    if how == "cut short":
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    elif how == "written over":
        with file.open("r+b") as raw:
            raw.seek(file.stat().st_size // 2)
            raw.write(b"\xff" * 20_000)
    else:
        with closing(sqlite3.connect(file)) as db:
            db.execute(how)
            db.commit()


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("cut short", "b is damaged; take another backup|b is no sound backup of icans: it is damaged"),
        ("written over", "b is damaged; take another backup|b is no sound backup of icans: it is damaged"),
        ("update entry set value = 36.6 where value = 37.4", "b is no sound backup of icans: it does not verify"),
        (
            "delete from audit where place = 9",
            "b is no sound backup of icans: it does not verify.*\nrow 9 is missing",
        ),
        (
            "update alembic_version set version_num = '9999'",
            "b is no sound backup of icans: its tables have",
        ),
        ("drop table audit_head", "b is no sound backup of icans: the tables of a store are not in it"),
        ("drop table entry", "b is damaged"),
    ],
)
def test_a_backup_that_was_changed_or_damaged_is_refused(
    full: Made, opened: Opened, tmp_path: Path, how: str, words: str
):
    back_up(full.store, tmp_path / "b")
    damaged(tmp_path / "b", how)
    before = (tmp_path / "b").read_bytes()
    store = opened("sqlite")
    with pytest.raises(DataError, match=words) as told:
        bring_back(store, tmp_path / "b")
    assert "icans-restore" not in str(told.value)
    assert (tmp_path / "b").read_bytes() == before
    assert content(store)["account"] == content(store)["audit"] == []


def test_files_of_something_else_are_refused(opened: Opened, tmp_path: Path):
    store = opened("sqlite")
    (tmp_path / "text").write_text("no backup\n" * 100)
    (tmp_path / "empty").touch()
    with closing(sqlite3.connect(tmp_path / "other")) as db:
        db.execute("create table places (id integer)")
    with pytest.raises(DataError, match="nowhere: no such file"):
        bring_back(store, tmp_path / "nowhere")
    with pytest.raises(DataError, match="no such file"):
        bring_back(store, tmp_path)
    for name in ("text", "empty"):
        with pytest.raises(DataError, match=f"{name} is no sound backup of icans: it is no SQLite file"):
            bring_back(store, tmp_path / name)
    with pytest.raises(DataError, match="other is no sound backup of icans: the tables of a store are not in it"):
        bring_back(store, tmp_path / "other")


def test_a_store_in_use_is_no_backup(tmp_path: Path, opened: Opened, sqlite_template: Path):
    shutil.copyfile(sqlite_template, tmp_path / "used")
    with closing(open_store(str(tmp_path / "used"))) as used:
        Made(used)
        with pytest.raises(DataError, match="it is a store in use, and not all of it is in this file"):
            bring_back(opened("sqlite"), tmp_path / "used")


def test_a_backup_of_what_does_not_verify_is_not_kept(full: Made, tmp_path: Path):
    with full.store.engine.begin() as db:
        db.execute(update(entry).where(entry.c.value == 37.4).values(value=36.6))
    with pytest.raises(DataError, match=r"it does not verify, so nothing was kept\. Copy the database itself"):
        back_up(full.store, tmp_path / "b")
    assert list(tmp_path.glob("b*")) == list(tmp_path.glob(".backup*")) == []


def test_a_backup_whose_rows_were_all_cut_off_is_found_by_the_digest_noted(full: Made, opened: Opened, tmp_path: Path):
    known = full.head()
    store = opened("sqlite")
    with store.engine.begin() as db:
        db.execute(delete(audit))
    with store.read() as db:
        assert verify(db).faults == ()  # an empty store has no fault
        assert len(verify(db, known).faults) == 1
