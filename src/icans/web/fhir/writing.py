"""Create, update and delete a resource about a patient."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from icans.web.fhir.filing import Done, Paper, corrections, file, withdrawals
from icans.web.fhir.grades import is_grade
from icans.web.fhir.kinds import GRADES
from icans.web.fhir.problems import Issue, Refused
from icans.web.fhir.understood import Understood, understood
from icans.web.fhir.view import Served, find, view
from icans.web.fhir.writer import Writer, whose

Json = dict[str, Any]

UPDATED = "updated by FHIR client"
DELETED = "deleted by FHIR client"


def read_new(who: Writer, content: Json) -> Understood:
    """What a resource about a patient says, before the store is asked for anything. Raises Refused."""
    who.need("enter")
    _not_a_grade(content)
    if not isinstance(content.get("subject"), dict):
        raise Refused(422, Issue("a reference to the patient is needed", f"{content['resourceType']}.subject"))
    return understood(content, who.now)


def new_paper(content: Json, said: Understood, patient_id: str, name: str | None = None, where: str = "") -> Paper:
    """A resource that is new to the record, under an id that the service gives."""
    kept = _about(content, patient_id, name or uuid4().hex)
    return Paper(kept["resourceType"], kept["id"], kept, said.entries, said, where)


def create(db: Connection, who: Writer, content: Json, said: Understood) -> Done:
    """A new resource about a patient. Raises Refused, and what the store raises, see `writer.refusals`."""
    patient_id = who.subject(db, content)
    return file(db, who, patient_id, [new_paper(content, said, patient_id)])[0]


def update(
    db: Connection, who: Writer, kind: str, name: str, content: Json, said: Understood, seen: int | None
) -> Done:
    """Another version of a resource: its entries are corrected, those it no longer gives are withdrawn.

    seen  the version that the client had; without it somebody else's change could be lost

    Raises Refused: 400 without `seen`, 412 where it is not the newest, 404 for an id that is not there.
    """
    served = existing(db, who, kind, name)
    check_version(served, seen)
    if who.subject(db, content) != served.patient:
        raise Refused(422, Issue("an update cannot move a resource to another patient", f"{kind}.subject"))
    rows = list(corrections(said.entries, served, UPDATED))
    paper = Paper(kind, name, _about(content, served.patient, name), rows, said)
    done = file(db, who, served.patient, [paper], UPDATED)[0]
    return Done(done.served, done.notices, new=False)


def delete(db: Connection, who: Writer, kind: str, name: str, seen: int | None) -> Done:
    """Withdraw what a resource gave, but for what another resource says too. Deleting twice is no mistake.

    Raises Refused as `update`: a correction that somebody made since the client's last read is not lost either.
    """
    who.need("enter")
    served = existing(db, who, kind, name)
    if served.content is None:
        return Done(served, new=False)
    check_version(served, seen)
    paper = Paper(kind, name, None, list(withdrawals(served.own, served.shared, DELETED)))
    return Done(file(db, who, served.patient, [paper], DELETED)[0].served, new=False)


def existing(db: Connection, who: Writer, kind: str, name: str) -> Served:
    """A resource that the account may see, as it is now. Raises Refused (404), and (422) for a grade."""
    patient_id = whose(db, kind, name)
    found = None
    if patient_id is not None:
        who.patient(db, patient_id)
        found = find(view(db, patient_id), kind, name)
    if found is None and kind == "Observation" and is_grade(name):
        raise Refused(422, _GRADE)
    if found is None:
        raise Refused(404, f"no {kind} has this id; the server gives the ids, so create it with POST")
    return found


def check_version(served: Served, seen: int | None) -> None:
    """Raises Refused: 400 where a client does not say which version it had, 412 where that is not the newest."""
    if seen is None:
        raise Refused(400, 'say which version you change: If-Match: W/"version", from the ETag of your last read')
    if seen != served.version:
        raise Refused(412, "somebody changed it in the meantime; read it again and repeat what is still right")


def _about(content: Json, patient_id: str, name: str) -> Json:
    return {**content, "id": name, "subject": {**content["subject"], "reference": f"Patient/{patient_id}"}}


_GRADE = "a grade is worked out from the record; write what it follows from"


def _not_a_grade(content: Json) -> None:
    codings = content.get("code", {}).get("coding") if isinstance(content.get("code"), dict) else None
    if any(isinstance(c, dict) and c.get("system") == GRADES for c in (codings if isinstance(codings, list) else ())):
        raise Refused(422, Issue(_GRADE, "Observation.code"))
