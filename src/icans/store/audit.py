"""The audit log: who read or wrote what, each row holding the SHA-256 of the one before it.

A changed row, a missing one and rows put in between break the chain. Rows cut from its end are found by the kept head,
and, where somebody wrote the head too, by a digest that was noted elsewhere (`store.verify`). Each write to a
record, an account or the settings leaves the digest of what was written, so a changed or missing entry is found too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from icans.store.columns import kept
from icans.store.schema import audit, audit_head

START = "0" * 64
"""What the first row has in place of a digest before it."""

_HASHED = ("place", "at", "actor", "action", "patient", "detail", "previous")


def append(
    db: Connection, *, actor: str, action: str, at: datetime, patient: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> int:  # fmt: skip
    """Add a row to the chain in this transaction; its place, from 1.

    actor, action  who did what: a login, `patient.read`; detail: what belongs to it, never a value of a patient
    """
    head = db.execute(select(audit_head)).mappings().one()
    row: dict[str, Any] = {
        "place": head["place"] + 1, "at": at.astimezone(UTC).isoformat(), "actor": kept(actor[:120]),
        "action": action[:60], "patient": patient, "detail": kept(canonical(detail or {})), "previous": head["digest"],
    }  # fmt: skip
    row["digest"] = digest(row)
    db.execute(insert(audit).values(row))
    db.execute(update(audit_head).values(place=row["place"], digest=row["digest"]))
    return row["place"]


def canonical(content: Any) -> str:
    """JSON with one way to write everything."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def digest(row: Mapping[str, Any] | RowMapping) -> str:
    """The SHA-256 of a row of the log, over everything but itself."""
    return hashlib.sha256(canonical([row[name] for name in _HASHED]).encode()).hexdigest()


def rows(
    db: Connection, *, patient: str | None = None, before: int | None = None, limit: int = 200
) -> list[RowMapping]:
    """Rows of the log, the newest first."""
    wanted = select(audit).order_by(audit.c.place.desc()).limit(limit)
    if patient is not None:
        wanted = wanted.where(audit.c.patient == patient)
    if before is not None:
        wanted = wanted.where(audit.c.place < before)
    return list(db.execute(wanted).mappings())
