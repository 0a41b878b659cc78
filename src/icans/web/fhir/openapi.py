"""How each interaction is described in `/openapi.json`."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from icans.web.fhir.http import FHIR_JSON
from icans.web.fhir.kinds import KINDS

Json = dict[str, Any]

_WORDS = {
    "read": "Read a {}", "vread": "Read a version of a {}", "search-type": "Search {}s",
    "search-form": "Search {}s, the parameters in the body", "create": "Create a {}",
    "update": "Write another version of a {}", "delete": "Delete a {}", "everything": "Everything of a patient",
    "transaction": "A transaction or a batch", "capabilities": "The CapabilityStatement",
}  # fmt: skip
_ERRORS = {
    400: "the request is wrong", 401: "nobody is signed in", 403: "the role has not the right",
    404: "not there, or on another unit", 405: "not served", 406: "only JSON is spoken", 409: "somebody was faster",
    410: "deleted", 412: "the version is not the newest", 413: "too large", 415: "only JSON is taken",
    422: "what was sent cannot be used",
}  # fmt: skip
_READING = (400, 401, 403, 404, 406)
_OF = {
    "read": (*_READING, 410), "vread": (*_READING, 410), "search-type": _READING,
    "search-form": (*_READING, 413, 415), "everything": _READING, "capabilities": (406,),
    "create": (*_READING, 409, 412, 413, 415, 422), "update": (*_READING, 409, 410, 412, 413, 415, 422),
    "delete": (*_READING, 409, 410, 412, 422), "transaction": (*_READING, 405, 409, 410, 412, 413, 415, 422),
}  # fmt: skip
_DONE = {"create": (201, 200), "delete": (204,), "read": (200, 304), "vread": (200, 304)}
_BODY = ("create", "update", "transaction")
_OBJECT = {"type": "object", "required": ["resourceType"], "properties": {"resourceType": {"type": "string"}}}


def described(does: str, kind: str = "") -> dict[str, Any]:
    """The keywords of a route of FastAPI for an interaction with a type."""
    responses: dict[int | str, Json] = {status: _response(_ERRORS[status], True) for status in _OF[does]}
    for status in _DONE.get(does, (200,)):
        responses[status] = _response("done", status in (200, 201))
    extra: Json = {"parameters": _parameters(does, kind)}
    if does in _BODY:
        schema = {**_OBJECT, "properties": {"resourceType": {"enum": [kind or "Bundle"]}}}
        extra["requestBody"] = {"required": True, "content": {FHIR_JSON: {"schema": schema}}}
    elif does == "search-form":
        form = {"type": "object", "properties": {p["name"]: p["schema"] for p in _asked_by(kind)}}
        extra["requestBody"] = {"content": {"application/x-www-form-urlencoded": {"schema": form}}}
    first = _DONE.get(does, (200,))[0]
    return {
        "summary": _WORDS[does].format(kind), "operation_id": f"fhir_{does.replace('-', '_')}_{kind or 'system'}",
        "status_code": first, "response_class": Response, "responses": responses, "openapi_extra": extra,
    }  # fmt: skip


def _response(words: str, with_content: bool) -> Json:
    return {"description": words} | ({"content": {FHIR_JSON: {"schema": _OBJECT}}} if with_content else {})


def _parameters(does: str, kind: str) -> list[Json]:
    if does == "search-type":
        return _asked_by(kind)
    named = {
        "update": ("If-Match", True), "delete": ("If-Match", True), "create": ("If-None-Exist", False),
        "read": ("If-None-Match", False),
    }  # fmt: skip
    if does not in named or (does == "create" and kind != "Patient") or (does == "read" and kind == "AuditEvent"):
        return []
    name, required = named[does]
    return [{"name": name, "in": "header", "required": required, "schema": {"type": "string"}}]


def _asked_by(kind: str) -> list[Json]:
    names = (*KINDS[kind].asked_by, "_count", "_sort", "_summary", "_after")
    return [{"name": name, "in": "query", "required": False, "schema": {"type": "string"}} for name in names]
