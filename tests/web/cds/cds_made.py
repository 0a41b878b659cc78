"""Calls of the CDS services made for a test: a patient as a record system would send it, and a client to call with."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from fastapi import FastAPI

from icans.record.fhir.write import write_bundle
from icans.record.record import Records
from icans.web.cds import Call, CdsSettings, Feedback, router
from icans.web.cds.fetch import Web
from made import NORMAL, at, record

Json = dict[str, Any]
BASE = "http://127.0.0.1:8000"
PATIENT_ID = "patient"
NOW = 120.5
"""Hours after the infusion at which the services are called, unless told otherwise."""
INSTANCE = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
ISOLATED_ICANS: dict[str, Any] = {
    "ice_orientation": 2, "ice_naming": 0, "ice_commands": 0, "ice_writing": 0, "ice_attention": 0,
}  # fmt: skip
"""ICE 2 of 10 without fever: ICANS grade 3, CRS grade 0 (ASTCT 2019)."""
CRS_2: dict[str, Any] = {"temperature": 38.5, "hypotension": "yes"}
"""Fever and low pressure without a vasopressor: CRS grade 2 (ASTCT 2019)."""
_FACTS = ("age", "developmental_delay")


def seen_at(hours: float, **changed: object) -> list[tuple[float, str, object]]:
    """Everything looked at at one time, with some findings changed; None: not looked at."""
    found = {**NORMAL, **changed}
    return [(hours, item, value) for item, value in found.items() if value is not None and item not in _FACTS]


def adult(*, given: Iterable[Mapping[str, Any]] = (), weight: float = 76, **changed: object) -> Records:
    """An adult after axi-cel who was looked at just before the call, and found the same whenever a drug was given."""
    listed = list(given)
    times = {NOW - 0.5, *(float(one["start"]) for one in listed)}
    rows = [row for hours in sorted(times) for row in seen_at(hours, **changed)]
    return record(*rows, given=listed, product="axi-cel", age=58.0, weight=weight)


def toci(start: float, mg: float = 608) -> dict[str, object]:
    """A dose of tocilizumab that was given."""
    return {"drug": "tocilizumab", "start": start, "dose": mg, "unit": "mg"}


def bundle(*resources: Json, **more: Any) -> Json:
    """The answer to a search."""
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": r} for r in resources], **more}


def prefetch(records: Records, **more: Any) -> Json:
    """A record as a record system sends it along, under the keys of the services; `more` is put over it."""
    sent = [entry["resource"] for entry in write_bundle(records)["entry"]]
    kinds = {"observations": "Observation", "medications": "MedicationAdministration"}
    found = {key: bundle(*(r for r in sent if r["resourceType"] == kind)) for key, kind in kinds.items()}
    patient = next(r for r in sent if r["resourceType"] == "Patient")
    return {"patient": patient, **found, "procedures": None, "conditions": None, "questionnaires": None, **more}


def order(drug: str, mg: float | None = None, **more: Any) -> Json:
    """A draft order of a drug; `timing` goes into its dosage."""
    dosage: Json = {} if mg is None else {"doseAndRate": [{"doseQuantity": {"value": mg, "unit": "mg", "code": "mg"}}]}
    dosage |= {"timing": more.pop("timing")} if "timing" in more else {}
    return {
        "resourceType": "MedicationRequest", "id": "order-1", "status": "draft", "intent": "order",
        "subject": {"reference": f"Patient/{PATIENT_ID}"}, "medicationCodeableConcept": {"text": drug},
        "dosageInstruction": [dosage], **more,
    }  # fmt: skip


def body(hook: str, sent: Json | None, **context: Any) -> Json:
    """A request; the context has what every hook needs, and more."""
    told = {"userId": "Practitioner/1", "patientId": PATIENT_ID, **context}
    found: Json = {"hook": hook, "hookInstance": INSTANCE, "context": told}
    return found if sent is None else {**found, "prefetch": sent}


@dataclass
class Ward:
    """The services in an app of their own, and everything that they hand on.

    hours  when they are called, in hours after the infusion
    """

    settings: CdsSettings = field(default_factory=lambda: CdsSettings(base_url=BASE, open=True))
    hours: float = NOW
    web: Web | None = None
    calls: list[Call] = field(default_factory=list)
    feedback: list[Feedback] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.app = FastAPI()
        services = router(
            lambda: self.settings,
            feedback=self.feedback.extend,
            audit=self.calls.append,
            clock=self.clock,
            web=self.web,
        )
        self.app.include_router(services)

    def clock(self) -> datetime:
        return at(self.hours)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
                return await client.request(method, path, **more)

        return asyncio.run(asked())

    def call(self, service: str, request: Json, **headers: str) -> httpx.Response:
        return self.ask("POST", f"/cds-services/{service}", json=request, headers=headers)

    def cards(self, service: str, request: Json) -> list[Json]:
        answer = self.call(service, request)
        assert answer.status_code == 200, answer.text
        return answer.json()["cards"]

    def chart(self, records: Records, **more: Any) -> list[Json]:
        """The cards when the chart is opened."""
        return self.cards("icans-patient-view", body("patient-view", prefetch(records, **more)))

    def sign(self, records: Records, *orders: Json) -> list[Json]:
        """The cards when orders are signed."""
        request = body("order-sign", prefetch(records), draftOrders=bundle(*orders))
        return self.cards("icans-order-sign", request)


def topic(card: Json) -> str:
    """What a card is about."""
    return card["source"]["topic"]["code"]
