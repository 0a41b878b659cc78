"""Many at once: no write is lost, none waits in vain, and what is slow does not get slower than it must."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text, update
from store_made import NOW, Made, temperature

from icans.store import audit, database, entries
from icans.store.database import Store, open_store
from icans.store.errors import Changed, Unavailable
from icans.store.schema import act, audit_head, entry, patient
from icans.store.schema import audit as log
from icans.store.verify import verify
from icans.store.written import digests_of_acts

THREADS, WRITES = 8, 20


def test_eight_people_write_to_one_patient_and_nothing_is_lost(ward: Made, url: str):
    """Half of them through another opening of the store, as another process has it."""
    with closing(open_store(url)) as second:
        doors = [Made.__new__(Made) for _ in range(2)]
        for door, store in zip(doors, (ward.store, second), strict=True):
            door.store, door.patient = store, ward.patient

        def write(person: int) -> list[int]:
            door = doors[person % 2]
            hours = [1 + person + n / 100 for n in range(WRITES)]
            return [door.enter(temperature(38.0, h)).version for h in hours]

        with ThreadPoolExecutor(THREADS) as pool:
            versions = [v for some in pool.map(write, range(THREADS)) for v in some]
    assert sorted(versions) == list(range(2, 2 + THREADS * WRITES))
    assert [row["version"] for row in sorted(ward.rows(act), key=lambda r: r["version"])] == [1, *sorted(versions)]
    assert ward.version() == 1 + THREADS * WRITES
    assert len(ward.values()) == THREADS * WRITES
    assert ward.faults() == ()


def test_of_many_who_saw_the_same_version_one_is_first_and_the_others_are_told(ward: Made):
    start = threading.Barrier(THREADS)

    def write(person: int) -> bool:
        start.wait()
        try:
            ward.enter(temperature(38 + person / 10), ward.act(expected=1))
        except Changed:
            return False
        return True

    with ThreadPoolExecutor(THREADS) as pool:
        assert sum(pool.map(write, range(THREADS))) == 1
    assert len(ward.values()) == 1
    assert ward.version() == 2


def test_one_act_sent_by_many_at_once_is_one(ward: Made):
    name, start = "a" * 32, threading.Barrier(THREADS)

    def send(_: int) -> tuple[bool, tuple[str, ...]]:
        start.wait()
        written = ward.enter(temperature(38.4), ward.act(id=name))
        return written.new, written.entries

    with ThreadPoolExecutor(THREADS) as pool:
        told = list(pool.map(send, range(THREADS)))
    assert [new for new, _ in told].count(True) == 1
    assert len({names for _, names in told}) == 1
    assert ward.values() == [38.4]


def test_readers_go_on_while_somebody_writes(ward: Made):
    with ward.store.write() as db:
        entries.record(db, ward.act(), temperature(38.4))
        begun = time.monotonic()
        assert ward.values() == []  # what is not committed is seen by nobody
        assert time.monotonic() - begun < 2
    assert ward.values() == [38.4]


@contextmanager
def impatient(monkeypatch: pytest.MonkeyPatch, url: str) -> Iterator[Store]:
    """A store that waits a fifth of a second for its turn."""
    monkeypatch.setattr(database, "_BUSY_MS", 200)
    monkeypatch.setattr(database, "_FILE", ("busy_timeout=200", "journal_mode=WAL"))
    monkeypatch.setattr(database, "_SESSION", ("SET lock_timeout = 200",))
    with closing(open_store(url)) as store:
        yield store


def test_who_waits_too_long_for_another_process_is_told_in_words(ward: Made, url: str, monkeypatch: pytest.MonkeyPatch):
    words = r"the store does not answer \(.*lock.*\); nothing was changed"
    with impatient(monkeypatch, url) as other:
        with ward.store.write(), pytest.raises(Unavailable, match=words), other.write():
            pytest.fail("two write at once")
        with other.write() as db:
            audit.append(db, actor="nora", action="ward.read", at=NOW)


def test_a_write_within_a_write_is_told_rather_than_waiting_for_itself(url: str, monkeypatch: pytest.MonkeyPatch):
    words = "the store is busy: a write before this one does not end"
    with impatient(monkeypatch, url) as store, store.write(), pytest.raises(Unavailable, match=words), store.write():
        pytest.fail("a write within a write")


def test_without_the_end_of_the_log_nobody_writes(ward: Made):
    with ward.store.engine.begin() as db:
        db.execute(audit_head.delete())
    with pytest.raises(Unavailable, match="the end of the audit log is not noted; see `icans audit verify`"):
        ward.enter(temperature(38.4))
    assert ward.values() == []


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)  # SQLite has no connection that breaks
def test_a_connection_that_broke_does_not_stop_the_next_write(ward: Made):
    with pytest.raises(Unavailable, match="the store does not answer"), ward.store.write() as db:
        db.execute(text("select pg_terminate_backend(pg_backend_pid())"))
    ward.enter(temperature(38.4))
    assert ward.values() == [38.4]


def many_acts(ward: Made, how_many: int) -> None:
    """Acts of one entry each, put in all at once; the chain is worked out as the program does."""
    who, times = ward.who("nora").id, [NOW - timedelta(minutes=n) for n in range(how_many)]
    names = [f"{n:032x}" for n in range(how_many)]
    same = {"patient": ward.patient, "author": who, "origin": "app", "note": "", "extra": None}
    acts = [{"id": n, "version": v, "at": NOW, **same} for v, n in enumerate(names, 2)]
    rows = [
        {"id": f"e{n[1:]}", "act": n, "place": 0, "patient": ward.patient, "version": v, "kind": "observation",
         "item": "temperature", "time": t, "value": 38.0, "implausible": False, "withdrawn": False}
        for v, (n, t) in enumerate(zip(names, times, strict=True), 2)
    ]  # fmt: skip
    with ward.store.engine.begin() as db:
        db.execute(insert(act), acts)
        db.execute(insert(entry), rows)
        db.execute(update(patient).values(version=how_many + 1, changed_at=NOW))
        said: list[dict[str, Any]] = []
        head = dict(db.execute(audit_head.select()).mappings().one())
        for start in range(0, how_many, 500):
            for name, digest in sorted(digests_of_acts(db, names[start : start + 500]).items()):
                row: dict[str, Any] = {
                    "place": head["place"] + 1, "at": NOW.isoformat(), "actor": "nora", "action": "record.write",
                    "patient": ward.patient, "detail": audit.canonical({"id": name, "digest": digest}),
                    "previous": head["digest"],
                }  # fmt: skip
                head = {"place": row["place"], "digest": audit.digest(row)}
                said.append(row | {"digest": head["digest"]})
        db.execute(insert(log), said)
        db.execute(update(audit_head).values(head))


def test_five_thousand_acts_are_verified_in_seconds(ward: Made):
    many_acts(ward, 5000)
    begun = time.monotonic()
    with ward.store.read() as db:
        found = verify(db)
    took = time.monotonic() - begun
    assert found.faults == ()
    assert found.rows > 5000
    assert took < 20  # about 1 s on a machine that does nothing else
