"""The patients that a search may find."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from icans.store import patients, resources
from icans.web.fhir.asked import Asked
from icans.web.fhir.persons import person
from icans.web.fhir.view import Served

Json = dict[str, Any]


def people(db: Connection, care_unit: str | None, search: Asked) -> list[Served]:
    """The patients of a unit (None: all) as resources, those who went home too, as far as they may meet a search."""
    rows = patients.listed(db, care_unit, discharged=True)
    if (ids := search.ids()) is not None:
        rows = [r for r in rows if r["id"] in ids]
    values = [{t.code for t in tokens} for name, tokens in search.tokens if name == "identifier"]
    if values and all(None not in codes for codes in values):
        sent = {r["patient"]: _values(r["content"]) for r in resources.patients_sent(db)}
        rows = [r for r in rows if all(codes & {r["identifier"], *sent.get(r["id"], ())} for codes in values)]
    return [person(db, r) for r in rows]


def _values(content: Json | None) -> set[Any]:
    listed = (content or {}).get("identifier")
    return {i.get("value") for i in listed if isinstance(i, dict)} if isinstance(listed, list) else set()
