"""Sign in, the first sign-up, sign out, and one's own account."""

from __future__ import annotations

import hmac
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from icans.errors import DataError
from icans.store import accounts, sign_ins
from icans.store.accounts import Account
from icans.web.access import COOKIE, App, See
from icans.web.demo_accounts import DEMO_ACCOUNTS
from icans.web.pages.page import form_of, page
from icans.web.platform import Platform

router = APIRouter(include_in_schema=False)
Form = Annotated[dict[str, Any], Depends(form_of)]


@router.get("/sign-in")
def show(app: App, next: str = "/ward") -> Response:
    """The page to sign in; the first to come is sent to the sign-up."""
    with app.store.read() as db:
        if accounts.none_yet(db):
            return RedirectResponse("/sign-up", 303)
    return _page(app, next)


@router.post("/sign-in")
def sign_in(app: App, request: Request, form: Form) -> Response:
    """Sign in with login and password. Why it failed is not told, nor whether there is such a login."""
    onward = str(form.get("next") or "/ward")
    address = request.client.host if request.client else "?"
    if not app.limits.may_sign_in(address):
        return _page(app, onward, "Too many attempts. Wait a minute and try again.", 429)
    now = app.clock()
    who = accounts.sign_in_with(app.store, str(form.get("login") or ""), str(form.get("password") or ""), now)
    if who is None:
        told = "Login or password is wrong, or the account is locked for a while. An administrator can help."
        return _page(app, onward, told, 401)
    return signed_in_as(app, who, onward)


def signed_in_as(app: Platform, who: Account, onward: str = "/ward") -> Response:
    """Begin a session of the browser and go on."""
    with app.store.write() as db:
        secret = sign_ins.begin(db, who, now=app.clock())
    answer = RedirectResponse(_own(onward), 303)
    answer.set_cookie(
        COOKIE, secret, max_age=int(sign_ins.LONGEST.total_seconds()), httponly=True, samesite="lax", path="/",
        secure=app.started.base_url.startswith("https:"),
    )  # fmt: skip
    return answer


def _own(onward: str) -> str:
    """A path of this app, never of another site."""
    safe = onward.startswith("/") and not onward.startswith("//") and "\\" not in onward and onward.isprintable()
    return onward if safe else "/ward"


@router.post("/demo-sign-in")
def demo(app: App, form: Form) -> Response:
    """Sign in without a password, in the demo only."""
    login = str(form.get("login") or "")
    if not app.started.demo or login not in DEMO_ACCOUNTS:
        return _page(app, "/ward", "There is no such way in.", 403)
    with app.store.read() as db:
        who = accounts.by_login(db, login)
    return signed_in_as(app, who)


@router.get("/sign-up")
def sign_up_page(app: App, code: str = "") -> Response:
    """The first sign-up: whoever has the setup code becomes the administrator."""
    return _sign_up(app, {"code": code}, [])


@router.post("/sign-up")
def sign_up(app: App, form: Form) -> Response:
    """Make the first account, an administrator's."""
    if not hmac.compare_digest(str(form.get("code") or "").strip().encode(), app.started.setup_code.encode()):
        return _sign_up(app, form, ["setup code: it stands in the terminal where icans serve runs"], 403)
    if form.get("password") != form.get("again"):
        return _sign_up(app, form, ["password: the two are not the same"], 422)
    try:
        with app.store.write() as db:
            if not accounts.none_yet(db):
                return RedirectResponse("/sign-in", 303)
            login = str(form.get("login") or "")
            who = accounts.make(
                db, login, str(form.get("name") or ""), "administrator", by=login, at=app.clock(),
                password=str(form.get("password") or ""),
            )  # fmt: skip
    except DataError as error:
        return _sign_up(app, form, list(error.problems), 422)
    return signed_in_as(app, who)


def _sign_up(app: Platform, given: dict[str, Any], problems: list[str], status: int = 200) -> Response:
    with app.store.read() as db:
        if not accounts.none_yet(db):
            return RedirectResponse("/sign-in", 303)
    asks = bool(app.started.setup_code)
    return page(app, None, "sign_up.html", status=status, given=given, problems_found=problems, asks_code=asks)


@router.post("/sign-out")
def sign_out(app: App, who: See) -> RedirectResponse:
    """End the session."""
    with app.store.write() as db:
        sign_ins.end(db, who, app.clock())
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


@router.get("/account")
def own_account(app: App, who: See) -> HTMLResponse:
    """One's own account."""
    return page(app, who, "account.html", problems_found=[])


@router.post("/account")
def new_password(app: App, who: See, form: Form) -> Response:
    """A new password; everybody signed in with the old one is signed out."""
    login, now = who.account.login, app.clock()
    right = accounts.sign_in_with(app.store, login, str(form.get("old") or ""), now) is not None
    try:
        if not right:
            raise DataError("old password: it is not right, or the account is locked for a while")
        if form.get("password") != form.get("again"):
            raise DataError("new password: the two are not the same")
        with app.store.write() as db:
            accounts.change(db, login, by=login, at=now, password=str(form.get("password") or ""))
    except DataError as error:
        return page(app, who, "account.html", status=422, problems_found=list(error.problems))
    return RedirectResponse("/sign-in", 303)


def _page(app: Platform, onward: str, problem: str = "", status: int = 200) -> HTMLResponse:
    _, site = app.reviews.site()
    demo = DEMO_ACCOUNTS if app.started.demo else {}
    openid = site.openid.issuer
    return page(
        app, None, "sign_in.html", status=status, onward=onward, problem=problem, demo_accounts=demo, openid=openid
    )  # fmt: skip
