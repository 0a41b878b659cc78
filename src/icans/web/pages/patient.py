"""The page of a patient: course, grades with reasons, what to do, answers to it; what changed; the plan; discharge."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from icans.errors import DataError
from icans.guidance.monitoring.plan import plan
from icans.report.plan_chart import plan_chart
from icans.report.words import shown_in
from icans.store import answers, entries, patients
from icans.store.errors import NotThere
from icans.store.sign_ins import SignedIn
from icans.web.access import Admit, App, Decide, See
from icans.web.advised import Action, Answered, holding, waiting
from icans.web.pages.page import form_of, known_facts, page, patient_context
from icans.web.platform import Platform
from icans.web.recording import answer, patient_of
from icans.web.rendering import rendered
from icans.web.roles import may
from icans.web.worked import Worked

router = APIRouter(include_in_schema=False, prefix="/patients/{patient_id}")
Form = Annotated[dict[str, Any], Depends(form_of)]
_SLOT = re.compile(r"<!--answer ([\w -]+)-->")


@router.get("")
def show(app: App, who: See, patient_id: str) -> HTMLResponse:
    """The page."""
    return shown(app, who, patient_id)


def shown(app: Platform, who: SignedIn, patient_id: str, problem: str = "", status: int = 200) -> HTMLResponse:
    """The page, with what went wrong where something did."""
    patient = patient_of(app, who, patient_id, "patient.read")
    worked, held = app.reviews.of(patient_id), _held(app, patient_id)
    return page(
        app, who, "patient.html", status=status, worked=worked, parts=worked.parts, problem=problem,
        fingerprint=_fingerprint(worked, held),
        first=_with_answers(app, who, patient_id, worked, held), waits=waiting(worked.actions, held),
        **patient_context(app, patient),
    )  # fmt: skip


def _held(app: Platform, patient_id: str) -> dict[str, Answered]:
    """The answers that still hold."""
    _, site = app.reviews.site()
    with app.store.read() as db:
        return holding(answers.given(db, [patient_id]), app.clock(), site.answer_hours)


def _fingerprint(worked: Worked, held: Mapping[str, Answered]) -> str:
    """What a page shows, in short: grades, actions, answers, checks that are overdue."""
    late = [c.label for c in worked.row.overdue]
    answered = sorted((a, h.kind, h.by, h.at) for a, h in held.items())
    said = (sorted(worked.answer.grades.items()), [a.advice for a in worked.actions], late, answered)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def _with_answers(app: Platform, who: SignedIn, patient_id: str, worked: Worked, held: Mapping[str, Answered]) -> str:
    """What to do, with what was answered and the buttons to answer in their places."""
    _, site = app.reviews.site()
    by_key: dict[str, Action] = {a.key: a for a in worked.actions}

    def widget(slot: re.Match[str]) -> str:
        action = by_key.get(slot[1])
        if action is None:
            return ""
        return rendered(
            "answer.html", action=action, held=held.get(action.advice), who=who, patient={"id": patient_id},
            version=worked.version, may=lambda right: may(who.account.role, right),
        )  # fmt: skip

    with shown_in(site.zone):
        return _SLOT.sub(widget, worked.parts.get("first", ""))


@router.get("/news")
def news(
    app: App, who: See, patient_id: str, version: Annotated[int, Query(ge=0, le=10**9)],
    shown: Annotated[str, Query(max_length=64)] = "",
) -> Response:  # fmt: skip
    """What is different from what somebody looks at: entries of others, answers, or what time alone has changed."""
    patient = patient_of(app, who, patient_id)
    if patient["version"] == version:
        worked = app.reviews.of(patient_id)
        if not shown or _fingerprint(worked, _held(app, patient_id)) == shown:
            return Response(status_code=204)
        return page(app, who, "news.html", patient=patient, authors=[], at=None)
    app.note(who.account.login, "patient.read", patient_id)
    with app.store.read() as db:
        written = [e for e in entries.history(db, patient_id, limit=50) if e["version"] > version]
    authors = sorted({e["author"] for e in written if e["author"] != who.account.name})
    return page(app, who, "news.html", patient=patient, authors=authors, at=patient["changed_at"])


@router.post("/answers")
def give_answer(app: App, who: Decide, patient_id: str, form: Form) -> Response:
    """Acknowledge or override an action."""
    try:
        advice, kind = str(form.get("advice", "")), str(form.get("kind", ""))
        reason, seen = str(form.get("reason") or "") or None, str(form.get("seen") or "")
        answer(app, who, patient_id, advice, kind, reason, _version(form), seen)
    except DataError as error:
        if isinstance(error, NotThere):
            raise
        return shown(app, who, patient_id, str(error), 409)
    return RedirectResponse(f"/patients/{patient_id}#advice", 303)


@router.post("/answers/all")
def acknowledge_all(app: App, who: Decide, patient_id: str, form: Form) -> Response:
    """Acknowledge every MUST action that was shown and waits; each is kept by itself."""
    patient_of(app, who, patient_id)
    shown_then = form.get("advice") or []
    try:
        for advice in shown_then if isinstance(shown_then, list) else [shown_then]:
            answer(app, who, patient_id, str(advice), "acknowledged", None, _version(form))
    except DataError as error:
        if isinstance(error, NotThere):
            raise
        return shown(app, who, patient_id, str(error), 409)
    return RedirectResponse(f"/patients/{patient_id}#advice", 303)


def _version(form: dict[str, Any]) -> int:
    """The version of the record that a page showed. Raises DataError."""
    version = str(form.get("version", ""))
    if not version.isdecimal() or len(version) > 9:
        raise DataError("load the page again and repeat")
    return int(version)


@router.get("/plan")
def show_plan(app: App, who: See, patient_id: str) -> HTMLResponse:
    """The monitoring plan of the product, from the day of the infusion."""
    patient = patient_of(app, who, patient_id, "plan.read")
    known = known_facts(app.store, patient_id)
    chart, problem, found = "", "", None
    try:
        if known.get("infusion") is None or not known.get("product"):
            raise DataError("A plan needs the product and the time of the infusion; enter them under Record.")
        found = plan(known["product"], known["infusion"])
        chart = plan_chart(found)
    except DataError as error:
        problem = str(error)
    return page(app, who, "plan.html", chart=chart, problem=problem, plan=found, **patient_context(app, patient))


@router.post("/discharge")
def discharge(app: App, who: Admit, patient_id: str, form: Form) -> RedirectResponse:
    """Take a patient off the ward, or put one back."""
    patient_of(app, who, patient_id)
    back = form.get("back") == "yes"
    with app.store.write() as db:
        patients.discharge(db, patient_id, login=who.account.login, at=app.clock(), back=back)
    return RedirectResponse(f"/patients/{patient_id}/record" if back else "/ward", 303)
