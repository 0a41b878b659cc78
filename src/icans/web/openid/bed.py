"""Which patient of the ward a chart belongs to: linked before, known by the number, or to be admitted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from icans.store import patients
from icans.store.accounts import Account
from icans.store.errors import NotThere
from icans.store.schema import act
from icans.web.openid.refusal import Refusal
from icans.web.openid.taking import ORIGIN
from icans.web.roles import may

_KEY = 64


def find(db: Connection, chart: str, called: str, by: Account) -> tuple[str | None, bool]:
    """(id of the patient, None where there is none yet; whether the chart was taken from before).

    chart   its key; called: what the patient is called on the ward

    Raises Refusal: 403 where the patient lies on another unit than the account's, 409 where another chart is linked to
    the number.
    """
    first = select(act.c.patient).where(act.c.id == chart, act.c.origin == ORIGIN)
    linked = db.execute(first).scalar_one_or_none()
    if linked is not None:
        return _seen(db, linked, by), True
    there = patients.called(db, called)
    if there is None:
        return None, False
    mine = _seen(db, there["id"], by)
    if _has_another_chart(db, mine, chart):
        raise Refusal(
            409, "A patient with this number is on the ward already, out of another chart of the record system.",
            "Nothing was taken. Look whether it is the same person before you enter anything by hand.",
            why="another chart has this number",
        )  # fmt: skip
    return mine, False


def admit(db: Connection, called: str, by: Account, now: datetime) -> str:
    """Admit the patient; the id."""
    made, _ = patients.admit(
        db, called, [], author=by.id, login=by.login, at=now, care_unit=by.care_unit or "", origin=ORIGIN
    )
    return made


def check_may_admit(by: Account) -> None:
    """Raises Refusal (403) where the account may only look, and there is nothing to look at yet."""
    if not may(by.role, "admit"):
        words = "This patient is not on the ward list yet.", f"A {by.role} cannot admit; a nurse or clinician can."
        raise Refusal(403, *words, why="may not admit")


def _seen(db: Connection, patient_id: str, by: Account) -> str:
    try:
        return patients.find(db, patient_id, by.care_unit)["id"]
    except NotThere:
        words = "This patient lies on another unit than those your account may see."
        raise Refusal(403, words, why="another unit") from None


def _has_another_chart(db: Connection, patient_id: str, chart: str) -> bool:
    """A chart leaves its key as the id of the first act taken from it; other acts have shorter ids."""
    ids = db.execute(select(act.c.id).where(act.c.patient == patient_id, act.c.origin == ORIGIN)).scalars()
    return any(len(name) == _KEY and name != chart for name in ids)
