"""Facts of a patient that follow from what was received: age, weight, height, day 0, as the reader of FHIR takes them.

A fact that somebody stated is left alone. One that was derived is derived anew after each write, so that an infusion
that comes after the Patient gives the age, and one that is taken back takes day 0 with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping

from icans.errors import DataError
from icans.record.fhir import read_resources
from icans.record.fhir.patients import FACTS
from icans.record.fhir.resource_of import instant, observation, patient
from icans.record.record import PATIENTS
from icans.store import resources
from icans.store.entries import Act, current, record
from icans.store.records import facts
from icans.store.words import fact_entries

Json = dict[str, Any]

DERIVED = "derived from what was received"
_DERIVED_FACTS = ("product", "infusion", "age", "weight", "height", "developmental_delay")
_SEEN = ("weight", "height", "developmental_delay")


def derive(db: Connection, done: Act) -> bool:
    """Bring the derived facts of a patient up to date, as an act of its own where one changes.

    done   who writes, for whom and when; a new act is made of it
    """
    rows = db.execute(current(done.patient)).mappings().all()
    standing = standing_facts(rows)
    free = [n for n in _DERIVED_FACTS if n not in standing or standing[n]["reason"] == DERIVED]
    wanted = _read(db, done.patient, rows, [row for name, row in standing.items() if name not in free])
    changes = [c for name in free for c in _change(standing.get(name), _entry(name, wanted[name], done.at))]
    if changes:
        act = Act(done.patient, done.author, done.login, done.at, origin=done.origin, note=DERIVED)
        record(db, act, changes)
    return bool(changes)


def standing_facts(rows: Iterable[RowMapping]) -> dict[str, RowMapping]:
    """The entry of each fact that counts: the one written last."""
    facts_only = (r for r in rows if r["kind"] == "fact")
    return {r["item"]: r for r in sorted(facts_only, key=lambda r: (r["version"], r["place"]))}


def _entry(name: str, value: Any, now: datetime) -> Json | None:
    """A derived fact as an entry; None where it is not known or cannot be, which its source has to answer for."""
    try:
        return next(iter(fact_entries({name: value}, now)), None)
    except DataError:
        return None


def _change(before: RowMapping | None, new: Json | None) -> Iterator[Json]:
    if before is None:
        if new is not None:
            yield new | {"reason": DERIVED}
    elif new is None:
        kept = {name: before[name] for name in ("kind", "item", "time", "value", "text")}
        yield kept | {"withdrawn": True, "reason": DERIVED, "replaces": before["id"]}
    elif not same_fact(before, new):
        yield new | {"reason": DERIVED, "replaces": before["id"]}


def same_fact(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> bool:
    """Whether two fact entries say the same."""
    return (one.get("value"), one.get("text")) == (other.get("value"), other.get("text"))


def _read(db: Connection, patient_id: str, rows: Sequence[RowMapping], stated: Sequence[RowMapping]) -> Json:
    """The row of the patient that the reader makes of the Patient and the infusions sent and of what was seen."""
    known: Json = dict.fromkeys(PATIENTS) | facts(stated) | {"patient": patient_id}
    sent = resources.newest(db, "Patient", patient_id)
    found = [{**((sent and sent["content"]) or {}), **_stating(known, patient_id)}]
    found += _infusions(db, patient_id)
    seen = [r for r in rows if r["kind"] == "observation"]
    needed = [*seen[:1], *(r for r in seen if r["item"] in _SEEN)]  # the first: when the patient was first seen
    found += [observation(r, r["id"], patient_id) for r in needed]
    read = read_resources(found, keep_going=True).patients
    return next(r for r in read.iter_rows(named=True) if r["patient"] == patient_id)


def _infusions(db: Connection, patient_id: str) -> Iterator[Json]:
    """The infusions of CAR-T cells that were received and count: the newest version of each, where it still is one."""
    said = {(act, key) for act, note in resources.notes(db, patient_id).items() for key in note.get("infusions", ())}
    for key in sorted({key for _, key in said}):
        row = resources.newest(db, *key.split("/", 1))
        if row is not None and row["content"] is not None and (row["act"], key) in said:
            yield row["content"]


def _stating(known: Json, patient_id: str) -> Json:
    """A Patient under the name of the store that states what is known, and no more."""
    made = patient(known, patient_id)
    made.setdefault("extension", [])
    if known["infusion"] is not None:
        part = {"url": "infusion", "valueDateTime": instant(known["infusion"])}
        made["extension"].append({"url": FACTS, "extension": [part]})
    return made
