"""Print: the course and the plan as PDF, and what a patient wrote as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from icans.errors import DataError
from icans.guidance.monitoring.answer import Plan
from icans.guidance.monitoring.plan import plan
from icans.report.pdf import pdf
from icans.report.words import moment, shown_in
from icans.store import answers, entries
from icans.web.access import App, See
from icans.web.handwriting import drawn
from icans.web.pages.page import known_facts
from icans.web.recording import patient_of
from icans.web.worked import review_of

router = APIRouter(include_in_schema=False, prefix="/patients/{patient_id}")


@router.get("/print.pdf")
def printed(app: App, who: See, patient_id: str) -> Response:
    """The paper for the chart. Raises DataError where there is nothing to print yet."""
    patient_of(app, who, patient_id, "patient.print")
    now = app.clock()
    _, site = app.reviews.site()
    with app.store.read() as db:
        given = answers.given(db, [patient_id])
        review = review_of(db, patient_id, site, now)
    found = _plan(known_facts(app.store, patient_id))
    with shown_in(site.zone):
        said = [(moment(a["at"]), a["says"], a["kind"], a["by"], a["reason"] or "") for a in given]
        content = pdf(review, printed_by=who.account.name, printed_at=now, answers=said, plan=found)
    name = f"icans-{now:%Y%m%d-%H%M}.pdf"
    return Response(
        content, media_type="application/pdf", headers={"content-disposition": f'inline; filename="{name}"'}
    )


def _plan(known: Mapping[str, Any]) -> Plan | None:
    """The monitoring plan; None where product or infusion are not known, or nothing is known of the product."""
    if not known.get("product") or known.get("infusion") is None:
        return None
    try:
        return plan(known["product"], known["infusion"])
    except DataError:
        return None


@router.get("/handwriting/{act_id}.svg")
def handwriting(app: App, who: See, patient_id: str, act_id: str) -> Response:
    """What the patient wrote in a test. Raises NotThere."""
    patient_of(app, who, patient_id, "handwriting.read")
    with app.store.read() as db:
        extra = entries.act_of(db, patient_id, act_id)["extra"] or {}
    return Response(drawn(extra.get("handwriting")), media_type="image/svg+xml")
