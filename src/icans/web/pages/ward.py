"""The ward page, and admission."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import RowMapping

from icans.errors import DataError
from icans.record.catalogue import products
from icans.store import words
from icans.store.sign_ins import SignedIn
from icans.web import recording
from icans.web.access import Admit, App, See
from icans.web.pages.page import entered, form_of, page
from icans.web.platform import Platform
from icans.web.ward import shown_rows, ward

router = APIRouter(include_in_schema=False)
Form = Annotated[dict[str, Any], Depends(form_of)]


@router.get("/")
def home() -> RedirectResponse:
    """The ward is the home."""
    return RedirectResponse("/ward", 303)


@router.get("/ward")
def show(app: App, who: See, unit: str | None = None) -> HTMLResponse:
    """The ward."""
    return _ward(app, who, "ward.html", unit)


@router.get("/ward/rows")
def rows(app: App, who: See, unit: str | None = None) -> HTMLResponse:
    """The rows alone, for the page that keeps itself new."""
    return _ward(app, who, "ward_rows.html", unit)


def _ward(app: Platform, who: SignedIn, template: str, unit: str | None) -> HTMLResponse:
    found = ward(app, who, unit or None)
    return page(app, who, template, ward=found, rows=shown_rows(app, found), unit=unit or "")


@router.get("/patients/new")
def new(app: App, who: Admit) -> HTMLResponse:
    """The form of admission."""
    return _form(app, who, {}, [])


@router.post("/patients")
def admit(app: App, who: Admit, form: Form) -> Response:
    """Admit a patient."""
    try:
        made = admitted(app, who, form)
    except DataError as error:
        there = error.there if isinstance(error, recording.Taken) else None
        return _form(app, who, form, list(error.problems), 422, there)
    return RedirectResponse(f"/patients/{made}", 303)


def admitted(app: Platform, who: SignedIn, form: dict[str, Any]) -> str:
    """Admit from the words of a form; the id. Raises DataError, Changed."""
    _, site = app.reviews.site()
    known = {name: form.get(name) for name in words.FACTS if form.get(name)}
    if known.get("infusion"):
        known["infusion"] = entered(str(known["infusion"]), site, "infusion").isoformat()
    return recording.admit(app, who, str(form.get("identifier") or ""), known, str(form.get("care_unit") or ""))[0]


def _form(
    app: Platform,
    who: SignedIn,
    given: dict[str, Any],
    problems: list[str],
    status: int = 200,
    there: RowMapping | None = None,
) -> HTMLResponse:  # fmt: skip
    """The form of admission; `there`: the patient who has the identifier already."""
    return page(
        app, who, "admit.html", status=status, given=given, problems_found=problems, products=products().values(),
        there=there,
    )  # fmt: skip
