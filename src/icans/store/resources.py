"""FHIR resources as they were received: one row a version, beside the entries that they gave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, insert, select

from icans.store.columns import kept_all
from icans.store.entries import Act
from icans.store.schema import act, resource

Received = tuple[str, str, Mapping[str, Any] | None]
"""(type, id, content) of a resource; no content: it is deleted."""


def keep(db: Connection, done: Act, version: int, received: Iterable[Received]) -> None:
    """Keep a version of each resource.

    done     the act whose entries the resources gave; it is sealed after this
    version  that of the record after the act, so that it grows with every write and an act of the app counts too
    """
    same = {"version": version, "patient": done.patient, "act": done.id, "at": done.at}
    rows = [
        {"type": kind, "id": name, **same, "content": None if content is None else kept_all(content)}
        for kind, name, content in received
    ]
    if rows:
        db.execute(insert(resource), rows)


def newest(db: Connection, kind: str, name: str) -> RowMapping | None:
    """The newest version of a resource; None where none was received under this id."""
    mine = (resource.c.type == kind) & (resource.c.id == name)
    wanted = select(resource).where(mine).order_by(resource.c.version.desc()).limit(1)
    return db.execute(wanted).mappings().first()


def of_version(db: Connection, kind: str, name: str, version: int) -> RowMapping | None:
    """One version of a resource; None where there is none."""
    mine = (resource.c.type == kind) & (resource.c.id == name) & (resource.c.version == version)
    return db.execute(select(resource).where(mine)).mappings().first()


def of_patient(db: Connection, patient_id: str) -> list[RowMapping]:
    """The newest version of every resource about a patient, but for the Patient itself, the oldest first."""
    mine = (resource.c.patient == patient_id) & (resource.c.type != "Patient")
    return list(db.execute(_newest(mine).order_by(resource.c.version, resource.c.type, resource.c.id)).mappings())


def acts_of(db: Connection, kind: str, name: str) -> set[str]:
    """The acts by which the versions of a resource came."""
    mine = (resource.c.type == kind) & (resource.c.id == name)
    return set(db.execute(select(resource.c.act).where(mine)).scalars())


def notes(db: Connection, patient_id: str) -> dict[str, Mapping[str, Any]]:
    """Act -> its `extra`, of the acts by which resources of a patient came."""
    wanted = select(act.c.id, act.c.extra).where(act.c.patient == patient_id, act.c.origin == "fhir")
    return {row["id"]: row["extra"] for row in db.execute(wanted).mappings() if row["extra"]}


def patients_sent(db: Connection) -> list[RowMapping]:
    """The newest version of each Patient resource that was received."""
    return list(db.execute(_newest(resource.c.type == "Patient")).mappings())


def _newest(mine: ColumnElement[bool]) -> Select[Any]:
    """The newest version of each of some resources."""
    key = (resource.c.type, resource.c.id)
    last = select(*key, func.max(resource.c.version).label("version")).where(mine).group_by(*key).subquery()
    same = (resource.c.type == last.c.type) & (resource.c.id == last.c.id) & (resource.c.version == last.c.version)
    return select(resource).join(last, same)
