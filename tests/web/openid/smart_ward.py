"""A ward that a record system may open, and somebody who opens it out of a chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openid_provider import LAUNCHED, through_provider
from openid_ward import OpenIdWard
from record_system import RecordSystem

from icans.store import entries, patients


def let_in(ward: OpenIdWard, system: RecordSystem, role: str = "nurse", **more: Any) -> None:
    """Put a record system and its issuer into the settings; who comes from there for the first time gets a role."""
    trusted = {"issuer": system.issuer, "client_id": LAUNCHED}
    ward.set_up(**trusted | {"smart_servers": [system.url], "smart_client_id": LAUNCHED, "role": role} | more)


def launched(ward: OpenIdWard, system: RecordSystem, login: str = "omar", launch: str = "launch-7") -> Any:
    """What the app answers when somebody opens it out of a chart and signs in there."""
    begun = ward.browser.get("/launch", params={"iss": system.url, "launch": launch})
    assert begun.status_code == 302, begun.text
    return ward.back(through_provider(begun.headers["location"], login))


def ward_list(ward: OpenIdWard) -> dict[str, str]:
    """Who is on the ward: number -> id."""
    with ward.platform.store.read() as db:
        return {row["identifier"]: row["id"] for row in patients.listed(db)}


def the_patient(ward: OpenIdWard) -> str:
    (only,) = ward_list(ward).values()
    return only


def version(ward: OpenIdWard) -> int:
    with ward.platform.store.read() as db:
        return patients.find(db, the_patient(ward))["version"]


def current(ward: OpenIdWard) -> list[tuple[str, Any]]:
    """What counts in the record of the only patient: (item, value or words), sorted."""
    with ward.platform.store.read() as db:
        rows = db.execute(entries.current(the_patient(ward))).mappings().all()
    return sorted((r["item"], r["text"] if r["value"] is None else r["value"]) for r in rows)


def values(ward: OpenIdWard, item: str) -> list[Any]:
    return [value for name, value in current(ward) if name == item]


def history(ward: OpenIdWard, item: str) -> list[Mapping[Any, Any]]:
    """Every entry of an item, the newest first."""
    with ward.platform.store.read() as db:
        return [row for row in entries.history(db, the_patient(ward)) if row["item"] == item]
