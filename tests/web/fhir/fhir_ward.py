"""A ward with accounts of each role, and programs that speak FHIR with it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from icans.store import accounts, sign_ins
from icans.store.database import Store, open_store
from icans.web.fhir import routes
from icans.web.platform import Started, platform_of

Json = dict[str, Any]

BASE = "http://ward.test/fhir"
START = datetime(2026, 3, 10, 8, tzinfo=UTC)
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
PEOPLE = {
    "ada": ("administrator", None),
    "cleo": ("clinician", None),
    "nora": ("nurse", None),
    "vera": ("viewer", None),
    "finn": ("clinician", "elsewhere"),
}
"""Who can sign in: role and unit. finn works on another unit."""


@dataclass
class Clock:
    """A clock that goes on by a second each time it is read."""

    now: datetime = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class Ward:
    """An app with only the FHIR service, and a token for everybody."""

    app: FastAPI
    store: Store
    clock: Clock
    tokens: Mapping[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, who: str | None = "cleo", json: Any = None, **headers: str) -> Response:
        """A request under the address of the service; `If_Match="..."` is the header If-Match."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if who is not None:
            named["Authorization"] = f"Bearer {self.tokens[who]}"
        if json is not None:
            named.setdefault("Content-Type", "application/fhir+json")
        return asyncio.run(self._request(method, path, named, json))

    async def _request(self, method: str, path: str, headers: dict[str, str], json: Any) -> Response:
        async with AsyncClient(transport=ASGITransport(self.app), base_url="http://ward.test") as client:
            return await client.request(method, f"/fhir{path}", headers=headers, content=_text(json))

    def get(self, path: str, who: str | None = "cleo", **headers: str) -> Response:
        return self.ask("GET", path, who, **headers)

    def post(self, path: str, json: Any, who: str = "cleo", **headers: str) -> Response:
        return self.ask("POST", path, who, json, **headers)

    def put(self, one: Json, version: int | str | None, who: str = "cleo", **headers: str) -> Response:
        """A new version of a resource, said to change `version`."""
        if version is not None:
            headers["If_Match"] = f'W/"{version}"'
        return self.ask("PUT", f"/{one['resourceType']}/{one['id']}", who, one, **headers)

    def delete(self, one: Json, version: int | str | None = None) -> Response:
        """Delete a resource as it was read, or a `version` of it."""
        tag = f'W/"{version or one["meta"]["versionId"]}"'
        return self.ask("DELETE", f"/{one['resourceType']}/{one['id']}", If_Match=tag)

    def admit(self, who: str = "cleo", **more: Any) -> Json:
        """A new patient."""
        made = self.post("/Patient", patient(**more), who)
        assert made.status_code == 201, made.text
        return made.json()


def _text(json: Any) -> bytes | None:
    return json if json is None or isinstance(json, bytes) else orjson.dumps(json)


def ward(folder: Path, now: datetime = START) -> Ward:
    """A ward with nobody on it, in a SQLite file of its own."""
    store, clock = open_store(str(folder / "ward.sqlite3")), Clock(now)
    app = FastAPI()
    app.state.platform = platform_of(store, clock, Started(base_url="http://ward.test"))
    app.include_router(routes.router)
    tokens = {}
    with store.write() as db:
        for login, (role, unit) in PEOPLE.items():
            made = accounts.make(
                db, login, login.title(), role, by="setup", at=now, care_unit=unit, issuer="test", subject=login
            )
            tokens[login] = sign_ins.begin(db, made, now=now, kind="token", label="test", by="setup")
    made = Ward(app, store, clock, tokens)
    OPEN.append(made)
    return made


OPEN: list[Ward] = []
"""The wards of a module of tests; their stores are closed after it."""


def patient(identifier: Any = "MRN 7", **more: Any) -> Json:
    """Born on 2 March 1966. identifier: a number of the hospital, or the whole list."""
    listed = [{"system": "urn:example:mrn", "value": identifier}] if isinstance(identifier, str) else identifier
    return {
        "resourceType": "Patient",
        "identifier": listed,
        "gender": "female",
        "birthDate": "1966-03-02",
    } | more


def observation(patient_id: str, code: str = "8310-5", value: Json | None = None, **more: Any) -> Json:
    """A temperature of 38.4 °C in the morning of 9 March."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": f"Patient/{patient_id}"},
        "effectiveDateTime": "2026-03-09T08:00:00+01:00",
        **(value or {"valueQuantity": quantity(38.4, "Cel")}),
    } | more


def quantity(value: float, unit: str) -> Json:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


def pressure(code: str, value: float) -> Json:
    """A part of a panel of blood pressures."""
    return {"code": {"coding": [{"system": LOINC, "code": code}]}, "valueQuantity": quantity(value, "mm[Hg]")}


def administration(patient_id: str, drug: str = "Tocilizumab", **more: Any) -> Json:
    return {
        "resourceType": "MedicationAdministration",
        "status": "completed",
        "medicationCodeableConcept": {"text": drug},
        "subject": {"reference": f"Patient/{patient_id}"},
        "effectiveDateTime": "2026-03-09T10:00:00Z",
        "dosage": {"dose": quantity(560, "mg"), "route": {"text": "iv"}},
    } | more


def ice(patient_id: str, **marks: int) -> Json:
    """An ICE test; full marks but for those given."""
    full = {"orientation": 4, "naming": 3, "commands": 1, "writing": 1, "attention": 1} | marks
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "questionnaire": "urn:icans:questionnaires:ice",
        "subject": {"reference": f"Patient/{patient_id}"},
        "authored": "2026-03-09T09:00:00Z",
        "item": [{"linkId": f"ice_{name}", "answer": [{"valueInteger": n}]} for name, n in full.items()],
    }


def issues(response: Response) -> str:
    """The words of an OperationOutcome."""
    body = response.json()
    assert body["resourceType"] == "OperationOutcome"
    assert response.headers["content-type"] == "application/fhir+json"
    return "\n".join(i["diagnostics"] for i in body["issue"])


def of_type(bundle: Json, kind: str) -> list[Json]:
    return [e["resource"] for e in bundle.get("entry", ()) if e["resource"]["resourceType"] == kind]
