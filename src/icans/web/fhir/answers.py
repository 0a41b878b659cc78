"""What is answered to a reader: one resource, a search, everything of a patient. What is read goes to the audit log."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping

from icans.errors import IcansError
from icans.store import patients, resources
from icans.store.audit import append
from icans.store.errors import NotThere
from icans.store.sign_ins import SignedIn
from icans.web.fhir.asked import Asked, asked
from icans.web.fhir.found import entry_of, matching, searchset
from icans.web.fhir.grades import grades, is_grade, patient_in, ungraded
from icans.web.fhir.kinds import CATEGORIES, GRADE_CATEGORY, GRADES, KINDS
from icans.web.fhir.people import people
from icans.web.fhir.persons import everything, person
from icans.web.fhir.problems import Refused
from icans.web.fhir.view import Served, find, view
from icans.web.fhir.writer import ID, whose
from icans.web.platform import Platform
from icans.web.reviews import STEP
from icans.web.worked import review_of

Json = dict[str, Any]


def note(app: Platform, who: SignedIn, patient_ids: Iterable[str], **detail: str) -> None:
    """A row of the audit log for each patient of whom something is read."""
    read = sorted(set(patient_ids))
    if read:
        with app.store.write() as db:
            for patient_id in read:
                append(
                    db, actor=who.account.login, action="patient.read", at=app.clock(), patient=patient_id,
                    detail=detail,
                )  # fmt: skip


def one(app: Platform, who: SignedIn, kind: str, name: str) -> Served:
    """A resource as it is now. Raises NotThere, Refused: 404 for an id that is not there, 410 for a deleted one."""
    with app.store.read() as db:
        row = _whose(db, who, kind, name)
        if kind == "Patient":
            found = person(db, row)
        elif is_grade(name):
            found = find(_grades(app, db, row), kind, name)
        else:
            found = find(view(db, row["id"]), kind, name)
    note(app, who, [row["id"]], fhir=f"{kind}/{name}")
    if found is None:
        raise Refused(404, f"no such {kind}")
    if found.content is None:
        raise Refused(410, f"this {kind} was deleted")
    return found


def _whose(db: Connection, who: SignedIn, kind: str, name: str) -> RowMapping:
    """The patient of a resource, whom the account may see. Raises NotThere, Refused (404)."""
    if kind == "Observation" and is_grade(name):
        patient_id = patient_in(name) if ID.fullmatch(name) else None
    else:
        patient_id = whose(db, kind, name)
    if patient_id is None:
        raise Refused(404, f"no such {kind}")
    return patients.find(db, patient_id, who.account.care_unit)


def one_version(app: Platform, who: SignedIn, kind: str, name: str, version: str) -> Served:
    """A version of a resource: the one now, or one that was received. Raises as `one`."""
    try:
        now = one(app, who, kind, name)
    except Refused as error:
        if error.status != 410:
            raise
        now = None
    if now is not None and version == str(now.version):
        return now
    row = None
    if version.isascii() and version.isdigit() and len(version) < 10:
        with app.store.read() as db:
            row = resources.of_version(db, kind, name, int(version))
    if row is None:
        raise Refused(404, f"no such version of this {kind}")
    if row["content"] is None:
        raise Refused(410, f"this {kind} was deleted")
    return Served(kind, name, row["patient"], row["version"], row["at"], row["content"])


def found(app: Platform, who: SignedIn, kind: str, pairs: list[tuple[str, str]], base: str) -> Json:
    """A search, as a Bundle. Raises Refused (400). A patient whom the account may not see is as one who is not there.

    Where nothing is found, the patients of whom that is said were read all the same.
    """
    search = asked(KINDS[kind], pairs, base)
    with app.store.read() as db:
        if kind == "Patient":
            served, of = people(db, who.account.care_unit, search), set()
        else:
            rows = _named(db, who, kind, search)
            served, of = [s for row in rows for s in _clinical(app, db, row, kind, search)], {r["id"] for r in rows}
    hits = matching(search, served)
    bundle = searchset(search, hits, base, kind)
    shown = {entry["fullUrl"] for entry in bundle.get("entry", ())}
    read = {s.patient for s in hits if f"{base}/{kind}/{s.id}" in shown} or of
    note(app, who, read, fhir=kind, search=",".join(sorted({name for name, _ in pairs})))
    return bundle


def _named(db: Connection, who: SignedIn, kind: str, search: Asked) -> list[RowMapping]:
    """The patients that a search names, or whose resources; those whom the account may see. Raises Refused (400)."""
    ids = search.ids()
    if search.patients is None and ids is None:
        raise Refused(400, "name the patient, such as patient=id, or an _id")
    named: set[str | None] = set(search.patients or ())
    if search.patients is None:
        named = {
            patient_in(name) if is_grade(name) else whose(db, kind, name) for name in ids or () if ID.fullmatch(name)
        }
    found: list[RowMapping] = []
    for patient_id in sorted(name for name in named if name and ID.fullmatch(name)):
        with suppress(NotThere):
            found.append(patients.find(db, patient_id, who.account.care_unit))
    return found


def _clinical(app: Platform, db: Connection, row: RowMapping, kind: str, search: Asked) -> list[Served]:
    """What may meet a search, of one patient."""
    served = [s for s in view(db, row["id"]) if s.kind == kind]
    if kind == "Observation" and _wants_grades(search):
        served += _grades(app, db, row)
    return served


def _wants_grades(search: Asked) -> bool:
    """Whether a search asks for grades: by code, by category or by id. They are not worked out for every search."""
    if any(is_grade(name) for name in search.ids() or ()):
        return True
    wanted = {"code": (GRADES, ("crs", "icans", None)), "category": (CATEGORIES, (GRADE_CATEGORY, None))}
    for name, tokens in search.tokens:
        system, codes = wanted.get(name, ("", ()))
        if any(t.code in codes and t.system in (None, system) for t in tokens):
            return True
    return False


def _grades(app: Platform, db: Connection, row: RowMapping) -> list[Served]:
    """The grades of a patient at the moment for which the pages show them; why there are none where none can be."""
    _, site = app.reviews.site()
    now = app.clock()
    at = max(now - (now - datetime.fromtimestamp(0, now.tzinfo)) % STEP, row["changed_at"])
    try:
        review = review_of(db, row["id"], site, at)
    except IcansError as error:
        return ungraded(row["id"], row["version"], at, str(error))
    seen = [s for s in view(db, row["id"]) if s.kind == "Observation"]
    return grades(review, row["id"], row["version"], at, seen)


def whole_record(app: Platform, who: SignedIn, patient_id: str, base: str) -> Json:
    """Everything of a patient as a Bundle that is read back to the record that the store holds. Raises NotThere."""
    with app.store.read() as db:
        if not ID.fullmatch(patient_id):
            raise Refused(404, "no such Patient")
        served = everything(db, patients.find(db, patient_id, who.account.care_unit))
    note(app, who, [patient_id], fhir="Patient/$everything")
    link = {"relation": "self", "url": f"{base}/Patient/{patient_id}/$everything"}
    entries = [entry_of(s, base) for s in served]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(entries), "link": [link], "entry": entries}
