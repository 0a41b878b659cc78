"""One row of a record as one FHIR R4 resource that the reader reads back to the same row.

Who calls gives the ids. What has no code of its own in LOINC is coded in urn:icans:items (code: the name of the item).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from icans.record.catalogue import Item, catalogue, drugs, products
from icans.record.fhir.patients import ABSENT, FACTS, NAME
from icans.record.fhir.values import ATTRIBUTION, OTHER_CAUSE

Json = dict[str, Any]
Row = Mapping[Any, Any]

ICE = "urn:icans:questionnaires:ice"
"""The questionnaire that an ICE test answers; its questions are called as the items are."""

_UCUM = "http://unitsofmeasure.org"
_GENDERS = ("male", "female", "other")
_FACTS = ("product", "sex", "label", "age", "weight", "height")
_FACT_UNITS = {"weight": "kg", "height": "cm"}
_WITHOUT_NAME = "CAR-T cells"


def patient(row: Row, name: str, whole: bool = False) -> Json:
    """A row of the patients as a Patient.

    name    the id of the resource; what the hospital calls the patient is the identifier of urn:icans:patient
    whole   state every fact, one that is not known as such, so that a reader fills none from an observation
    """
    resource: Json = {
        "resourceType": "Patient",
        "id": name,
        "identifier": [{"system": NAME, "value": row["patient"]}],
    }
    if facts := stated_facts(row, whole):
        resource["extension"] = [facts]
    return resource | ({"gender": row["sex"]} if row["sex"] in _GENDERS else {})


def stated_facts(row: Row, whole: bool = False) -> Json | None:
    """The extension urn:icans:facts of a row of the patients; None where there is nothing to state.

    whole   with what other elements say already, and with what is not known
    """
    facts = [fact for each in _FACTS for fact in _fact(each, row, whole)]
    if row["developmental_delay"] is not None:
        facts.append({"url": "developmental_delay", "valueBoolean": row["developmental_delay"]})
    if whole:
        if row["infusion"] is not None:
            facts.append({"url": "infusion", "valueDateTime": instant(row["infusion"])})
        unknown = [each for each in (*_FACTS, "infusion", "developmental_delay") if row[each] is None]
        facts += [{"url": each, "extension": [{"url": ABSENT, "valueCode": "unknown"}]} for each in unknown]
    return {"url": FACTS, "extension": facts} if facts else None


def _fact(name: str, row: Row, whole: bool) -> list[Json]:
    """A fact as an extension, where FHIR has no better place for it or the `whole` is wanted."""
    value = row[name]
    written_elsewhere = {
        "product": row["infusion"] is not None and value in products(),
        "sex": value in _GENDERS,
    }
    if value is None or (written_elsewhere.get(name, False) and not whole):
        return []
    if name in _FACT_UNITS:
        return [{"url": name, "valueQuantity": _quantity(value, _FACT_UNITS[name])}]
    return [{"url": name, "valueDecimal" if name == "age" else "valueString": value}]


def infusion(row: Row, name: str, whose: str) -> Json:
    """The infusion of a row of the patients, whose time is known, as a MedicationAdministration.

    name, whose   the ids of the resource and of the Patient
    """
    known = products().get(row["product"])
    concept: Json = {"text": known.label if known else _WITHOUT_NAME}
    if known:
        concept["coding"] = [{"system": "urn:icans:products", "code": known.name, "display": known.label}]
    return _administration(name, whose, concept, row["infusion"], None)


def administration(row: Row, name: str, whose: str) -> Json:
    """A row of the therapies as a MedicationAdministration; ids as for an infusion."""
    drug = drugs().get(row["drug"])
    label = drug.label if drug else row["drug"]
    coding = {"system": "urn:icans:drugs", "code": row["drug"], "display": label}
    resource = _administration(name, whose, {"coding": [coding], "text": label}, row["start"], row["end"])
    dosage: Json = {}
    if row["route"] is not None:
        dosage["route"] = {"text": row["route"]}
    if row["dose"] is not None:
        dosage["dose"] = _quantity(row["dose"], row["unit"])
    if row["rate"] is not None:
        dosage["rateQuantity"] = _quantity(row["rate"], row["rate_unit"])
    return resource | ({"dosage": dosage} if dosage else {})


def _administration(name: str, whose: str, drug: Json, start: datetime, end: datetime | None) -> Json:
    period = {"effectivePeriod": {"start": instant(start), "end": instant(end)}} if end is not None else None
    return {
        "resourceType": "MedicationAdministration",
        "id": name,
        "status": "completed",
        "medicationCodeableConcept": drug,
        "subject": {"reference": f"Patient/{whose}"},
        **(period or {"effectiveDateTime": instant(start)}),
    }


def observation(row: Row, name: str, whose: str) -> Json:
    """A row of the observations as an Observation; ids as for an infusion."""
    item = catalogue()[row["item"]]
    resource: Json = {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": _code(item),
        "subject": {"reference": f"Patient/{whose}"},
        "effectiveDateTime": instant(row["time"]),
        **_value(row["value"], item),
    }
    said: list[Json] = []
    if row["attribution"] is not None:
        said.append({"url": ATTRIBUTION, "valueString": row["attribution"]})
    if row["other_cause"] is not None:
        said.append({"url": OTHER_CAUSE, "valueBoolean": row["other_cause"]})
    return resource | ({"extension": said} if said else {})


def questionnaire(rows: Iterable[Row], name: str, whose: str, answers_to: str = ICE) -> Json:
    """Rows of the observations with one time, such as an ICE test, as a QuestionnaireResponse.

    answers_to   the canonical name of the questionnaire; the other ids as for an infusion

    A questionnaire cannot say that an answer has another cause; the Observations of the same rows do.
    """
    asked = list(rows)
    return {
        "resourceType": "QuestionnaireResponse",
        "id": name,
        "questionnaire": answers_to,
        "status": "completed",
        "subject": {"reference": f"Patient/{whose}"},
        "authored": instant(max(row["time"] for row in asked)),
        "item": [_question(catalogue()[row["item"]], row["value"]) for row in asked],
    }


def _question(item: Item, value: float) -> Json:
    """One question with its answer; where an Observation has a concept, an answer has a coding."""
    answer = _value(value, item)
    if "valueCodeableConcept" in answer:
        answer = {"valueCoding": answer["valueCodeableConcept"]["coding"][0]}
    return {"linkId": item.name, "text": item.label, "answer": [answer]}


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


def instant(time: datetime) -> str:
    """A moment as FHIR writes it, in UTC."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")
