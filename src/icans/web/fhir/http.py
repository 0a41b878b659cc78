"""FHIR over HTTP: which form is spoken, what a body is, and how every error is answered."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Iterable, Mapping
from email.utils import format_datetime
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from icans.errors import DataError
from icans.store.errors import Changed, NotThere
from icans.web.access import NotAllowed, NotSignedIn
from icans.web.fhir.problems import Issue, Refused, outcome
from icans.web.fhir.view import Served

Json = dict[str, Any]

FHIR_JSON = "application/fhir+json"
_SPOKEN = ("application/fhir+json", "application/json", "application/*", "*/*")
_SENT = ("application/fhir+json", "application/json")
_FORMATS = ("json", "application/json", "application/fhir+json", "application/fhir json")
_DEEPEST = 60
_RETURN = re.compile(r"\breturn=(minimal|representation|OperationOutcome)\b")


class FhirRoute(APIRoute):
    """A route that speaks JSON only and answers every error with an OperationOutcome."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler within these two."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                _check_spoken(request)
                return await handle(request)
            except Exception as error:
                refused = refusal(error)
                if refused is None:
                    raise
                headers = {"WWW-Authenticate": "Bearer"} if refused.status == 401 else None
                return answer(outcome(refused.issues, refused.status), refused.status, headers)

        return handled


def refusal(error: Exception) -> Refused | None:
    """An error in the words and status of the service; None for a fault of ours."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, NotSignedIn):
        return Refused(401, "sign in first: Authorization: Bearer TOKEN")
    if isinstance(error, RequestValidationError):
        return Refused(400, *(f"{'.'.join(map(str, e['loc'][1:]))}: {e['msg']}" for e in error.errors()[:20]))
    if isinstance(error, HTTPException):
        return Refused(error.status_code, str(error.detail))
    statuses: list[tuple[type[Exception], int]] = [(NotAllowed, 403), (NotThere, 404), (Changed, 409), (DataError, 422)]
    for kind, status in statuses:
        if isinstance(error, kind):
            return Refused(status, *(error.problems if isinstance(error, DataError) else [str(error)]))
    return None


def _check_spoken(request: Request) -> None:
    asked = request.query_params.get("_format")
    if asked is not None:
        if asked not in _FORMATS:
            raise Refused(406, "only JSON is spoken here: application/fhir+json")
        return
    accepted = [part.strip() for part in request.headers.get("accept", "*/*").split(",") if part.strip()]
    kinds = [kind for kind, *more in (p.replace(" ", "").lower().split(";") for p in accepted) if "q=0" not in more]
    if accepted and not any(kind in _SPOKEN for kind in kinds):
        raise Refused(406, "only JSON is spoken here: application/fhir+json")


async def resource_sent(request: Request) -> Json:
    """The resource in the body. Raises Refused: 415 where it is said to be no JSON, 400 where it is none."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in _SENT:
        raise Refused(415, "only JSON is taken here: Content-Type: application/fhir+json")
    body = await request.body()
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refused(400, f"not valid JSON at line {error.lineno}, column {error.colno}") from None
    if not isinstance(sent, dict) or not isinstance(sent.get("resourceType"), str):
        raise Refused(400, Issue("a resource is expected: an object with a resourceType", code="structure"))
    if _deeper_than(sent, _DEEPEST):
        raise Refused(400, "it is nested too deeply")
    if b"\\u0000" in body and _holds_nul(sent):
        raise Refused(400, "a text holds the character NUL, which no text may")
    return sent


def _deeper_than(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    parts = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_deeper_than(part, levels - 1) for part in parts)


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    parts: Iterable[Any] = ()
    if isinstance(value, dict):
        parts = (*value, *value.values())
    elif isinstance(value, list):
        parts = value
    return any(_holds_nul(part) for part in parts)


def answer(content: Json | None, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON of FHIR, or nothing."""
    body = b"" if content is None else orjson.dumps(content)
    return Response(body, status, dict(headers or {}), FHIR_JSON if content is not None else None)


def tags(one: Served) -> dict[str, str]:
    """The headers that name a version of a resource."""
    return {"ETag": f'W/"{one.version}"', "Last-Modified": format_datetime(one.updated, usegmt=True)}


def preferred(request: Request) -> str:
    """What a client wants back of a write: `minimal`, `representation` or `OperationOutcome`."""
    found = _RETURN.search(request.headers.get("prefer", ""))
    return found[1] if found else "representation"
