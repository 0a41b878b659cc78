"""Small made-up FHIR resources for tests, and a reading of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from icans.record.fhir import read_fhir
from icans.record.record import Records

Json = dict[str, Any]
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
PATIENT: Json = {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1960-05-17"}


def concept(code: str | None = None, system: str = LOINC, text: str | None = None) -> Json:
    coding = {"coding": [{"system": system, "code": code}]} if code else {}
    return coding | ({"text": text} if text else {})


def quantity(value: float, unit: str | None) -> Json:
    named = {"unit": unit, "code": unit, "system": "http://unitsofmeasure.org"}
    return {"value": value} | (named if unit else {})


def observation(code: str | Json = "8310-5", **more: Any) -> Json:
    """A temperature of 38.4 °C in the morning of 4 March, with what is given put over it; None takes away."""
    made: Json = {
        "resourceType": "Observation",
        "status": "final",
        "code": concept(code) if isinstance(code, str) else code,
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2025-03-04T08:00:00+01:00",
        "valueQuantity": quantity(38.4, "Cel"),
    } | more
    if any(key.startswith("value") for key in more):
        made.pop("valueQuantity" if "valueQuantity" not in more else "", None)
    return {key: value for key, value in made.items() if value is not None}


def own(item: str, **more: Any) -> Json:
    """An Observation of an item without a standard code."""
    return observation(concept(item, "urn:icans:items"), **more)


def drug(text: str, **more: Any) -> Json:
    return {
        "resourceType": "MedicationAdministration",
        "status": "completed",
        "medicationCodeableConcept": {"text": text},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2025-03-04T10:00:00Z",
    } | more


def condition(code: Json, **more: Any) -> Json:
    return {
        "resourceType": "Condition",
        "code": code,
        "subject": {"reference": "Patient/p1"},
        "onsetDateTime": "2025-03-08T12:00:00Z",
    } | more


def procedure(code: Json, **more: Any) -> Json:
    return {
        "resourceType": "Procedure",
        "status": "completed",
        "code": code,
        "subject": {"reference": "Patient/p1"},
    } | more


def read(folder: Path, *resources: Json, keep_going: bool = False) -> Records:
    """Read the resources, with ids where they have none, as one Bundle."""
    entries = [{"resource": {"id": f"r{n}"} | r} for n, r in enumerate(resources)]
    path = folder / "bundle.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    return read_fhir(path, keep_going)


def values(records: Records, item: str) -> list[float]:
    """The values of an item in the order of time."""
    return records.observations.filter(item=item).sort("time")["value"].to_list()
