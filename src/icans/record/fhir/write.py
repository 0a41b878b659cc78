"""Write the record of one patient as a FHIR R4 Bundle that `read_fhir` reads back to the same record.

What has no code of its own in LOINC is coded in urn:icans:items (code: the name of the item).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from icans.errors import DataError
from icans.record.catalogue import Item, catalogue, drugs, products
from icans.record.fhir.patients import FACTS, NAME
from icans.record.fhir.values import ATTRIBUTION, OTHER_CAUSE
from icans.record.record import Records

Json = dict[str, Any]
Row = Mapping[str, Any]

BASE = "http://example.org/fhir"
_UCUM = "http://unitsofmeasure.org"
_GENDERS = ("male", "female", "other")
_FACTS = ("product", "sex", "label", "age", "weight", "height")
_FACT_UNITS = {"weight": "kg", "height": "cm"}
_WITHOUT_NAME = "CAR-T cells"


def write_bundle(records: Records) -> Json:
    """The record of one patient as a Bundle of type collection, ready for JSON.

    Read back, it gives the same observations, therapies and facts; only `source` names the new resources, and
    a fact that is not known may be filled from an observation (weight, height). Of several rows with one item
    and time only one comes back. Raises DataError unless `records` holds exactly one patient.
    """
    if records.patients.height != 1:
        raise DataError(f"A Bundle holds the record of one patient; there are {records.patients.height}.")
    patient = records.patients.row(0, named=True)
    seen = enumerate(records.observations.iter_rows(named=True), start=1)
    given = enumerate(records.therapies.iter_rows(named=True), start=1)
    resources = [_patient(patient), *_infusion(patient)]
    resources += [_observation(row, number) for number, row in seen]
    resources += [_therapy(row, number) for number, row in given]
    entries = [{"fullUrl": f"{BASE}/{r['resourceType']}/{r['id']}", "resource": r} for r in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _patient(row: Row) -> Json:
    facts = [fact for name in _FACTS for fact in _fact(name, row)]
    if row["developmental_delay"] is not None:
        facts.append({"url": "developmental_delay", "valueBoolean": row["developmental_delay"]})
    resource: Json = {
        "resourceType": "Patient",
        "id": "patient",
        "identifier": [{"system": NAME, "value": row["patient"]}],
    }
    if facts:
        resource["extension"] = [{"url": FACTS, "extension": facts}]
    return resource | ({"gender": row["sex"]} if row["sex"] in _GENDERS else {})


def _fact(name: str, row: Row) -> list[Json]:
    """A fact as an extension, where FHIR has no better place for it."""
    value = row[name]
    written_elsewhere = {
        "product": row["infusion"] is not None and value in products(),
        "sex": value in _GENDERS,
    }
    if value is None or written_elsewhere.get(name, False):
        return []
    if name in _FACT_UNITS:
        return [{"url": name, "valueQuantity": _quantity(value, _FACT_UNITS[name])}]
    return [{"url": name, "valueDecimal" if name == "age" else "valueString": value}]


def _infusion(row: Row) -> list[Json]:
    if row["infusion"] is None:
        return []
    known = products().get(row["product"])
    concept: Json = {"text": known.label if known else _WITHOUT_NAME}
    if known:
        concept["coding"] = [{"system": "urn:icans:products", "code": known.name, "display": known.label}]
    return [_administration("infusion", concept, row["infusion"], None)]


def _administration(name: str, drug: Json, start: datetime, end: datetime | None) -> Json:
    period = {"effectivePeriod": {"start": _time(start), "end": _time(end)}} if end is not None else None
    return {
        "resourceType": "MedicationAdministration",
        "id": name,
        "status": "completed",
        "medicationCodeableConcept": drug,
        "subject": {"reference": "Patient/patient"},
        **(period or {"effectiveDateTime": _time(start)}),
    }


def _therapy(row: Row, number: int) -> Json:
    drug = drugs().get(row["drug"])
    label = drug.label if drug else row["drug"]
    coding = {"system": "urn:icans:drugs", "code": row["drug"], "display": label}
    concept = {"coding": [coding], "text": label}
    resource = _administration(f"medication-{number}", concept, row["start"], row["end"])
    dosage: Json = {}
    if row["route"] is not None:
        dosage["route"] = {"text": row["route"]}
    if row["dose"] is not None:
        dosage["dose"] = _quantity(row["dose"], row["unit"])
    if row["rate"] is not None:
        dosage["rateQuantity"] = _quantity(row["rate"], row["rate_unit"])
    return resource | ({"dosage": dosage} if dosage else {})


def _observation(row: Row, number: int) -> Json:
    item = catalogue()[row["item"]]
    resource: Json = {
        "resourceType": "Observation",
        "id": f"observation-{number}",
        "status": "final",
        "code": _code(item),
        "subject": {"reference": "Patient/patient"},
        "effectiveDateTime": _time(row["time"]),
        **_value(row["value"], item),
    }
    said: list[Json] = []
    if row["attribution"] is not None:
        said.append({"url": ATTRIBUTION, "valueString": row["attribution"]})
    if row["other_cause"] is not None:
        said.append({"url": OTHER_CAUSE, "valueBoolean": row["other_cause"]})
    return resource | ({"extension": said} if said else {})


def _code(item: Item) -> Json:
    coding = [{"system": "http://loinc.org", "code": code} for code in item.codes.get("loinc", ())[:1]]
    own = {"system": "urn:icans:items", "code": item.name, "display": item.label}
    return {"coding": [*coding, own], "text": item.label}


def _value(value: float, item: Item) -> Json:
    if item.kind == "yes_no":
        return {"valueBoolean": bool(value)}
    word = item.decode(value)
    if item.kind == "set":
        return {"valueString": word}
    if item.kind == "choice":
        coding = {"system": "urn:icans:values", "code": word}
        return {"valueCodeableConcept": {"coding": [coding], "text": word.replace("_", " ")}}
    if item.kind == "whole" and item.unit is None:
        return {"valueInteger": int(value)}
    return {"valueQuantity": _quantity(value, item.unit)}


def _quantity(value: float, unit: str | None) -> Json:
    return {"value": value} | ({"unit": unit, "system": _UCUM, "code": unit} if unit else {})


def _time(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat().replace("+00:00", "Z")
