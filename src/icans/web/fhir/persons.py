"""Patients as resources, and everything of one patient."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from icans.record.fhir import read_resources
from icans.record.fhir.patients import FACTS, NAME
from icans.record.fhir.resource_of import patient, stated_facts
from icans.record.record import PATIENTS
from icans.store import resources
from icans.store.entries import current
from icans.store.records import facts
from icans.store.schema import act, entry
from icans.web.fhir.view import Served, view

Json = dict[str, Any]


def person(db: Connection, who: RowMapping, whole: bool = False) -> Served:
    """A patient of the store as a Patient: as it was sent, with the facts of the record where they say more.

    who     the row of the table of patients
    whole   state every fact and the name on the ward, so that a reader takes nothing from elsewhere
    """
    rows = [r for r in db.execute(current(who["id"])).mappings() if r["kind"] == "fact"]
    known: Json = dict.fromkeys(PATIENTS) | facts(rows) | {"patient": who["identifier"]}
    sent = resources.newest(db, "Patient", who["id"])
    made = patient(known, who["id"], whole)
    content = _content(sent["content"], made, known, whole) if sent else made
    version, updated = max([(1, who["admitted_at"]), *_changes(db, who["id"], sent)])
    return Served("Patient", who["id"], who["id"], version, updated, content, tuple(rows), made=sent is None)


def _changes(db: Connection, patient_id: str, sent: RowMapping | None) -> Iterator[tuple[int, Any]]:
    """(version, time) of the last Patient that was sent, and of the last write that touched a fact."""
    if sent is not None:
        yield sent["version"], sent["at"]
    mine = select(entry.c.version, act.c.at).join(act, act.c.id == entry.c.act)
    last = mine.where(entry.c.patient == patient_id, entry.c.kind == "fact").order_by(entry.c.version.desc()).limit(1)
    yield from ((version, at) for version, at in db.execute(last))


def _content(sent: Json, made: Json, known: Mapping[str, Any], whole: bool) -> Json:
    """What was sent, under its name on the ward too; with the facts of the record where what was sent says other."""
    others = [i for i in sent.get("identifier") or () if i.get("system") != NAME]
    content = {**sent, "identifier": [*others, *made["identifier"]]}
    row = read_resources([sent], keep_going=True).patients.row(0, named=True)
    if not whole and all(row[name] == known[name] for name in PATIENTS if name != "patient"):
        return content
    stated = stated_facts(known, whole=True)
    assert stated is not None
    if not whole:
        stated["extension"] = [part for part in stated["extension"] if "extension" not in part]
    content["extension"] = [*(e for e in sent.get("extension") or () if e.get("url") != FACTS), stated]
    return content | ({"gender": made["gender"]} if "gender" in made else {})


def everything(db: Connection, who: RowMapping) -> list[Served]:
    """A patient with all resources that count, so that they are read back to the record that the store holds.

    A test is there as its Observations, not once more as a questionnaire, unless it was received as one. A drug that
    was entered twice the same way is there once, as the record counts it.
    """
    found, drugs = [person(db, who, whole=True)], set()
    for one in view(db, who["id"]):
        if one.void or (one.made and one.kind == "QuestionnaireResponse"):
            continue
        keys = {_given(h) for h in one.heads if h["kind"] == "therapy"}
        if keys and keys <= drugs:
            continue
        drugs |= keys
        found.append(one)
    return found


def _given(head: RowMapping) -> tuple[Any, ...]:
    return tuple(head[k] for k in ("item", "time", "until", "value", "unit", "route", "rate", "rate_unit"))
