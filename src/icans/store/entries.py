"""Write to a patient's record and read it back, entry by entry. Nothing is changed: a correction is a new entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, case, exists, false, func, insert, select, true, update
from sqlalchemy.exc import IntegrityError

from icans.errors import DataError
from icans.store.audit import append
from icans.store.columns import kept_all, too_long
from icans.store.errors import Changed, NotThere
from icans.store.schema import account, act, entry, patient
from icans.store.written import ACT, digest_of


@dataclass(frozen=True)
class Act:
    """One write: to whose record, by whom, when, from where.

    id        may come from the browser; the same id a second time is the same act and writes nothing
    expected  the version of the record that the writer had seen, where it matters that nobody wrote since
    sent      digest of what was sent, where the id came with it
    extra     what belongs to the act as a whole: the language of a test, the drawing
    """

    patient: str
    author: str
    login: str
    at: datetime
    origin: str = "app"
    id: str = field(default_factory=lambda: uuid4().hex)
    note: str = ""
    expected: int | None = None
    extra: Mapping[str, Any] | None = None
    sent: str | None = None


@dataclass(frozen=True)
class Written:
    """What became of an act: the version of the record after it, its entries, and False where it was there before."""

    act: str
    version: int
    entries: tuple[str, ...]
    new: bool = True


def write(db: Connection, done: Act, entries: Sequence[Mapping[str, Any]]) -> Written:
    """Write an act with its entries. They are rows of `store.schema.entry` without id, act, patient and version.

    Raises NotThere where the patient or an entry to be corrected is not, Changed where somebody wrote or corrected
    first or another value of the item stands at that time, DataError for a text that is too long.
    """
    before = _version(db, done.patient)
    repeated = db.execute(select(act).where(act.c.id == done.id)).mappings().first()
    if repeated is not None:
        return _again(db, repeated, done)
    if done.expected is not None and done.expected != before:
        raise Changed("somebody wrote to this record in the meantime; look at it again and repeat what is still right")
    version = before + 1
    _check_corrections(db, done.patient, entries)
    fresh = _without_repeats(db, done.patient, entries)
    same = {"act": done.id, "patient": done.patient, "version": version}
    rows = [{**_EMPTY, "id": uuid4().hex, **e, **same, "place": n} for n, e in enumerate(fresh)]
    head = {
        "id": done.id, "patient": done.patient, "version": version, "author": done.author, "at": done.at,
        "origin": done.origin, "note": done.note, "extra": kept_all(done.extra) if done.extra is not None else None,
        "sent": done.sent,
    }  # fmt: skip
    if found := [*too_long(act, head), *(words for row in rows for words in too_long(entry, row))]:
        raise DataError(*dict.fromkeys(found))
    db.execute(insert(act).values(head))
    if rows:
        try:
            db.execute(insert(entry), rows)
        except IntegrityError:
            raise Changed("an entry with this identifier is there, or it was corrected in the meantime") from None
    db.execute(update(patient).where(patient.c.id == done.patient).values(version=version, changed_at=done.at))
    return Written(done.id, version, tuple(row["id"] for row in rows))


def sealed(db: Connection, done: Act) -> None:
    """Put an act and all that belongs to it into the audit log. Call it once, after all of it is written."""
    detail = {"id": done.id, "origin": done.origin, "digest": digest_of(db, done.id)}
    append(db, actor=done.login, action=ACT, at=done.at, patient=done.patient, detail=detail)


def record(db: Connection, done: Act, entries: Sequence[Mapping[str, Any]]) -> Written:
    """`write` and `sealed` in one: what nearly everybody wants."""
    written = write(db, done, entries)
    if written.new:
        sealed(db, done)
    return written


_EMPTY: dict[str, Any] = {
    "time": None, "until": None, "value": None, "text": None, "unit": None, "route": None, "rate": None,
    "rate_unit": None, "attribution": None, "other_cause": None, "implausible": False, "replaces": None,
    "withdrawn": False, "reason": None,
}  # fmt: skip


def _version(db: Connection, patient_id: str) -> int:
    found = db.execute(select(patient.c.version).where(patient.c.id == patient_id)).scalar_one_or_none()
    if found is None:
        raise NotThere("no such patient")
    return found


def _again(db: Connection, before: RowMapping, done: Act) -> Written:
    if (before["patient"], before["author"]) != (done.patient, done.author):
        raise Changed("this identifier belongs to another entry; send it with a new one")
    if before["sent"] != done.sent:
        raise Changed("this was kept before, with other words; load the page again and enter what is still missing")
    ids = db.execute(select(entry.c.id).where(entry.c.act == before["id"]).order_by(entry.c.place)).scalars()
    return Written(before["id"], before["version"], tuple(ids), new=False)


def _check_corrections(db: Connection, patient_id: str, entries: Iterable[Mapping[str, Any]]) -> None:
    corrected = [e["replaces"] for e in entries if e.get("replaces")]
    if not corrected:
        return
    twice = len(set(corrected)) < len(corrected)
    for some in _parts(corrected):
        theirs = select(entry.c.id).where(entry.c.id.in_(some), entry.c.patient == patient_id)
        if set(db.execute(theirs).scalars()) != set(some):
            raise NotThere("the entry to be corrected is not in this record")
        twice = twice or db.execute(select(entry.c.id).where(entry.c.replaces.in_(some))).first() is not None
    if twice:
        raise Changed("this entry was corrected in the meantime; look at the newest one")


def _parts(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Some values at a time: a database takes only so many in one question."""
    left = iter(values)
    while some := list(islice(left, 500)):
        yield some


