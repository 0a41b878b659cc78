"""The app: routes, what guards them, and what an error looks like."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import DataError as SqlDataError
from starlette.exceptions import HTTPException

from icans import __version__
from icans.errors import DataError
from icans.store.errors import Changed, NotThere, Unavailable
from icans.web.access import NotAllowed, NotSignedIn
from icans.web.api import administration, routes
from icans.web.cds_service import cds_service
from icans.web.fhir import routes as fhir
from icans.web.guard import Guard
from icans.web.openid import launch as smart_launch
from icans.web.openid import sign_in as openid_sign_in
from icans.web.pages import bedside, entering, moves, patient, printing, settings, sign_in, ward
from icans.web.pages.page import page
from icans.web.platform import Platform
from icans.web.refused import as_json

_PROGRAMS = ("/api", "/cds-services", "/fhir", "/static")


def create_app(platform: Platform) -> FastAPI:
    """The app over a platform. `/docs` has no page of its own: `/openapi.json` describes the JSON API."""
    app = FastAPI(
        title="icans", version=__version__, docs_url=None, redoc_url=None, description=routes.__doc__ or "",
        separate_input_output_schemas=False, redirect_slashes=False,
    )  # fmt: skip
    app.state.platform = platform
    for part in (ward, moves, sign_in, settings, entering, bedside, printing, patient):
        app.include_router(part.router)
    for way in (openid_sign_in, smart_launch):
        app.include_router(way.router)
    for service in (routes, administration, fhir):
        app.include_router(service.router)
    app.include_router(cds_service(platform))
    app.add_api_route("/static/report.css", report_css, include_in_schema=False)
    app.mount("/static", StaticFiles(packages=[("icans.web", "static")]))
    app.add_api_route("/healthz", lambda: PlainTextResponse("ok"), include_in_schema=False)
    _handle_errors(app)
    app.add_middleware(Guard, base_url=platform.started.base_url, largest_body=platform.started.largest_body)
    return app


@cache
def _report_css() -> str:
    folder = files("icans.report").joinpath("templates")
    return "".join(folder.joinpath(name).read_text("utf-8") for name in ("review.css", "guidance.css", "story.css"))


def report_css() -> Response:
    """The styles of a review, as the static pages have them."""
    return Response(_report_css(), media_type="text/css")


def _handle_errors(app: FastAPI) -> None:
    """Every error in words: JSON for programs, a page for people; never a traceback, never a value."""
    kinds: list[tuple[type[Exception], int]] = [(NotThere, 404), (Changed, 409), (NotAllowed, 403), (DataError, 422)]
    app.add_exception_handler(Unavailable, _unavailable)
    for kind, status in kinds:
        app.add_exception_handler(kind, _teller(status))
    app.add_exception_handler(NotSignedIn, _to_sign_in)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(SqlDataError, _not_kept)
    app.add_exception_handler(HTTPException, _http)


def _teller(status: int) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def tell(request: Request, error: Exception) -> Response:
        return _told(request, status, str(error))

    return tell


def _told(request: Request, status: int, words: str) -> Response:
    if is_program(request):
        return as_json(request.scope["path"], status, words)
    app: Platform = request.app.state.platform
    who = getattr(request.state, "signed_in", None)
    return page(app, who, "message.html", status=status, words=words.splitlines(), code=status)


async def _unavailable(request: Request, error: Exception) -> Response:
    """The store is busy or full: nothing was kept, and no page can be made, for that needs the store too."""
    headers = {"retry-after": "30"}
    if is_program(request):
        return as_json(request.scope["path"], 503, str(error), headers)
    return PlainTextResponse(str(error), 503, headers)


def is_program(request: Request) -> bool:
    """Whether the answer is for a program rather than a person."""
    return request.scope["path"].startswith(_PROGRAMS)


async def _to_sign_in(request: Request, error: Exception) -> Response:
    if is_program(request):
        return as_json(request.scope["path"], 401, "sign in first", {"www-authenticate": "Bearer"})
    onward = quote(_where(request))
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"hx-redirect": f"/sign-in?next={onward}"})
    return RedirectResponse(f"/sign-in?next={onward}", 303)


def _where(request: Request) -> str:
    """Where somebody was: the page itself, also where only a part of it was asked for."""
    if request.headers.get("hx-request"):
        try:
            parts = urlsplit(request.headers.get("hx-current-url", "/ward"))
        except ValueError:  # no address at all, such as http://[
            return "/ward"
        return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/ward"
    if request.method != "GET":
        return "/ward"
    query = request.scope["query_string"].decode("ascii", "replace")
    return f"{request.scope['path']}?{query}" if query else request.scope["path"]


async def _invalid(request: Request, error: Exception) -> Response:
    """Where in the request something is wrong, without repeating what was there."""
    assert isinstance(error, RequestValidationError)
    found = [f"{'.'.join(_place(e['loc']))}: {e['msg'].removeprefix('Value error, ')}" for e in error.errors()]
    return _told(request, 422, "\n".join(found[:20]))


async def _not_kept(request: Request, error: Exception) -> Response:
    """What a database refuses of its own: too long for its column, or a character that it does not keep."""
    return _told(request, 422, "a text that is too long or holds a character that cannot be kept")


def _place(loc: tuple[Any, ...]) -> list[str]:
    return [str(part)[:60] for part in loc if part != "body"] or ["body"]


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = {404: "There is no such page.", 405: "That cannot be done here."}.get(error.status_code, str(error.detail))
    answer = _told(request, error.status_code, words)
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer
