"""Check the audit log and everything it says was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, select

from icans.store.agreement import faults_of_contents
from icans.store.audit import START, digest
from icans.store.schema import audit, audit_head


@dataclass(frozen=True)
class Verified:
    """What a check of the log found: how many rows, the digest of the last, and each fault in words."""

    rows: int
    head: str
    faults: tuple[str, ...]


def verify(db: Connection, known: str | None = None) -> Verified:
    """Check the whole chain and everything it speaks of.

    known  a digest that was noted at an earlier time; the chain must still hold it
    """
    faults: list[str] = []
    noted = known.strip().lower() if known is not None else START
    count, place, last, met = 0, 0, START, noted == START
    for row, found in _checked(db):
        faults += found
        count, place, last = count + 1, row["place"], row["digest"]
        met = met or last == noted
    faults += _end(db, place, last)
    if not met:
        faults.append("the digest that was noted earlier is not in the chain: rows were cut off or written anew")
    return Verified(count, last, (*faults, *faults_of_contents(db)))


def _checked(db: Connection) -> Iterator[tuple[RowMapping, list[str]]]:
    """Each row in order, with what is wrong with it."""
    place, previous = 0, START
    for row in db.execute(select(audit).order_by(audit.c.place).execution_options(yield_per=1000)).mappings():
        found = []
        if row["place"] != place + 1:
            found.append(_missing(place + 1, row["place"] - 1))
        elif row["previous"] != previous:
            found.append(f"row {row['place']} does not follow from the row before it")
        if digest(row) != row["digest"]:
            found.append(f"row {row['place']} was changed")
        place, previous = row["place"], row["digest"]
        yield row, found


def _end(db: Connection, place: int, last: str) -> Iterator[str]:
    """What is wrong with the end of the chain."""
    heads = db.execute(select(audit_head)).mappings().all()
    if len(heads) != 1:
        yield "the end of the log is not noted once, so rows may be missing there"
    elif heads[0]["place"] > place:
        yield f"rows are missing at the end: {heads[0]['place']} were written, the last there is {place}"
    elif (heads[0]["place"], heads[0]["digest"]) != (place, last):
        yield f"row {place} is not the one that was noted as the end of the log"


def _missing(first: int, last: int) -> str:
    if last < first:
        return f"a row stands in place {last + 1}, before the first"
    return f"row {first} is missing" if first == last else f"rows {first} to {last} are missing"
