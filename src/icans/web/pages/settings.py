"""The settings of the site, the accounts and the audit log: for administrators."""

from __future__ import annotations

from typing import Annotated, Any
from zoneinfo import available_timezones

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from icans.errors import DataError
from icans.grading.conventions import conventions, switches
from icans.guidance import library
from icans.store import accounts, audit, settings
from icans.store.errors import NotThere
from icans.store.schema import ROLES
from icans.store.sign_ins import SignedIn
from icans.store.verify import verify
from icans.web.access import App, Configure
from icans.web.pages.page import form_of, page
from icans.web.platform import Platform
from icans.web.settings_form import as_form, from_form
from icans.web.site import LANGUAGES, Site, site_of

router = APIRouter(include_in_schema=False)
Form = Annotated[dict[str, Any], Depends(form_of)]
_ROWS = 200
_LONGEST_UNIT = 60


@router.get("/settings")
def show(app: App, who: Configure) -> HTMLResponse:
    """The settings in force."""
    return _settings(app, who, [])


@router.post("/settings")
def change(app: App, who: Configure, form: Form) -> Response:
    """Put new settings in force: a new version."""
    try:
        version = str(form.get("version", ""))
        _, before = app.reviews.site()
        site = site_of(before.model_dump(mode="json") | from_form(form, before))
        with app.store.write() as db:
            settings.keep(
                db, site.model_dump(mode="json"), author=who.account.id, login=who.account.login, at=app.clock(),
                expected=int(version) if version.isdecimal() and len(version) < 10 else None,
            )  # fmt: skip
        app.reviews.settings_changed()
    except DataError as error:
        return _settings(app, who, list(error.problems), 422)
    return RedirectResponse("/settings", 303)


def _settings(app: Platform, who: SignedIn, problems: list[str], status: int = 200) -> HTMLResponse:
    version, site = app.reviews.site()
    usual = Site().model_dump()  # an earlier version need not say what was not a setting then
    with app.store.read() as db:
        history = [{**h, "content": usual | h["content"]} for h in settings.history(db)]
    guidelines = [(n, library.guideline(n).title) for n in library.names()]
    guidelines += [(n, "the label of each product") for n in library.families()]
    return page(
        app, who, "settings.html", status=status, problems_found=problems, version=version, given=as_form(site),
        languages=LANGUAGES, guidelines=guidelines, zones=sorted(available_timezones()),
        conventions=conventions().values(), positions=switches(site.conventions), history=history,
    )  # fmt: skip


@router.get("/accounts")
def show_accounts(app: App, who: Configure) -> HTMLResponse:
    """Who may use the app."""
    return _accounts(app, who, {}, [])


@router.post("/accounts")
def make_account(app: App, who: Configure, form: Form) -> Response:
    """A new account."""
    try:
        with app.store.write() as db:
            words = {k: str(form.get(k) or "") for k in ("login", "name", "role", "password")}
            accounts.make(
                db, words["login"], words["name"], words["role"], by=who.account.login, at=app.clock(),
                password=words["password"], care_unit=_unit(form) or None,
            )  # fmt: skip
    except DataError as error:
        return _accounts(app, who, form, list(error.problems), 422)
    return RedirectResponse("/accounts", 303)


def _unit(form: dict[str, Any]) -> str | None:
    """The unit of an account; '' is all units, None: the form does not say."""
    if form.get("care_unit") is None:
        return None
    unit = " ".join(str(form["care_unit"]).split())
    if len(unit) > _LONGEST_UNIT:
        raise DataError(f"unit: {_LONGEST_UNIT} characters at most")
    return unit


@router.post("/accounts/{login:path}")
def change_account(app: App, who: Configure, login: str, form: Form) -> Response:
    """Another role, unit or password, or shut and open an account."""
    active = {"shut": False, "open": True}.get(str(form.get("what") or ""))
    try:
        with app.store.write() as db:
            accounts.change(
                db, login, by=who.account.login, at=app.clock(), active=active,
                role=str(form.get("role") or "") or None, password=str(form.get("password") or "") or None,
                care_unit=_unit(form),
            )  # fmt: skip
    except NotThere:
        raise
    except DataError as error:
        return _accounts(app, who, {}, list(error.problems), 422)
    return RedirectResponse("/accounts", 303)


def _accounts(
    app: Platform, who: SignedIn, given: dict[str, Any], problems: list[str], status: int = 200
) -> HTMLResponse:
    with app.store.read() as db:
        listed = accounts.listed(db)
    return page(
        app, who, "accounts.html", status=status, accounts=listed, roles=ROLES, given=given, problems_found=problems,
        now=app.clock(),
    )  # fmt: skip


@router.get("/audit")
def show_audit(
    app: App, who: Configure, before: Annotated[int | None, Query(ge=0, le=10**12)] = None, check: bool = False
) -> HTMLResponse:
    """The audit log, the newest first; with `check` the whole chain is verified."""
    with app.store.read() as db:
        found = audit.rows(db, before=before, limit=_ROWS)
        verified = verify(db) if check else None
    app.note(who.account.login, "audit.read")
    return page(app, who, "audit.html", rows=found, verified=verified, more=len(found) == _ROWS)
