"""The JSON API: everything the pages do, for programs. Sign in with `Authorization: Bearer TOKEN`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from icans.report.as_json import as_dict, plain
from icans.store import entries, patients
from icans.web import recording
from icans.web.access import Admit, App, Decide, Enter, See
from icans.web.acts import ToldAct, told_acts
from icans.web.api.models import (
    AGAIN,
    PROBLEMS,
    Act,
    Actions,
    Bed,
    Correction,
    NewAnswer,
    NewEntries,
    NewPatient,
    PatientOut,
    Transfer,
)
from icans.web.bedside_tests import BedsideTest, Result, keep_test
from icans.web.pages.page import known_facts
from icans.web.record_table import Entered, record_table
from icans.web.recording import Seen, patient_of
from icans.web.ward import ward
from icans.web.worked import review_of

router = APIRouter(prefix="/api", tags=["ward"], responses=PROBLEMS)


@router.get("/ward")
def get_ward(app: App, who: See, unit: Annotated[str | None, Query(max_length=60)] = None) -> list[Bed]:
    """The ward, sorted by need."""
    return [
        Bed(
            id=bed.patient["id"], identifier=bed.patient["identifier"], care_unit=bed.patient["care_unit"],
            as_of=bed.worked.as_of if bed.worked else None, row=bed.worked.row if bed.worked else None,
            waiting=list(bed.waiting),
        )
        for bed in ward(app, who, unit).beds
    ]  # fmt: skip


@router.get("/patients")
def get_patients(app: App, who: See, discharged: bool = False) -> list[PatientOut]:
    """The patients by identifier."""
    with app.store.read() as db:
        found = patients.listed(db, who.account.care_unit, discharged=discharged)
    app.note(who.account.login, "patients.read", patients=[p["id"] for p in found])
    return [PatientOut(**{k: p[k] for k in PatientOut.model_fields if k != "facts"}) for p in found]


@router.post("/patients", status_code=201)
def post_patient(app: App, who: Admit, new: NewPatient, answer: Response) -> Act:
    """Admit a patient; `act` is the id of the patient's first act, `Location` the patient."""
    made, written = recording.admit(app, who, new.identifier, new.facts, new.care_unit)
    answer.headers["location"] = f"/api/patients/{made}"
    return Act(act=written.act, version=written.version, entries=list(written.entries))


@router.get("/patients/{patient_id}")
def get_patient(app: App, who: See, patient_id: str) -> PatientOut:
    """One patient with the facts as they are now."""
    found = patient_of(app, who, patient_id, "patient.read")
    known = known_facts(app.store, patient_id)
    return PatientOut(**{k: found[k] for k in PatientOut.model_fields if k != "facts"}, facts=plain(dict(known)))


@router.get("/patients/{patient_id}/review")
def get_review(app: App, who: See, patient_id: str) -> dict[str, Any]:
    """The review now, as `icans review` writes it."""
    patient_of(app, who, patient_id, "patient.read")
    _, site = app.reviews.site()
    with app.store.read() as db:
        return as_dict(review_of(db, patient_id, site, app.clock()))


@router.get("/patients/{patient_id}/entries")
def get_entries(
    app: App, who: See, patient_id: str, before: Annotated[int | None, Query(ge=0, le=10**9)] = None
) -> list[Entered]:
    """Every entry, the newest first, 500 at a time (`before` a version), with author, state and reason."""
    patient_of(app, who, patient_id, "record.read")
    with app.store.read() as db:
        return record_table(entries.history(db, patient_id, before=before))


@router.get("/patients/{patient_id}/acts")
def get_acts(
    app: App, who: See, patient_id: str, before: Annotated[int | None, Query(ge=0, le=10**9)] = None
) -> list[ToldAct]:
    """Bedside tests and notes, also those without an entry, the newest first, 500 at a time (`before` a version)."""
    patient_of(app, who, patient_id, "record.read")
    with app.store.read() as db:
        return told_acts(entries.acts(db, patient_id, before=before))


@router.post("/patients/{patient_id}/entries", status_code=201, responses=AGAIN)
def post_entries(app: App, who: Enter, patient_id: str, new: NewEntries, answer: Response) -> Act:
    """Enter what was seen and given: all of it or, where something is wrong, nothing."""
    seen = Seen(
        [o.model_dump() for o in new.observations], [t.model_dump() for t in new.therapies], new.facts, new.note,
        expected=new.expected_version, id=new.id,
    )  # fmt: skip
    written = recording.enter(app, who, patient_id, seen)
    answer.status_code = 201 if written.new else 200
    return Act(act=written.act, version=written.version, entries=list(written.entries), new=written.new)


@router.post("/patients/{patient_id}/entries/{entry_id}/correction", status_code=201)
def post_correction(app: App, who: Enter, patient_id: str, entry_id: str, new: Correction) -> Act:
    """Put a new entry in the place of another, or take it back; the old one stays to be seen."""
    said = None if new.withdraw else new.model_dump(exclude={"reason", "withdraw"}, exclude_none=True)
    written = recording.correct(app, who, patient_id, entry_id, said, new.reason)
    return Act(act=written.act, version=written.version, entries=list(written.entries))


@router.post("/patients/{patient_id}/tests", status_code=201, responses={200: {"model": Result, **AGAIN[200]}})
def post_test(app: App, who: Enter, patient_id: str, test: BedsideTest, answer: Response) -> Result:
    """A finished ICE or CAPD; 200 where it had arrived before."""
    result = keep_test(app, who, patient_id, test)
    answer.status_code = 201 if result.new else 200
    return result


@router.get("/patients/{patient_id}/actions")
def get_actions(app: App, who: See, patient_id: str) -> Actions:
    """The actions that are told for sure, each with the digest that an answer names, and the version to answer for."""
    patient_of(app, who, patient_id, "patient.read")
    worked = app.reviews.of(patient_id)
    return Actions(version=worked.version, as_of=worked.as_of, actions=list(worked.actions))


@router.post("/patients/{patient_id}/answers", status_code=204)
def post_answer(app: App, who: Decide, patient_id: str, new: NewAnswer) -> None:
    """Acknowledge an action, or override it with a reason."""
    recording.answer(app, who, patient_id, new.advice, new.kind, new.reason, new.version, new.seen)


@router.post("/patients/{patient_id}/discharge", status_code=204)
def post_discharge(app: App, who: Admit, patient_id: str, back: bool = False) -> None:
    """Take a patient off the ward, or put one back; the record stays."""
    patient_of(app, who, patient_id)
    with app.store.write() as db:
        patients.discharge(db, patient_id, login=who.account.login, at=app.clock(), back=back)


@router.post("/patients/{patient_id}/transfer", status_code=204)
def post_transfer(app: App, who: Admit, patient_id: str, new: Transfer) -> None:
    """Move a patient to another unit; who may see the patient follows the unit."""
    recording.transfer(app, who, patient_id, new.care_unit)
