"""What clinicians answered to the actions they were shown: acknowledged, or overridden with a reason."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, insert, select

from icans.errors import DataError
from icans.store.audit import append
from icans.store.patients import find
from icans.store.schema import account, answer
from icans.store.written import ANSWER, digest_of_answer

KINDS = ("acknowledged", "overridden")
_LONGEST = 1000


def give(
    db: Connection, patient_id: str, advice: str, says: str, kind: str, reason: str | None, *, author: str, login: str,
    at: datetime, version: int,
) -> str:  # fmt: skip
    """Keep an answer; its id. version: of the record that was shown.

    Raises NotThere where the patient is not, DataError for a kind that is none or an override without a reason.
    """
    find(db, patient_id)
    reason = " ".join((reason or "").split())[:_LONGEST] or None
    if kind not in KINDS:
        raise DataError(f"an answer is one of {', '.join(KINDS)}")
    if kind == "overridden" and reason is None:
        raise DataError("reason: say in a few words why the action is overridden; it stays with the record")
    made = uuid4().hex
    db.execute(
        insert(answer).values(
            id=made, patient=patient_id, version=version, advice=advice, says=says, kind=kind, reason=reason,
            author=author, at=at,
        )
    )  # fmt: skip
    detail = {"id": made, "kind": kind, "digest": digest_of_answer(db, made)}
    append(db, actor=login, action=ANSWER, at=at, patient=patient_id, detail=detail)
    return made


def given(db: Connection, patient_ids: list[str] | None = None, since: datetime | None = None) -> list[RowMapping]:
    """The answers, with the name of who gave them, the oldest first; of these patients, or of all; since a time."""
    wanted = select(answer, account.c.name.label("by")).join(account, account.c.id == answer.c.author)
    if patient_ids is not None:
        wanted = wanted.where(answer.c.patient.in_(patient_ids))
    if since is not None:
        wanted = wanted.where(answer.c.at >= since)
    return list(db.execute(wanted.order_by(answer.c.at, answer.c.id)).mappings())
