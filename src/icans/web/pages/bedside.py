"""The tests at the bedside: ICE and CAPD, one question at a time."""

from __future__ import annotations

import polars as pl
from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from icans.record.baseline import with_baselines
from icans.store.records import record_of
from icans.store.sign_ins import SignedIn
from icans.web.access import App, Enter
from icans.web.bedside.prompts import prompts
from icans.web.bedside.subject import Subject
from icans.web.pages.page import page, patient_context
from icans.web.platform import Platform
from icans.web.recording import patient_of
from icans.web.site import LANGUAGES

router = APIRouter(include_in_schema=False, prefix="/patients/{patient_id}")


@router.get("/ice")
def ice(app: App, who: Enter, patient_id: str, language: str | None = None) -> HTMLResponse:
    """The ICE test."""
    return _test(app, who, patient_id, "ice", language)


@router.get("/capd")
def capd(app: App, who: Enter, patient_id: str, language: str | None = None) -> HTMLResponse:
    """CAPD, for children and whoever cannot do an ICE."""
    return _test(app, who, patient_id, "capd", language)


def _baseline(app: Platform, patient_id: str, test: str) -> float | None:
    """The total before the infusion, as it was recorded or as it was last seen then; None where it was not."""
    with app.store.read() as db:
        records = record_of(db, patient_id)
    item = f"{test}_baseline"
    said = records.observations.filter(pl.col("item") == item).sort("time")
    if said.height:
        return said["value"][-1]
    bare = records.patients.select("patient", time=pl.lit(app.clock()))
    found = with_baselines(bare, records)
    return found[item][0] if item in found.columns else None


def _test(app: Platform, who: SignedIn, patient_id: str, test: str, language: str | None) -> HTMLResponse:
    patient = patient_of(app, who, patient_id, f"{test}.open")
    _, site = app.reviews.site()
    chosen = language if language in LANGUAGES else site.language
    context = patient_context(app, patient)
    facts = context["facts"]
    tested = Subject(patient_id, context["name"], facts["age"], context["delay"], _baseline(app, patient_id, test))
    return page(
        app, who, f"{test}.html", prompts=prompts(test, chosen, site), languages=list(LANGUAGES.items()),
        tested=tested, **context,
    )  # fmt: skip
