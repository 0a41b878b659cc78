"""Enter what was seen and given; the record table; correct an entry."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from icans.errors import DataError
from icans.record.catalogue import catalogue, drugs
from icans.store import entries, words
from icans.store.errors import NotThere
from icans.store.sign_ins import SignedIn
from icans.web import recording
from icans.web.access import Admit, App, Enter, See
from icans.web.acts import told_acts
from icans.web.pages.page import entered, form_of, known_facts, local, page, patient_context
from icans.web.platform import Platform
from icans.web.record_table import Entered, record_table
from icans.web.recording import Seen, patient_of
from icans.web.sheets import box, filled, sheets
from icans.web.site import Site

router = APIRouter(include_in_schema=False, prefix="/patients/{patient_id}")
Form = Annotated[dict[str, Any], Depends(form_of)]
_ROWS = 300


@router.get("/enter/{sheet}")
def sheet_page(app: App, who: Enter, patient_id: str, sheet: str) -> HTMLResponse:
    """A sheet to fill in."""
    return _sheet(app, who, patient_id, sheet, {}, [])


@router.post("/enter/{sheet}")
def fill_sheet(app: App, who: Enter, patient_id: str, sheet: str, form: Form) -> Response:
    """What a sheet says, kept in one act."""
    patient_of(app, who, patient_id)
    if sheet not in sheets():
        raise NotThere("no such sheet")
    _, site = app.reviews.site()
    try:
        rows = filled(form, sheets()[sheet].fields, entered(str(form.get("time", "")), site))
        recording.enter(app, who, patient_id, Seen(rows, note=str(form.get("note") or ""), id=_act(form)))
    except DataError as error:
        if isinstance(error, NotThere):
            raise
        return _sheet(app, who, patient_id, sheet, form, list(error.problems), 422)
    return RedirectResponse(f"/patients/{patient_id}", 303)


def _act(form: dict[str, Any]) -> str | None:
    """The identifier that the form was given: sent twice, it is one act."""
    return str(form["act"]) if form.get("act") else None


def _sheet(
    app: Platform, who: SignedIn, patient_id: str, sheet: str, given: dict[str, Any], problems: list[str],
    status: int = 200,
) -> HTMLResponse:  # fmt: skip
    patient = patient_of(app, who, patient_id, "form.read")
    if sheet not in sheets():
        raise NotThere("no such sheet")
    _, site = app.reviews.site()
    return page(
        app, who, "enter.html", status=status, sheet=sheets()[sheet], sheets=sheets().values(), given=given,
        problems_found=problems, now=given.get("time") or local(app.clock(), site), act=recording.new_id(),
        **patient_context(app, patient),
    )  # fmt: skip


@router.get("/therapy")
def therapy_page(app: App, who: Enter, patient_id: str) -> HTMLResponse:
    """The form for a drug or an infusion."""
    return _therapy(app, who, patient_id, {}, [])


@router.post("/therapy")
def give(app: App, who: Enter, patient_id: str, form: Form) -> Response:
    """A dose or an infusion that was given."""
    patient_of(app, who, patient_id)
    _, site = app.reviews.site()
    try:
        row = {k: form.get(k) for k in ("drug", "dose", "unit", "route", "rate", "rate_unit", "as_written")}
        row["start"] = entered(str(form.get("start", "")), site, "start").isoformat()
        if form.get("end"):
            row["end"] = entered(str(form["end"]), site, "end").isoformat()
        recording.enter(app, who, patient_id, Seen(therapies=[row], id=_act(form)))
    except DataError as error:
        return _therapy(app, who, patient_id, form, list(error.problems), 422)
    return RedirectResponse(f"/patients/{patient_id}", 303)


def _therapy(
    app: Platform, who: SignedIn, patient_id: str, given: dict[str, Any], problems: list[str], status: int = 200
) -> HTMLResponse:
    patient = patient_of(app, who, patient_id, "form.read")
    _, site = app.reviews.site()
    return page(
        app, who, "therapy.html", status=status, given=given, problems_found=problems, drugs=drugs().values(),
        now=given.get("start") or local(app.clock(), site), act=recording.new_id(), **patient_context(app, patient),
    )  # fmt: skip


@router.get("/record")
def record(
    app: App, who: See, patient_id: str, before: Annotated[int | None, Query(ge=0, le=10**9)] = None
) -> HTMLResponse:
    """Every entry with author and time; corrected ones struck through."""
    patient = patient_of(app, who, patient_id, "record.read")
    with app.store.read() as db:
        rows = entries.history(db, patient_id, limit=_ROWS, before=before)
        acts = entries.acts(db, patient_id, limit=_ROWS, before=before)
    # Both lists end at the same version, so that the page before goes on with both. The first version is the
    # admission: nothing is earlier.
    cut = max((some[-1]["version"] for some in (rows, acts) if len(some) >= _ROWS), default=0)
    return page(
        app, who, "record.html", rows=record_table(r for r in rows if r["version"] >= cut),
        acts=told_acts(a for a in acts if a["version"] >= cut), earlier=cut if cut > 1 else None,
        **patient_context(app, patient),
    )  # fmt: skip


@router.get("/facts")
def facts_page(app: App, who: Enter, patient_id: str) -> HTMLResponse:
    """The facts of a patient, to be changed."""
    return _facts(app, who, patient_id, {}, [])


@router.post("/facts")
def change_facts(app: App, who: Enter, patient_id: str, form: Form) -> Response:
    """What was changed in the form, and nothing else: a box that was emptied takes its fact back."""
    patient_of(app, who, patient_id)
    _, site = app.reviews.site()
    try:
        shown = {k: str(form.get(f"was.{k}", "")) for k in words.FACTS}
        new = {k: str(form[k]) for k in words.FACTS if k in form and str(form[k]) != shown[k]}
        if new.get("infusion"):
            new["infusion"] = entered(new["infusion"], site, "infusion").isoformat()
        if new:
            recording.change_facts(app, who, patient_id, new)
    except DataError as error:
        if isinstance(error, NotThere):
            raise
        return _facts(app, who, patient_id, form, list(error.problems), 422)
    return RedirectResponse(f"/patients/{patient_id}", 303)


def _facts(
    app: Platform, who: SignedIn, patient_id: str, given: dict[str, Any], problems: list[str], status: int = 200
) -> HTMLResponse:
    from icans.record.catalogue import products

    patient = patient_of(app, who, patient_id, "facts.read")
    return page(
        app, who, "facts.html", status=status, given=_as_form(app, patient_id) | given,
        was=_was(app, patient_id, given), problems_found=problems, products=products().values(),
        **patient_context(app, patient),
    )  # fmt: skip


def _was(app: Platform, patient_id: str, given: dict[str, Any]) -> dict[str, str]:
    """The facts that a form showed when it was opened: only what differs from them is a change."""
    opened = {k: str(given[f"was.{k}"]) for k in words.FACTS if f"was.{k}" in given}
    return opened or _as_form(app, patient_id)


@router.post("/transfer")
def transfer(app: App, who: Admit, patient_id: str, form: Form) -> Response:
    """Move a patient to another unit. Whoever sees one unit only does not see the patient any more."""
    patient_of(app, who, patient_id)
    try:
        unit = recording.transfer(app, who, patient_id, str(form.get("care_unit") or ""))
    except DataError as error:
        if isinstance(error, NotThere):
            raise
        return _facts(app, who, patient_id, {}, list(error.problems), 422)
    seen = who.account.care_unit in (None, unit)
    return RedirectResponse(f"/patients/{patient_id}/record" if seen else "/ward", 303)


def _as_form(app: Platform, patient_id: str) -> dict[str, str]:
    """The facts as a form holds them."""
    _, site = app.reviews.site()
    known = known_facts(app.store, patient_id)
    said = {k: f"{v:g}" if isinstance(v, float) else str(v) for k, v in known.items() if v is not None}
    if known.get("infusion") is not None:
        said["infusion"] = local(known["infusion"], site)
    if known.get("developmental_delay") is not None:
        said["developmental_delay"] = "yes" if known["developmental_delay"] else "no"
    return said


@router.get("/entries/{entry_id}/correct")
def correct_page(app: App, who: Enter, patient_id: str, entry_id: str) -> HTMLResponse:
    """The form to correct an entry."""
    return _correct(app, who, patient_id, entry_id, {}, [])


@router.post("/entries/{entry_id}/correct")
def correct(app: App, who: Enter, patient_id: str, entry_id: str, form: Form) -> Response:
    """Put a new entry in the place of another, or take it back."""
    patient_of(app, who, patient_id)
    _, site = app.reviews.site()
    shown = _times(_entry(app, patient_id, entry_id), site)
    try:
        names = ("value", "time", "start", "end", "dose", "unit", "rate", "rate_unit", "route", "attribution")
        new = {name: form[name] for name in names if name in form}
        if isinstance(new.get("value"), list):
            new["value"] = ";".join(v for v in new["value"] if v)
        for name in ("time", "start", "end"):
            # A form tells minutes. A time that nobody changed keeps its seconds: a test is what has the same time.
            if new.get(name) == shown[name]:
                del new[name]
            elif new.get(name):
                new[name] = entered(str(new[name]), site, name)
        taken_back = form.get("what") == "withdraw"
        recording.correct(app, who, patient_id, entry_id, None if taken_back else new, str(form.get("reason") or ""))
    except DataError as error:
        if isinstance(error, NotThere):
            raise
        return _correct(app, who, patient_id, entry_id, form, list(error.problems), 422)
    return RedirectResponse(f"/patients/{patient_id}/record", 303)


def _correct(
    app: Platform, who: SignedIn, patient_id: str, entry_id: str, given: dict[str, Any], problems: list[str],
    status: int = 200,
) -> HTMLResponse:  # fmt: skip
    patient = patient_of(app, who, patient_id, "entry.read")
    row = _entry(app, patient_id, entry_id)
    _, site = app.reviews.site()
    field = box(row.item) if row.kind == "observation" and row.item in catalogue() else None
    return page(
        app, who, "correct.html", status=status, row=row, field=field, given=given, problems_found=problems,
        times=_times(row, site), **patient_context(app, patient),
    )  # fmt: skip


def _entry(app: Platform, patient_id: str, entry_id: str) -> Entered:
    """One entry of this record. Raises NotThere."""
    with app.store.read() as db:
        found = record_table(entries.one(db, patient_id, entry_id))
    if not found:
        raise NotThere("no such entry in this record")
    return found[0]


def _times(row: Entered, site: Site) -> dict[str, str]:
    """The times of an entry as the form shows them."""
    start = local(row.time, site) if row.time else ""
    return {"time": start, "start": start, "end": local(row.until, site) if row.until else ""}
