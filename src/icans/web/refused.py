"""What is said where something is not done and no page can be made: to programs as JSON, to people as a bare page."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from starlette.responses import HTMLResponse, JSONResponse, Response

from icans.web.fhir.problems import Issue, outcome

_FHIR = "/fhir"


def as_json(path: str, status: int, words: str, headers: Mapping[str, str] | None = None) -> Response:
    """`{"detail": words}`; below /fhir an OperationOutcome, as FHIR has it."""
    if path == _FHIR or path.startswith(f"{_FHIR}/"):
        issues = [Issue(line) for line in words.splitlines()]
        return JSONResponse(outcome(issues, status), status, headers, "application/fhir+json")
    return JSONResponse({"detail": words}, status, headers)


def as_page(status: int, words: str) -> Response:
    """A page that needs nothing of the app but its styles."""
    return HTMLResponse(
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>icans</title>'
        '<link rel="stylesheet" href="/static/app.css"></head><body class="app"><main><h1>That did not work</h1>'
        f'<p>{escape(words)}</p><p><a href="/ward">To the ward</a></p></main></body></html>',
        status,
    )
