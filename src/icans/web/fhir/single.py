"""One write, whatever the type: what a route and an entry of a Bundle have in common."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy import Connection

from icans.store.audit import append
from icans.web.fhir import admitting, writing
from icans.web.fhir.asked import asked
from icans.web.fhir.filing import Done
from icans.web.fhir.found import matching
from icans.web.fhir.kinds import KINDS
from icans.web.fhir.people import people
from icans.web.fhir.problems import Issue, Refused
from icans.web.fhir.understood import NOTHING, Understood
from icans.web.fhir.writer import Writer

Json = dict[str, Any]

_ETAG = re.compile(r'(?:W/)?"?(\d{1,9})"?')


def version_of(tag: object) -> int | None:
    """The version in an If-Match, None where there is none. Raises Refused: 412 for what is no version of ours."""
    if tag is None:
        return None
    if not isinstance(tag, str):
        raise Refused(400, Issue('a tag such as W/"3"', "ifMatch"))
    found = _ETAG.fullmatch(tag.strip())
    if found is None:
        raise Refused(412, 'If-Match: no version of ours; take the ETag of your last read, such as W/"3"')
    return int(found[1])


@dataclass(frozen=True)
class Ready:
    """A write that was read and understood, and only needs the store.

    method  POST, PUT or DELETE
    name    of a POST the id it will get, where that is not left to the store
    facts   of a Patient; said: of anything else
    """

    method: str
    kind: str
    name: str
    content: Json
    said: Understood = NOTHING
    facts: tuple[Json, ...] = ()


def ready(who: Writer, method: str, kind: str, name: str, content: Json) -> Ready:
    """Read what a write says, before the store is held for it. Raises Refused."""
    if method == "DELETE":
        return Ready(method, kind, name, {"resourceType": kind})
    if kind == "Patient":
        return Ready(method, kind, name, content, facts=tuple(admitting.read_patient(content, who)))
    return Ready(method, kind, name, content, said=writing.read_new(who, content))


def do(db: Connection, who: Writer, one: Ready, seen: int | None = None, unless: str | None = None) -> Done:
    """Do a write.

    seen    the version that an update or a delete changes
    unless  a search that must not find a Patient for one to be created

    Raises Refused and what the store raises.
    """
    if one.method == "POST" and unless is not None and (there := _there(db, who, one.kind, unless)) is not None:
        return there
    if one.kind == "Patient":
        if one.method == "DELETE":
            raise Refused(405, "a patient is not deleted; the record stays")
        if one.method == "POST":
            return admitting.admit(db, who, one.content, list(one.facts))
        return admitting.change(db, who, one.name, one.content, list(one.facts), seen)
    if one.method == "POST":
        return writing.create(db, who, one.content, one.said)
    if one.method == "DELETE":
        return writing.delete(db, who, one.kind, one.name, seen)
    return writing.update(db, who, one.kind, one.name, one.content, one.said, seen)


def _there(db: Connection, who: Writer, kind: str, unless: str) -> Done | None:
    """The one Patient that a search finds, None where there is none. Raises Refused: 412 where there are several."""
    who.need("enter")
    if kind != "Patient":
        raise Refused(400, "only a Patient is created on a condition")
    search = asked(KINDS[kind], parse_qsl(unless.partition("?")[2] or unless, keep_blank_values=True), who.base)
    if not search.tokens:
        raise Refused(400, "If-None-Exist: name an identifier, such as identifier=system|value")
    found = matching(search, people(db, who.care_unit, search))
    if len(found) > 1:
        raise Refused(412, "several patients meet the condition")
    if not found:
        return None
    append(
        db, actor=who.login, action="patient.read", at=who.now, patient=found[0].id,
        detail={"fhir": "Patient", "search": "identifier"},
    )  # fmt: skip
    return Done(found[0], new=False)
