"""A small record system with a FHIR server, for launches: it says where to sign in, and gives what a test puts in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

Json = dict[str, Any]

PAGE = 3
"""Resources on a page of a search."""
ITEMS = "urn:icans:items"
START = datetime.now(UTC).replace(microsecond=0)


def ago(hours: float) -> str:
    """A moment before the tests began, as FHIR writes it."""
    return (START - timedelta(hours=hours)).isoformat()


INFUSED, SEEN, DOSED = ago(96), ago(2), ago(20)
BORN = (START - timedelta(hours=96, days=22_000)).date().isoformat()
"""22,000 days before the infusion: 60.2 years."""


@dataclass
class RecordSystem:
    """What it holds, and every request it got: (method, path with query, had a token).

    broken     kinds whose search fails with 403; unheard: kinds that it does not know (404)
    by_category  it refuses a search for Observations that names no category
    """

    issuer: str
    resources: dict[str, Json] = field(default_factory=dict)
    requests: list[tuple[str, str, bool]] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    unheard: set[str] = field(default_factory=set)
    by_category: bool = False
    capabilities: tuple[str, ...] = ("launch-ehr", "sso-openid-connect", "permission-v1", "permission-v2")
    next_elsewhere: str = ""
    url: str = ""

    def put(self, resource: Json) -> None:
        """Keep a resource, or another version of it."""
        self.resources[f"{resource['resourceType']}/{resource['id']}"] = resource

    def answer(self, target: str, token: str) -> tuple[int, Json]:
        """(status, JSON) to a GET of a path below the FHIR base."""
        path, _, query = target.partition("?")
        if path == ".well-known/smart-configuration":
            return 200, self._configuration()
        if not token.startswith("Bearer "):
            return 401, {}
        kind = path.partition("/")[0]
        if kind in self.broken:
            return 403, {}
        if kind in self.unheard:
            return 404, {}
        if path in self.resources:
            return 200, self.resources[path]
        return (404, {}) if "/" in path else self._search(kind, query)

    def _configuration(self) -> Json:
        provider = httpx.get(f"{self.issuer}/.well-known/openid-configuration", trust_env=False).json()
        wanted = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
        return {name: provider[name] for name in wanted} | {"capabilities": list(self.capabilities)}

    def _search(self, kind: str, query: str) -> tuple[int, Json]:
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        if kind == "Observation" and self.by_category and "category" not in asked:
            return 400, {}
        found = [r for r in self.resources.values() if r["resourceType"] == kind and self._meets(r, asked)]
        start = int(asked.get("page", 0)) * PAGE
        bundle: Json = {
            "resourceType": "Bundle",
            "type": "searchset",
            "total": len(found),
            "entry": [{"resource": r, "search": {"mode": "match"}} for r in found[start : start + PAGE]],
        }
        if len(found) > start + PAGE:
            following = f"{self.url}/{kind}?patient={asked['patient']}&page={start // PAGE + 1}"
            if "category" in asked:
                following += f"&category={asked['category']}"
            bundle["link"] = [{"relation": "next", "url": self.next_elsewhere or following}]
        return 200, bundle

    def _meets(self, resource: Json, asked: dict[str, str]) -> bool:
        category = asked.get("category")
        return category is None or category in json.dumps(resource.get("category", []))


@contextmanager
def running_record_system(issuer: str) -> Iterator[RecordSystem]:
    """One on loopback; `url` is its FHIR base."""
    system = RecordSystem(issuer)

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            token = self.headers.get("authorization", "")
            system.requests.append(("GET", self.path, bool(token)))
            status, content = system.answer(self.path.removeprefix("/fhir/"), token)
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-type", "application/fhir+json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        system.url = f"http://127.0.0.1:{server.server_port}/fhir"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield system
        finally:
            server.shutdown()
            thread.join()


def host_of(url: str) -> str:
    return urlsplit(url).netloc


def patient(name: str = "7", number: str = "MRN 700", **more: Any) -> Json:
    """A man of 60 at his infusion."""
    return {
        "resourceType": "Patient",
        "id": name,
        "identifier": [
            {"system": "urn:example:ssn", "value": "999-00-7000", "type": {"coding": [{"code": "SS"}]}},
            {"system": "urn:example:mrn", "value": number, "type": {"coding": [{"code": "MR"}]}},
        ],
        "name": [{"family": "Nobody", "given": ["Not to be kept"]}],
        "gender": "male",
        "birthDate": BORN,
    } | more


def observation(name: str, item: str, value: Any, time: str = SEEN, of: str = "7", **more: Any) -> Json:
    """Something seen of a patient, coded by the items of this project."""
    kind = "valueInteger" if isinstance(value, int) else "valueQuantity" if isinstance(value, dict) else "valueString"
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": {"coding": [{"system": ITEMS, "code": item}]},
        "subject": {"reference": f"Patient/{of}"},
        "effectiveDateTime": time,
        kind: value,
    } | more


def temperature(name: str, celsius: float, time: str = SEEN, **more: Any) -> Json:
    """Body temperature by LOINC 8310-5."""
    return observation(name, "", {"value": celsius, "unit": "Cel", "code": "Cel"}, time, **more) | {
        "code": {"coding": [{"system": "http://loinc.org", "code": "8310-5"}]},
        "category": [{"coding": [{"code": "vital-signs"}]}],
    }


def infusion() -> Json:
    """CAR-T cells four days ago."""
    return {
        "resourceType": "Procedure",
        "id": "infused",
        "status": "completed",
        "code": {"text": "Infusion of axicabtagene ciloleucel"},
        "subject": {"reference": "Patient/7"},
        "performedDateTime": INFUSED,
    }


def tocilizumab(name: str = "toci", time: str = DOSED, dose: float = 560) -> Json:
    """A dose, the drug in a Medication of its own."""
    return {
        "resourceType": "MedicationAdministration",
        "id": name,
        "status": "completed",
        "medicationReference": {"reference": "Medication/m1"},
        "subject": {"reference": "Patient/7"},
        "effectiveDateTime": time,
        "dosage": {"dose": {"value": dose, "unit": "mg", "code": "mg"}, "route": {"text": "iv"}},
    }


def fill(system: RecordSystem) -> None:
    """A patient with ICE 5 of 10 and nothing else neurological: ICANS grade 2 (Lee 2019: ICE 3 to 6)."""
    system.put(patient())
    system.put(infusion())
    system.put({"resourceType": "Medication", "id": "m1", "code": {"text": "Tocilizumab"}})
    system.put(tocilizumab())
    marks = {"orientation": 2, "naming": 1, "commands": 1, "writing": 0, "attention": 1}
    for name, points in marks.items():
        system.put(observation(f"ice-{name}", f"ice_{name}", points))
    nothing = {
        "consciousness": "awake", "seizure_type": "none", "motor_deficit": "none", "edema_on_imaging": "none",
        "raised_icp_signs": "none",
    }  # fmt: skip
    for item, words in nothing.items():
        system.put(observation(item.replace("_", "-"), item, words))
    system.put(temperature("t1", 38.6))
