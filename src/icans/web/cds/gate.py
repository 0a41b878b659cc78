"""What every call goes through: its size, who calls, plain words for what is wrong, other origins, the audit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message

from icans.web.cds.events import Audit, Call
from icans.web.cds.keys import Keys
from icans.web.cds.refusals import Refusals
from icans.web.cds.replays import Replays
from icans.web.cds.settings import CdsSettings, TrustedClient
from icans.web.cds.trust import NotTrusted, trusted

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
PATH = "/cds-services"
_BEARER = "bearer "
_MOST_SAID = 5
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept",
    "Access-Control-Max-Age": "600",
}


class Refused(HTTPException):
    """A call that is not answered: its status, and why in words that hold nothing of a patient."""


@dataclass
class Around:
    """What a call is found to be while it goes through: who called, and what the audit log is told."""

    client: TrustedClient | None = None
    about: dict[str, Any] = field(default_factory=dict)


def around(request: Request) -> Around:
    """What is known of a call so far."""
    return request.state.cds


class _JsonRequest(Request):
    """A request whose body was read already."""

    async def json(self) -> Any:
        return orjson.loads(await self.body())


@dataclass(frozen=True)
class Gate:
    """Lets calls through to their routes. See the module."""

    settings: Callable[[], CdsSettings]
    keys: Keys
    replays: Replays
    audit: Audit
    clock: Callable[[], datetime]
    refusals: Refusals = field(default_factory=Refusals)

    def route_class(self) -> type[APIRoute]:
        """The class of routes that are reached through this gate only."""
        gate = self

        class Guarded(APIRoute):
            def get_route_handler(self) -> Handler:
                inner = super().get_route_handler()

                async def handle(request: Request) -> Response:
                    return await gate.through(request, inner)

                return handle

        return Guarded

    async def through(self, request: Request, inner: Callable[[Request], Awaitable[Response]]) -> Response:
        """One call, from its first byte to its answer."""
        settings, call = self.settings(), Around()
        request.state.cds = call
        if request.method == "OPTIONS":
            response: Response = Response(status_code=204)
        else:
            response = await self._noted(request, settings, call, inner)
        response.headers.update(_shared(request, settings, call.client))
        response.headers["Cache-Control"] = "no-store"
        return response

    async def _noted(
        self, request: Request, settings: CdsSettings, call: Around, inner: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        """The answer, once it is noted. A fault is noted as 500; too many refusals of a stranger are not noted."""
        try:
            response = await self._answered(request, settings, call, inner)
        except Exception:
            await run_in_threadpool(self.audit, self._note(request, call, 500))
            raise
        address = request.client.host if request.client is not None else ""
        unknown = call.client is None and not settings.open
        if response.status_code >= 400 and unknown and not self.refusals.may_be_noted(address):
            return _refusal(429, "Too many calls that had to be refused; try again in a minute", {"Retry-After": "60"})
        await run_in_threadpool(self.audit, self._note(request, call, response.status_code))
        return response

    async def _answered(
        self, request: Request, settings: CdsSettings, call: Around, inner: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        try:
            call.client = await run_in_threadpool(self._caller, request, settings)
            return await inner(await _read(request, settings.largest_body))
        except RequestValidationError as error:
            return _refusal(400, _words(error))
        except HTTPException as error:
            return _refusal(error.status_code, str(error.detail), error.headers)

    def _caller(self, request: Request, settings: CdsSettings) -> TrustedClient | None:
        """Who calls; None where nobody has to be known."""
        if settings.open:
            return None
        given = request.headers.get("authorization", "")
        try:
            if given[: len(_BEARER)].lower() != _BEARER:
                raise NotTrusted("none was sent: Authorization: Bearer and a JSON Web Token are needed")
            return trusted(
                given[len(_BEARER) :].strip(), _audiences(request, settings), settings, self.keys, self.replays,
                self.clock().timestamp(),
            )  # fmt: skip
        except NotTrusted as error:
            headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            raise Refused(401, f"The token is not accepted: {error}", headers) from None

    def _note(self, request: Request, call: Around, status: int) -> Call:
        issuer = call.client.issuer if call.client is not None else ""
        service = str(request.path_params.get("service_id", ""))[:100]
        feedback = request.url.path.endswith("/feedback")
        return Call(self.clock(), issuer, service, status, feedback=feedback, **call.about)


def _audiences(request: Request, settings: CdsSettings) -> set[str]:
    """The URLs that a token may be made for: the one that is called; for feedback also that of its service."""
    service = request.path_params.get("service_id")
    url = f"{settings.base_url}{PATH}" + (f"/{service}" if service is not None else "")
    return {url, f"{url}/feedback"} if request.url.path.endswith("/feedback") else {url}


async def _read(request: Request, most: int) -> Request:
    """The request with its whole body. Raises Refused where it is too large, or no JSON by its own account."""
    said = request.headers.get("content-length", "")
    if said.isdigit() and int(said) > most:
        raise Refused(413, f"The body is larger than {most} bytes")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise Refused(413, f"The body is larger than {most} bytes")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method == "POST" and kind != "application/json" and not kind.endswith("+json"):
        raise Refused(400, "The body must be JSON, with Content-Type: application/json")

    async def receive() -> Message:
        return {"type": "http.request", "body": bytes(body), "more_body": False}

    return _JsonRequest(request.scope, receive)


def _words(error: RequestValidationError) -> str:
    """What is wrong with a body: places and what was expected there, no values."""
    said = [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors()[:_MOST_SAID]]
    return f"This is no request of CDS Hooks 2.0. {'; '.join(said)}"


def _refusal(status: int, words: str, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"detail": words}, status, dict(headers) if headers else None)


def _shared(request: Request, settings: CdsSettings, client: TrustedClient | None) -> dict[str, str]:
    """The headers that let a web page of a trusted record system read the answer (CORS)."""
    origin = request.headers.get("origin")
    if origin is None:
        return {"Vary": "Origin"}
    if not settings.allows_origin(origin, client):
        return {"Vary": "Origin"}
    more = _PREFLIGHT if request.method == "OPTIONS" else {}
    return {"Vary": "Origin", "Access-Control-Allow-Origin": "*" if settings.open else origin, **more}
