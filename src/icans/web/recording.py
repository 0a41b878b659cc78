"""What people do to a record: enter, correct, take back, answer an action. Pages and programs come the same way."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, select

from icans.errors import DataError
from icans.record.catalogue import Item, catalogue
from icans.record.time import NO_YEAR, YEARS
from icans.store import answers, entries, patients, words
from icans.store.audit import canonical
from icans.store.entries import Act, Written
from icans.store.errors import Changed, NotThere
from icans.store.schema import entry
from icans.store.sign_ins import SignedIn
from icans.web.advised import holding
from icans.web.platform import Platform
from icans.web.sent import readable


class Taken(Changed):
    """The identifier of a new patient is that of one whom the account may see: `there`."""

    def __init__(self, there: RowMapping) -> None:
        unit = there["care_unit"] or "the ward"
        where = f"on {unit}" if there["discharged_at"] is None else f"discharged, last on {unit}"
        super().__init__(f"a patient with this identifier is here already: {where}")
        self.there = there


@dataclass(frozen=True)
class Seen:
    """What is to be entered in one act: rows of words, as `icans.store.words` takes them."""

    observations: Sequence[Mapping[str, Any]] = ()
    therapies: Sequence[Mapping[str, Any]] = ()
    facts: Mapping[str, str | None] = field(default_factory=dict)
    note: str = ""
    extra: Mapping[str, Any] | None = None
    expected: int | None = None
    id: str | None = None


def patient_of(app: Platform, who: SignedIn, patient_id: str, action: str | None = None) -> RowMapping:
    """A patient on a unit that the account may see; what is read of it goes to the audit log. Raises NotThere."""
    with app.store.read() as db:
        found = patients.find(db, patient_id, who.account.care_unit)
    if action:
        app.note(who.account.login, action, patient_id)
    return found


def admit(
    app: Platform, who: SignedIn, identifier: str, facts: Mapping[str, str | None], care_unit: str
) -> tuple[str, Written]:
    """Admit a patient, on the unit of the account where it is bound to one; (id, what was written).

    Raises DataError for a wrong word and for an identifier with characters that cannot be seen (two patients must never
    look the same), Changed where it is taken, Taken where the account may see by whom.
    """
    if not " ".join(identifier.split()).isprintable():
        raise DataError("identifier: it holds a character that cannot be seen; type it anew")
    now, mine = app.clock(), who.account.care_unit
    unit = mine if mine is not None else readable(care_unit)
    try:
        with app.store.write() as db:
            return patients.admit(
                db, identifier, words.fact_entries(facts, now), author=who.account.id, login=who.account.login, at=now,
                care_unit=unit,
            )  # fmt: skip
    except Changed:
        with app.store.read() as db:
            there = patients.called(db, " ".join(identifier.split()), mine)
        if there is None:
            raise
        app.note(who.account.login, "patients.read", patients=[there["id"]])
        raise Taken(there) from None


def transfer(app: Platform, who: SignedIn, patient_id: str, care_unit: str) -> str:
    """Move a patient to another unit of the site; its name. Raises DataError for a unit that the site has not, Changed.

    Where the settings name no units, any name will do.
    """
    patient_of(app, who, patient_id)
    _, site = app.reviews.site()
    unit = " ".join(readable(care_unit).split())
    if site.care_units and unit not in site.care_units:
        raise DataError(f"unit: one of {', '.join(site.care_units)}")
    with app.store.write() as db:
        patients.transfer(db, patient_id, unit, login=who.account.login, at=app.clock())
    return unit


def enter(app: Platform, who: SignedIn, patient_id: str, seen: Seen, origin: str = "app") -> Written:
    """Enter what was seen or given. Raises DataError for a wrong word, NotThere, Changed."""
    patient_of(app, who, patient_id)
    now = app.clock()
    _check_years([*seen.observations, *seen.therapies])
    rows = [
        *words.observation_entries(seen.observations, now), *words.therapy_entries(seen.therapies, now),
        *words.fact_entries(seen.facts, now),
    ]  # fmt: skip
    note = readable(seen.note)[:2000]
    if not rows and not seen.extra and not note.strip():
        raise DataError("nothing was filled in")
    act = Act(
        patient_id, who.account.id, who.account.login, now, origin=origin, id=_id(seen.id), note=note,
        expected=seen.expected, extra=seen.extra, sent=_digest(seen),
    )  # fmt: skip
    with app.store.write() as db:
        return entries.record(db, act, rows)


def _digest(seen: Seen) -> str:
    """What was sent, so that the same identifier with other words is not taken for the same act."""
    said = [[dict(r) for r in seen.observations], [dict(r) for r in seen.therapies], dict(seen.facts), seen.note]
    return hashlib.sha256(canonical([*said, seen.extra]).encode("utf-8", "surrogatepass")).hexdigest()


def change_facts(app: Platform, who: SignedIn, patient_id: str, new: Mapping[str, str]) -> Written:
    """Put new facts in the place of those that stand; an empty one takes its fact back. Raises DataError, NotThere."""
    patient_of(app, who, patient_id)
    now = app.clock()
    made = {e["item"]: e for e in words.fact_entries({k: v for k, v in new.items() if v}, now)}
    act = Act(patient_id, who.account.id, who.account.login, now)
    with app.store.write() as db:
        stands = {r["item"]: r for r in db.execute(entries.current(patient_id)).mappings() if r["kind"] == "fact"}
        rows = []
        for item in new:
            old = stands.get(item)
            row = made.get(item) or (_withdrawn(old) if old else None)
            if row is not None:
                rows.append(row | ({"replaces": old["id"], "reason": "changed"} if old else {}))
        return entries.record(db, act, rows)


def correct(
    app: Platform, who: SignedIn, patient_id: str, entry_id: str, new: Mapping[str, Any] | None, reason: str
) -> Written:
    """Put a new entry in the place of another, or take it back (`new` None); the old one stays to be seen.

    new   what is different: value, unit, time, attribution; of a therapy start, end, dose and so on

    Raises DataError without a reason, NotThere, Changed where it was corrected before.
    """
    patient_of(app, who, patient_id)
    reason = " ".join(readable(reason).split())[:500]
    if not reason:
        raise DataError("reason: say in a few words what was wrong")
    now = app.clock()
    act = Act(patient_id, who.account.id, who.account.login, now)
    with app.store.write() as db:
        old = _old(db, patient_id, entry_id)
        row = _withdrawn(old) if new is None else _anew(old, new, app)
        return entries.record(db, act, [row | {"replaces": entry_id, "reason": reason}])


def _old(db: Connection, patient_id: str, entry_id: str) -> RowMapping:
    wanted = select(entry).where(entry.c.id == entry_id, entry.c.patient == patient_id)
    found = db.execute(wanted).mappings().first()
    if found is None:
        raise NotThere("no such entry in this record")
    if found["withdrawn"]:
        raise Changed("this entry was taken back; enter it anew if it was right")
    return found


def _withdrawn(old: RowMapping) -> dict[str, Any]:
    kept = ("kind", "item", "time", "until", "value", "text", "unit")
    return {name: old[name] for name in kept} | {"withdrawn": True}


def _anew(old: RowMapping, new: Mapping[str, Any], app: Platform) -> dict[str, Any]:
    """The corrected entry, through the same checks as any other."""
    now = app.clock()
    _check_years([new])
    if old["kind"] == "observation":
        item = catalogue()[old["item"]]
        row = {
            "item": old["item"], "time": old["time"], "value": exact(item, old["value"]), "unit": item.unit,
            "attribution": old["attribution"] or ("other cause" if old["other_cause"] else None),
        }  # fmt: skip
        cleared = {"attribution": None} if new.get("attribution") == "" else {}
        kept = {"time": new["time"]} if new.get("time") else {}
        made = words.observation_entries([row | dict(new) | {"time": row["time"]} | kept | cleared], now)
    elif old["kind"] == "therapy":
        names = {"drug": "item", "start": "time", "end": "until", "dose": "value"}
        same = ("unit", "route", "rate", "rate_unit")
        row = {name: old[kept] for name, kept in names.items()} | {name: old[name] for name in same}
        made = words.therapy_entries([row | {k: None if v == "" else v for k, v in new.items()} | _AS_IT_IS], now)
    else:
        made = words.fact_entries({old["item"]: str(new.get("value", ""))}, now)
    if not made:
        raise DataError("give the right value, or take the entry back")
    return made[0]


def exact(item: Item, value: float) -> str:
    """A value as a form holds it, with every digit: `decode` rounds for reading."""
    return f"{value:.15g}" if item.kind in ("number", "whole") else item.decode(value)


def _check_years(rows: Sequence[Mapping[str, Any]]) -> None:
    """Raises DataError for a time that no record of a patient holds, before anybody reckons with it."""
    for number, row in enumerate(rows, 1):
        for name in ("time", "start", "end"):
            if isinstance(time := row.get(name), datetime) and not YEARS[0] <= time.year <= YEARS[1]:
                raise DataError(f"entry {number}, {name}: {NO_YEAR}")


_AS_IT_IS = {"as_written": True}
"""The drug itself stays as it was written; for another drug, the entry is taken back and entered anew."""


def answer(
    app: Platform, who: SignedIn, patient_id: str, advice: str, kind: str, reason: str | None, version: int,
    seen: str = "",
) -> None:  # fmt: skip
    """Acknowledge or override an action that is shown for the record now.

    seen  the id of the answer that stood there, '' where none did

    Raises Changed where the record, the advice or the answer is no longer what was seen, NotThere, DataError without a
    reason.
    """
    patient_of(app, who, patient_id)
    _, site = app.reviews.site()
    worked = app.reviews.of(patient_id)
    told = next((a for a in worked.actions if a.advice == advice), None)
    if told is None:
        raise Changed("this action is no longer told for this patient; look at the page again")
    with app.store.write() as db:
        if patients.find(db, patient_id)["version"] != version:
            raise Changed("somebody wrote to this record in the meantime; look at it again before you answer")
        stands = holding(answers.given(db, [patient_id]), app.clock(), site.answer_hours).get(advice)
        if (stands.id if stands else "") != seen:
            raise Changed("somebody answered this action in the meantime; look at the answer first")
        answers.give(
            db, patient_id, advice, f"{told.strength} {told.says}", kind, readable(reason or ""), author=who.account.id,
            login=who.account.login, at=app.clock(), version=version,
        )  # fmt: skip


def new_id() -> str:
    """An identifier for an act that is to come: a form carries it, so that sent twice it is one act."""
    return uuid4().hex


def _id(given: str | None) -> str:
    """An identifier that the browser made, or a new one. Raises DataError for a strange one."""
    if given is None:
        return new_id()
    plain = given.replace("-", "").lower()
    if not 16 <= len(plain) <= 64 or not plain.isalnum() or not plain.isascii():
        raise DataError("id: a UUID")
    return plain