def _without_repeats(db: Connection, patient_id: str, entries: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The entries without those that are there already, value for value."""
    replaced = {e["replaces"] for e in entries if e.get("replaces")}
    times = {e["time"] for e in entries if e["kind"] == "observation"}
    there: dict[tuple[str, datetime], tuple[Any, Any]] = {}
    for some in _parts(times):
        wanted = current(patient_id).where(entry.c.kind == "observation", entry.c.time.in_(some))
        for row in db.execute(wanted).mappings():
            if row["id"] not in replaced:
                there[row["item"], row["time"]] = (row["value"], row["other_cause"])
    kept: list[Mapping[str, Any]] = []
    for one in entries:
        standing = there.get((one["item"], one["time"])) if one["kind"] == "observation" else None
        if one.get("withdrawn") or standing is None:
            kept.append(one)
            if one["kind"] == "observation" and not one.get("withdrawn"):
                there[one["item"], one["time"]] = (one["value"], one.get("other_cause"))
        elif standing != (one["value"], one.get("other_cause")) or one.get("replaces"):
            said = f"{one['item']} was entered for this very time already; correct that entry, or give the right time"
            raise Changed(said)
    return kept


def current(patient_id: str) -> Any:
    """The select of what counts now of a record: not replaced, not withdrawn."""
    later = entry.alias("later")
    return (
        select(entry)
        .where(entry.c.patient == patient_id, ~entry.c.withdrawn)
        .where(~exists().where(later.c.replaces == entry.c.id))
        .order_by(entry.c.time, entry.c.version, entry.c.place)
    )


def history(db: Connection, patient_id: str, *, limit: int = 500, before: int | None = None) -> list[RowMapping]:
    """Every entry with its author, the corrected ones too, the newest first; replaced_by names what corrects it.

    limit   about how many: an act is never cut in two, so that `before`, a version, gives all that is earlier
    """
    earlier = entry.c.version < before if before is not None else true()
    versions = select(entry.c.version).where(entry.c.patient == patient_id, earlier).order_by(entry.c.version.desc())
    oldest = db.execute(versions.limit(1).offset(limit - 1)).scalar_one_or_none()
    wanted = _told(patient_id).where(earlier, entry.c.version >= (oldest or 0))
    return list(db.execute(wanted.order_by(entry.c.version.desc(), entry.c.time.desc(), entry.c.place)).mappings())


def one(db: Connection, patient_id: str, entry_id: str) -> list[RowMapping]:
    """One entry as `history` has it; an empty list where it is not in this record."""
    return list(db.execute(_told(patient_id).where(entry.c.id == entry_id)).mappings())


_DRAWN = act.c.extra["handwriting", "strokes", 0].as_string().is_not(None)
"""Whether something was drawn: the drawing itself, which may be large, stays in the database."""


def acts(db: Connection, patient_id: str, *, limit: int = 500, before: int | None = None) -> list[RowMapping]:
    """Bedside tests and acts with a note, also those without an entry, the newest first; `before` a version.

    seen: the time of the earliest entry, null without one; drawing: whether there is one; the rest as in `act`
    """
    said = {name: act.c.extra[name] for name in ("test", "time", "language", "interpreter", "details")}
    seen = select(func.min(entry.c.time)).where(entry.c.act == act.c.id).scalar_subquery()
    wanted = (
        select(
            act.c.id, act.c.version, act.c.at, act.c.origin, act.c.note, account.c.name.label("author"),
            seen.label("seen"), _DRAWN.label("drawing"), *(value.label(name) for name, value in said.items()),
        )
        .join(account, account.c.id == act.c.author)
        .where(act.c.patient == patient_id, (act.c.note != "") | said["test"].as_string().is_not(None))
        .where(act.c.version < before if before is not None else true())
    )  # fmt: skip
    return list(db.execute(wanted.order_by(act.c.version.desc()).limit(limit)).mappings())


def act_of(db: Connection, patient_id: str, act_id: str) -> RowMapping:
    """One act. Raises NotThere where it is not in this record."""
    found = db.execute(select(act).where(act.c.id == act_id, act.c.patient == patient_id)).mappings().first()
    if found is None:
        raise NotThere("no such act in this record")
    return found


def _told(patient_id: str) -> Any:
    later = entry.alias("later")
    return (
        select(
            entry, act.c.at, act.c.origin, act.c.note, account.c.name.label("author"),
            later.c.id.label("replaced_by"),
            case((entry.c.item == "ice_writing", _DRAWN), else_=false()).label("drawing"),
        )
        .join(act, act.c.id == entry.c.act)
        .join(account, account.c.id == act.c.author)
        .outerjoin(later, later.c.replaces == entry.c.id)
        .where(entry.c.patient == patient_id)
    )  # fmt: skip
