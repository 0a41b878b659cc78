"""Patients who are not on the ward: the list of them, with the way back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from icans.store import patients
from icans.web.access import App, See
from icans.web.pages.page import page

router = APIRouter(include_in_schema=False)
_ROWS = 100


@router.get("/patients")
def not_on_ward(app: App, who: See, skip: Annotated[int, Query(ge=0, le=10**6)] = 0) -> HTMLResponse:
    """The discharged patients of the units that the account may see, whoever left last first."""
    with app.store.read() as db:
        found = patients.gone(db, who.account.care_unit, limit=_ROWS + 1, skip=skip)
        here = found[:_ROWS]
        labels = patients.labels(db, [p["id"] for p in here])
    app.note(who.account.login, "patients.read", patients=[p["id"] for p in here])
    more = skip + _ROWS if len(found) > _ROWS else None
    return page(app, who, "gone.html", patients=here, labels=labels, more=more)
