"""The audit log: whatever is changed, missing or put in behind the program's back is found, and told in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Connection, Float, Integer, Table, delete, insert, select, text, update
from store_made import NOW, PASSWORD, Made, temperature

from icans.store import accounts, audit, patients, settings
from icans.store.columns import Moment
from icans.store.schema import account, act, answer, audit_head, entry, patient, resource, setting
from icans.store.schema import audit as log
from icans.store.verify import Verified, verify

CHECKED = {"role": ("viewer", "nurse"), "kind": ("therapy", "fact", "overridden", "acknowledged")}
"""Columns of which the database itself refuses other values."""
MOVED_ON = {"account": {"failures", "locked_until"}}
"""What the program changes without a row of the log: how often a password was wrong."""


@pytest.fixture
def full(ward: Made) -> Made:
    """A store in which every table that the log speaks of has rows."""
    (old,) = ward.enter(temperature(38.4)).entries
    ward.correct(old, temperature(37.4))
    ward.receive()
    ward.answer()
    with ward.store.write() as db:
        for name in ("Ward 1", "Ward 2"):
            settings.keep(db, {"name": name}, author=None, login="ada", at=NOW, expected=None)
        accounts.change(db, "carl", by="ada", at=NOW, care_unit="Unit A")
        patients.discharge(db, ward.patient, login="carl", at=NOW)
        patients.discharge(db, ward.patient, login="carl", at=NOW, back=True)
        audit.append(db, actor="vera", action="patient.read", at=NOW, patient=ward.patient)
    assert ward.faults() == ()
    return ward


@contextmanager
def behind_its_back(ward: Made) -> Iterator[Connection]:
    """A connection of somebody who has the database itself; what it did is undone."""
    with ward.store.engine.connect() as db:
        if db.dialect.name == "sqlite":
            db.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        else:
            db.execute(text("set session_replication_role = replica"))
        try:
            yield db
        finally:
            db.rollback()
            if db.dialect.name == "sqlite":
                db.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]
            else:
                db.execute(text("set session_replication_role = origin"))
                db.commit()


def after(ward: Made, *changes: Any, known: str | None = None) -> Verified:
    """What the check says after some changes behind its back."""
    with behind_its_back(ward) as db:
        for change in changes:
            assert db.execute(change).rowcount in (1, -1)  # -1: psycopg does not count what is put in
        return verify(db, known)


def another(column: Column[Any], value: Any) -> Any:
    """A value that the column could hold as well."""
    if column.name in CHECKED:
        known = CHECKED[column.name][2:] if column.table.name == "answer" else CHECKED[column.name]
        return next(word for word in known if word != value)
    match column.type:
        case Boolean():
            return not value
        case Moment():
            return (value or NOW) + timedelta(seconds=1)
        case Integer() | Float():
            return (value or 0) + 100
        case JSON():
            return {"changed": True}
        case _:
            text = value or ""
            return f"{text[:-1]}{'y' if text.endswith('x') else 'x'}"


@pytest.mark.parametrize("table", [log, act, entry, resource, answer, patient, account, setting], ids=lambda t: t.name)
def test_any_column_of_any_row_that_is_changed_is_found(full: Made, table: Table):
    tried = 0
    for row in full.rows(table):
        mine = [table.c[key.name] == row[key.name] for key in table.primary_key]
        for column in table.c:
            if column.name in MOVED_ON.get(table.name, ()):
                continue
            value = another(column, row[column.name])
            assert value != row[column.name]
            found = after(full, update(table).where(*mine).values({column.name: value}))
            assert found.faults, f"{column.name} of {table.name}"
            tried += 1
    assert tried >= len(table.c)
    assert full.faults() == ()


@pytest.mark.parametrize("table", [log, act, entry, resource, answer, patient, account, setting], ids=lambda t: t.name)
def test_any_row_that_is_deleted_is_found(full: Made, table: Table):
    for row in full.rows(table):
        mine = [table.c[key.name] == row[key.name] for key in table.primary_key]
        assert after(full, delete(table).where(*mine)).faults
    assert full.faults() == ()


def row_of(ward: Made, action: str, number: int = -1) -> int:
    """The place in the log of a row with an action."""
    return [row["place"] for row in ward.rows(log) if row["action"] == action][number]


def test_a_changed_row_is_named(full: Made):
    place = row_of(full, "advice.answer")
    changed = update(log).where(log.c.place == place).values(actor="somebody else")
    assert after(full, changed).faults == (f"row {place} was changed",)


def test_a_row_that_was_changed_and_hashed_anew_does_not_fit_the_next(full: Made):
    place = row_of(full, "record.write")
    row = dict(next(r for r in full.rows(log) if r["place"] == place)) | {"actor": "somebody else"}
    anew = update(log).where(log.c.place == place).values(actor=row["actor"], digest=audit.digest(row))
    assert after(full, anew).faults == (f"row {place + 1} does not follow from the row before it",)


def test_missing_rows_are_named(full: Made):
    place = row_of(full, "advice.answer")
    assert f"row {place} is missing" in after(full, delete(log).where(log.c.place == place)).faults
    both = [delete(log).where(log.c.place == n) for n in (place, place + 1)]
    assert f"rows {place} to {place + 1} are missing" in after(full, *both).faults


def test_two_rows_that_changed_places_are_named(full: Made):
    first = row_of(full, "settings.change", 0)
    changes = [
        update(log).where(log.c.place == old).values(place=new)
        for old, new in ((first, 9000), (first + 1, first), (9000, first + 1))
    ]
    found = after(full, *changes).faults
    assert {f"row {first} was changed", f"row {first + 1} was changed"} <= set(found)


def test_rows_cut_from_the_end_are_found_by_the_noted_end(full: Made):
    last = full.rows(log)[-1]["place"]
    assert after(full, delete(log).where(log.c.place == last)).faults == (
        f"rows are missing at the end: {last} were written, the last there is {last - 1}",
    )


def cut_with_its_end(ward: Made) -> list[Any]:
    """The last row cut off, and the noted end mended to hide it."""
    rows = ward.rows(log)
    kept = {"place": rows[-2]["place"], "digest": rows[-2]["digest"]}
    return [delete(log).where(log.c.place == rows[-1]["place"]), update(audit_head).values(kept)]


def test_rows_cut_from_the_end_together_with_it_are_found_by_a_digest_noted_elsewhere(full: Made):
    known, cut = full.head(), cut_with_its_end(full)
    assert after(full, *cut).faults == ()  # the last row was a reading: nothing else tells of it
    assert after(full, *cut, known=known).faults == (
        "the digest that was noted earlier is not in the chain: rows were cut off or written anew",
    )


def test_a_write_whose_row_was_cut_off_is_found_without_it(full: Made):
    full.enter(temperature(39.0, hours=0.5))
    assert after(full, *cut_with_its_end(full)).faults == ("rows of the table act that the log does not speak of: 1",)


@pytest.mark.parametrize("spell", [str, str.upper, "  {}\n".format])
def test_a_digest_noted_earlier_is_found_again_after_more_was_written(full: Made, spell: Callable[[str], str]):
    known = spell(full.head())
    full.enter(temperature(39.0, hours=0.5))
    assert full.faults(known) == ()
    assert full.faults(audit.START) == ()
    assert len(full.faults("f" * 64)) == 1


def test_an_end_that_is_not_noted_is_told_and_nothing_more_is_written(full: Made):
    with behind_its_back(full) as db:
        db.execute(delete(audit_head))
        words = "the end of the log is not noted once, so rows may be missing there"
        assert verify(db).faults == (words,)


def forged(ward: Made, **different: Any) -> dict[str, Any]:
    last = ward.rows(log)[-1]
    row = dict(last) | {"place": last["place"] + 1, "previous": last["digest"]} | different
    return row | {"digest": audit.digest(row)}


def test_a_row_put_at_the_end_is_found(full: Made):
    row = forged(full)
    said = f"row {row['place']} is not the one that was noted as the end of the log"
    assert after(full, insert(log).values(row)).faults == (said,)


def test_a_row_put_before_the_first_is_found(full: Made):
    row = forged(full, place=0, previous=audit.START)
    assert "a row stands in place 0, before the first" in after(full, insert(log).values(row)).faults


@pytest.mark.parametrize("detail", ["", "no json", "[]", "null", "{}", '{"id": 3}'])
def test_a_row_that_says_nothing_sensible_is_told_and_the_check_goes_on(full: Made, detail: str):
    place = row_of(full, "record.write")
    found = after(full, update(log).where(log.c.place == place).values(detail=detail)).faults
    assert f"row {place} was changed" in found
    assert f"what row {place} says was written is missing" in found


def test_a_changed_entry_is_told_by_the_row_that_speaks_of_it(full: Made):
    row = next(r for r in full.rows(entry) if r["value"] == 37.4)
    place = row_of(full, "record.write", 2)
    words = (f"what row {place} says was written was changed",)
    assert after(full, update(entry).where(entry.c.id == row["id"]).values(value=39.9)).faults == words
    assert after(full, delete(entry).where(entry.c.id == row["id"])).faults == words


def test_a_changed_resource_is_told_by_the_row_that_speaks_of_it(full: Made):
    place = row_of(full, "record.write", 3)
    words = (f"what row {place} says was written was changed",)
    assert after(full, update(resource).values(content={"status": "entered-in-error"})).faults == words
    assert after(full, update(resource).values(content=None)).faults == words


def test_a_changed_answer_and_a_missing_one_are_told(full: Made):
    place = row_of(full, "advice.answer")
    changed = update(answer).values(kind="overridden", reason="not needed")
    assert after(full, changed).faults == (f"what row {place} says was written was changed",)
    assert after(full, delete(answer)).faults == (f"what row {place} says was written is missing",)


def test_a_missing_act_is_told_and_so_are_its_entries(full: Made):
    place = row_of(full, "record.write", 1)
    name = next(r for r in full.rows(act) if r["version"] == 2)["id"]
    found = after(full, delete(act).where(act.c.id == name)).faults
    assert found == (
        f"what row {place} says was written is missing",
        "rows of the table entry that belong to no act: 1",
        "records whose version or time is not that of their newest act: 1",
    )


def put_in(ward: Made, table: Table, **different: Any) -> Any:
    """The statement that puts a copy of the last row in, with another key."""
    return insert(table).values(dict(ward.rows(table)[-1]) | {"id": "e" * 32} | different)


def test_what_was_put_in_without_a_row_of_the_log_is_found(full: Made):
    strange = "rows of the table {} that the log does not speak of: 1".format
    assert strange("act") in after(full, put_in(full, act, version=99)).faults
    assert after(full, put_in(full, answer)).faults == (strange("answer"),)
    assert strange("patient") in after(full, put_in(full, patient, identifier="P-9")).faults
    assert after(full, put_in(full, account, login="eve", role="administrator")).faults == (strange("account"),)
    assert after(full, put_in(full, entry, act="f" * 32, replaces=None)).faults == (
        "rows of the table entry that belong to no act: 1",
    )
    with behind_its_back(full) as db:
        db.execute(insert(setting).values(version=9, content={}, author=None, at=NOW))
        assert verify(db).faults == (strange("setting"),)


def test_an_entry_put_into_an_act_is_found(full: Made):
    place = row_of(full, "record.write", 3)
    with full.store.read() as db:
        name = db.execute(select(act.c.id).where(act.c.origin == "fhir")).scalar_one()
    found = after(full, put_in(full, entry, act=name, replaces=None, place=1)).faults
    assert found == (f"what row {place} says was written was changed",)


def test_who_made_themselves_an_administrator_is_found(full: Made):
    place = row_of(full, "account.make", 3)
    raised = update(account).where(account.c.login == "vera").values(role="administrator")
    assert after(full, raised).faults == (f"what row {place} says was written was changed",)


def test_two_patients_whose_identifiers_were_swapped_are_found(full: Made):
    other = full.admit("P-2")
    changes = [
        update(patient).where(patient.c.id == who).values(identifier=name)
        for who, name in ((full.patient, "?"), (other, "P-1"), (full.patient, "P-2"))
    ]
    first, second = row_of(full, "patient.return"), row_of(full, "patient.admit")
    assert after(full, *changes).faults == tuple(
        f"what row {place} says was written was changed" for place in sorted((first, second))
    )


def test_wrong_passwords_and_a_new_one_do_not_break_the_log(full: Made):
    with full.store.write() as db:
        assert accounts.check_password(db, "nora", "not the pass phrase", NOW) is None
        accounts.change(db, "nora", by="ada", at=NOW, password="another long pass phrase")
    with full.store.write() as db:
        assert accounts.check_password(db, "nora", PASSWORD, NOW) is None
    assert full.faults() == ()


def test_the_log_never_holds_a_value_a_password_or_a_name_of_a_patient(full: Made):
    said = "".join(row["detail"] + row["actor"] for row in full.rows(log))
    for secret in ("38.4", "37.4", "P-1", PASSWORD, "final", "neurologist"):
        assert secret not in said


def test_what_cannot_be_kept_in_a_name_does_not_break_the_chain(full: Made):
    with full.store.write() as db:
        audit.append(db, actor="a\x00\ud800" + "b" * 200, action="sign-in", at=NOW, detail={"label": "\udfff\x00"})
    row = full.rows(log)[-1]
    assert row["actor"] == f"a\ufffd\ufffd{'b' * 117}"
    assert full.faults() == ()


def test_rows_of_the_log_come_the_newest_first_and_by_patient(full: Made):
    with full.store.read() as db:
        newest = audit.rows(db, limit=3)
        older = audit.rows(db, limit=3, before=newest[-1]["place"])
        theirs = audit.rows(db, patient=full.patient)
    places = [row["place"] for row in (*newest, *older)]
    assert places == sorted(places, reverse=True)
    assert len(set(places)) == 6
    assert {row["patient"] for row in theirs} == {full.patient}
    assert theirs[0]["action"] == "patient.read"
