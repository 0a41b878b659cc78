"""The audit log as AuditEvents, the newest first. Each holds the digests by which the chain can be checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from icans.store.schema import audit
from icans.web.fhir.asked import Asked, When
from icans.web.fhir.audit_kinds import ACTIONS, CODES, UNKNOWN
from icans.web.fhir.found import url_of
from icans.web.fhir.problems import Refused

Json = dict[str, Any]

_DICOM = "http://dicom.nema.org/resources/ontology/DCM"


def audit_event(row: Mapping[Any, Any]) -> Json:
    """One row of the log."""
    told = ACTIONS.get(row["action"], UNKNOWN)
    entities: list[Json] = []
    if row["patient"]:
        entities.append({"what": {"reference": f"Patient/{row['patient']}"}})
    chain = {"place": str(row["place"]), "previous": row["previous"], "digest": row["digest"], "detail": row["detail"]}
    entities.append({"detail": [{"type": name, "valueString": text} for name, text in chain.items() if text]})
    return {
        "resourceType": "AuditEvent",
        "id": str(row["place"]),
        "type": {"system": _DICOM, "code": CODES[told.type], "display": told.type},
        "subtype": [{"system": "urn:icans:audit", "code": row["action"]}],
        "action": told.action,
        "recorded": row["at"].replace("+00:00", "Z"),
        "outcome": "0" if told.done else "4",
        "agent": [{"who": {"identifier": {"system": "urn:icans:accounts", "value": row["actor"]}}, "requestor": True}],
        "source": {"observer": {"display": "icans"}},
        "entity": entities,
    }


def one_event(db: Connection, name: str) -> Json:
    """The row with an id. Raises Refused (404)."""
    row = None
    if name.isascii() and name.isdigit() and len(name) < 10:
        row = db.execute(select(audit).where(audit.c.place == int(name))).mappings().first()
    if row is None:
        raise Refused(404, "no such AuditEvent")
    return audit_event(row)


def events(db: Connection, search: Asked, base: str) -> Json:
    """A page of rows that meet a search, as a Bundle."""
    address = f"{base}/AuditEvent"
    links = [{"relation": "self", "url": url_of(address, search.pairs)}]
    total = db.execute(_limited(select(func.count()).select_from(audit), search, db.dialect.name)).scalar_one()
    bundle: Json = {"resourceType": "Bundle", "type": "searchset", "total": total, "link": links}
    if search.summary:
        return bundle
    wanted = _limited(select(audit), search, db.dialect.name).order_by(
        audit.c.place if not _newest_first(search) else _down()
    )
    if search.after is not None:
        last = _place(search.after)
        wanted = wanted.where(audit.c.place < last if _newest_first(search) else audit.c.place > last)
    rows = db.execute(wanted.limit(search.count + 1)).mappings().all()
    page = rows[: search.count]
    if len(rows) > len(page):
        kept = [(name, value) for name, value in search.pairs if name != "_after"]
        links.append({"relation": "next", "url": url_of(address, [*kept, ("_after", str(page[-1]["place"]))])})
    bundle["entry"] = [
        {"fullUrl": f"{address}/{row['place']}", "resource": audit_event(row), "search": {"mode": "match"}}
        for row in page
    ]
    return bundle


def _newest_first(search: Asked) -> bool:
    named = dict(search.pairs).get("_sort")
    return named is None or named.startswith("-")


def _down() -> Any:
    return audit.c.place.desc()


def _place(after: str) -> int:
    if not (after.isascii() and after.isdigit() and len(after) < 10):
        raise Refused(400, "_after: take it from the link `next` as it is")
    return int(after)


def _limited(wanted: Select[Any], search: Asked, dialect: str) -> Select[Any]:
    """The rows that meet each parameter of a search."""
    if search.patients is not None:
        wanted = wanted.where(audit.c.patient.in_(search.patients))
    for _, tokens in search.tokens:
        places = [int(t.code) for t in tokens if t.code and t.code.isascii() and t.code.isdigit() and len(t.code) < 10]
        wanted = wanted.where(audit.c.place.in_(places))
    for _, whens in search.dates:
        condition = _holds(whens[0], dialect)
        for when in whens[1:]:
            condition |= _holds(when, dialect)
        wanted = wanted.where(condition)
    return wanted


def _holds(when: When, dialect: str) -> Any:
    """A comparison of the time, which the log keeps as text that sorts as the times do, byte by byte."""
    at = audit.c.at.collate("C" if dialect == "postgresql" else "BINARY")
    start, end = _text(when.start), _text(when.end)
    within = (at >= start) & (at < end)
    return {
        "eq": within, "ne": ~within, "gt": at >= end, "sa": at >= end, "ge": at >= start, "lt": at < start,
        "eb": at < start, "le": at < end,
    }[when.prefix]  # fmt: skip


def _text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat()
