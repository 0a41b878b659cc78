"""Admit a patient who is sent as a Patient, and take over what a later version says."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, RowMapping

from icans.record.fhir.called import called
from icans.store import entries, patients, resources
from icans.store.entries import current
from icans.web.fhir.derived import DERIVED, same_fact, standing_facts
from icans.web.fhir.filing import Done, withdrawn
from icans.web.fhir.persons import person
from icans.web.fhir.problems import Issue, Refused
from icans.web.fhir.understood import stated_facts
from icans.web.fhir.writer import Writer
from icans.web.fhir.writing import UPDATED, check_version

Json = dict[str, Any]

CARE_UNIT = "urn:icans:care-unit"
"""Extension of a Patient: the care unit, for an account that is not bound to one."""


def read_patient(content: Json, who: Writer) -> list[Json]:
    """The facts that a Patient states, before the store is asked for anything. Raises Refused."""
    return stated_facts({**content, "id": "new"}, who.now)


def admit(db: Connection, who: Writer, content: Json, facts: list[Json]) -> Done:
    """Admit the patient. Raises Refused (403, 422), and Changed where the identifier is here already."""
    who.need("admit")
    new, _ = patients.admit(
        db, _called(content), [], author=who.id, login=who.login, at=who.now, care_unit=_unit(who, content),
        origin="fhir",
    )  # fmt: skip
    return _keep(db, who, who.patient(db, new), content, facts, new=True)


def change(db: Connection, who: Writer, name: str, content: Json, stated: list[Json], seen: int | None) -> Done:
    """Another version of a Patient. A fact that it does not name stays, unless an earlier version had stated it.

    Raises NotThere, Refused: as for other resources, and 422 for another patient's identifier.
    """
    who.need("enter")
    row = who.patient(db, name)
    check_version(person(db, row), seen)
    if row["identifier"] not in _identifiers(content):
        raise Refused(422, Issue("the identifier that the patient was admitted with is missing", "Patient.identifier"))
    return _keep(db, who, row, content, _corrections(db, name, stated), new=False)


def _keep(db: Connection, who: Writer, row: RowMapping, content: Json, facts: list[Json], new: bool) -> Done:
    act = who.act(row["id"], note="" if new else UPDATED)
    written = entries.write(db, act, facts)
    resources.keep(db, act, written.version, [("Patient", row["id"], {**content, "id": row["id"]})])
    entries.sealed(db, act)
    return Done(person(db, row), new=new)


def _corrections(db: Connection, patient_id: str, stated: list[Json]) -> list[Json]:
    rows = db.execute(current(patient_id)).mappings().all()
    standing = standing_facts(rows)
    mine = resources.acts_of(db, "Patient", patient_id)
    changed: list[Json] = []
    for new in stated:
        before = standing.get(new["item"])
        if before is None:
            changed.append(new)
        elif not same_fact(before, new):
            changed.append(new | {"replaces": before["id"], "reason": UPDATED})
    named = {new["item"] for new in stated}
    for name, before in standing.items():
        if name not in named and before["act"] in mine and before["reason"] != DERIVED:
            changed.append(withdrawn(before, UPDATED))
    return changed


def _called(content: Json) -> str:
    """What the patient is called on the ward; a number that names a person beyond the hospital is not taken for it."""
    found = called(content)
    if found is None:
        words = "an identifier that names the patient in the hospital is needed, such as the medical record number"
        raise Refused(422, Issue(words, "Patient.identifier"))
    return found


def _identifiers(content: Json) -> list[str]:
    """The values of the identifiers, spaced as the store has them."""
    listed = content.get("identifier")
    parts = [i for i in listed if isinstance(i, dict)] if isinstance(listed, list) else []
    values = [i.get("value") for i in parts]
    return [" ".join(v.split()) for v in values if isinstance(v, str) and v.split()]


def _unit(who: Writer, content: Json) -> str:
    """The unit of the account; of one for all units, what the Patient says."""
    if who.care_unit is not None:
        return who.care_unit
    said = [e.get("valueString") for e in content.get("extension") or () if e.get("url") == CARE_UNIT]
    return next((s for s in said if isinstance(s, str)), "")
