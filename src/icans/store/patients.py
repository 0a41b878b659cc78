"""The patients of the store: admit, list, find, discharge, move to another unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from icans.errors import DataError
from icans.store.audit import append
from icans.store.columns import too_long
from icans.store.entries import Act, Written, record
from icans.store.errors import Changed, NotThere
from icans.store.schema import entry, patient
from icans.store.written import seal

LONGEST = 120


def admit(
    db: Connection,
    identifier: str,
    entries: Sequence[Mapping[str, Any]],
    *,
    author: str,
    login: str,
    at: datetime,
    care_unit: str = "",
    origin: str = "app",
) -> tuple[str, Written]:
    """A new patient with the first entries of the record; (id, what was written).

    identifier  what the hospital calls the patient, unique here

    Raises DataError for an identifier that is empty, or where it or the unit is too long, Changed where it is taken.
    """
    called = " ".join(identifier.split())
    if not called or len(called) > LONGEST or not called.isprintable():
        raise DataError(f"identifier: 1 to {LONGEST} characters that name the patient")
    new = uuid4().hex
    row = {
        "id": new, "identifier": called, "care_unit": " ".join(care_unit.split()), "version": 0, "changed_at": at,
        "admitted_at": at,
    }  # fmt: skip
    if found := too_long(patient, row):
        raise DataError(*found)
    try:
        db.execute(insert(patient).values(row))
    except IntegrityError:
        raise Changed("a patient with this identifier is here already") from None
    append(db, actor=login, action="patient.admit", at=at, patient=new, detail=seal(db, patient, new))
    return new, record(db, Act(new, author, login, at, origin=origin), entries)


def find(db: Connection, patient_id: str, care_unit: str | None = None) -> RowMapping:
    """One patient. Raises NotThere where there is none, or none on the unit `care_unit` (None: any unit)."""
    wanted = select(patient).where(patient.c.id == patient_id)
    if care_unit is not None:
        wanted = wanted.where(patient.c.care_unit == care_unit)
    found = db.execute(wanted).mappings().first()
    if found is None:
        raise NotThere("no such patient")
    return found


def called(db: Connection, identifier: str, care_unit: str | None = None) -> RowMapping | None:
    """The patient with an identifier, None where there is none on the unit."""
    wanted = select(patient).where(patient.c.identifier == identifier)
    if care_unit is not None:
        wanted = wanted.where(patient.c.care_unit == care_unit)
    return db.execute(wanted).mappings().first()


def listed(db: Connection, care_unit: str | None = None, *, discharged: bool = False) -> list[RowMapping]:
    """The patients on the ward by identifier, without those that went home unless `discharged`."""
    wanted = select(patient).order_by(patient.c.identifier)
    if care_unit is not None:
        wanted = wanted.where(patient.c.care_unit == care_unit)
    if not discharged:
        wanted = wanted.where(patient.c.discharged_at.is_(None))
    return list(db.execute(wanted).mappings())


def gone(db: Connection, care_unit: str | None = None, *, limit: int = 100, skip: int = 0) -> list[RowMapping]:
    """The patients who are not on the ward any more, whoever left last first."""
    wanted = select(patient).where(patient.c.discharged_at.is_not(None))
    if care_unit is not None:
        wanted = wanted.where(patient.c.care_unit == care_unit)
    wanted = wanted.order_by(patient.c.discharged_at.desc(), patient.c.id).limit(limit).offset(skip)
    return list(db.execute(wanted).mappings())


def labels(db: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Patient -> the label as it is now, of those who have one; for a few hundred patients at most."""
    later = entry.alias("later")
    wanted = (
        select(entry.c.patient, entry.c.text)
        .where(entry.c.patient.in_(ids), entry.c.kind == "fact", entry.c.item == "label", ~entry.c.withdrawn)
        .where(~exists().where(later.c.replaces == entry.c.id))
        .order_by(entry.c.version, entry.c.place)
    )
    return {row["patient"]: row["text"] for row in db.execute(wanted).mappings()}


def transfer(db: Connection, patient_id: str, care_unit: str, *, login: str, at: datetime) -> None:
    """Move a patient to another unit; who may see the patient follows the unit.

    Raises DataError for a unit without a name or with one that is too long, Changed where the patient is there already.
    """
    unit = " ".join(care_unit.split())
    if not unit or not unit.isprintable():
        raise DataError("unit: say to which one")
    if found := too_long(patient, {"care_unit": unit}):
        raise DataError(*found)
    before = find(db, patient_id)["care_unit"]
    if before == unit:
        raise Changed(f"the patient is on {unit} already")
    db.execute(update(patient).where(patient.c.id == patient_id).values(care_unit=unit))
    detail = seal(db, patient, patient_id) | {"from": before, "to": unit}
    append(db, actor=login, action="patient.transfer", at=at, patient=patient_id, detail=detail)


def discharge(db: Connection, patient_id: str, *, login: str, at: datetime, back: bool = False) -> None:
    """Take a patient off the ward, or put one back; the record stays."""
    find(db, patient_id)
    db.execute(update(patient).where(patient.c.id == patient_id).values(discharged_at=None if back else at))
    action, detail = "patient.return" if back else "patient.discharge", seal(db, patient, patient_id)
    append(db, actor=login, action=action, at=at, patient=patient_id, detail=detail)
