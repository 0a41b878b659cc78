"""What is answered when something is not done: an OperationOutcome with words a person can act on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

Json = dict[str, Any]

CODES = {
    400: "invalid", 401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported", 406: "not-supported",
    409: "conflict", 410: "deleted", 412: "conflict", 413: "too-long", 415: "not-supported", 422: "processing",
    429: "throttled",
}  # fmt: skip
"""HTTP status -> the code of FHIR's value set issue-type that says the same."""

_LONGEST = 500


class Issue(NamedTuple):
    """One thing to say. where: an expression such as `Bundle.entry[2]`; severity: error, warning or information."""

    text: str
    where: str | None = None
    severity: str = "error"
    code: str | None = None


class Refused(Exception):
    """A request that is not done; nothing of it is kept."""

    def __init__(self, status: int, *issues: Issue | str) -> None:
        self.status = status
        self.issues = tuple(i if isinstance(i, Issue) else Issue(i) for i in issues)
        super().__init__("; ".join(i.text for i in self.issues))

    def within(self, where: str) -> Refused:
        """The same, said of a part of a Bundle."""
        return Refused(
            self.status, *(i._replace(where=f"{where}.{i.where}" if i.where else where) for i in self.issues)
        )


def outcome(issues: Iterable[Issue], status: int = 200) -> Json:
    """An OperationOutcome."""
    code = CODES.get(status, "informational" if status < 400 else "exception")
    return {"resourceType": "OperationOutcome", "issue": [_issue(i, code) for i in issues]}


def _issue(said: Issue, code: str) -> Json:
    made: Json = {"severity": said.severity, "code": said.code or code, "diagnostics": said.text[:_LONGEST]}
    return made | ({"expression": [said.where]} if said.where else {})
