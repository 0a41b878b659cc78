"""A resource that was received and of which something was corrected here, as it is served now.

Who sent it, how it was measured and under which number it is known there stays; the values are those that count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import RowMapping

from icans.errors import DataError
from icans.record.fhir import read_resources
from icans.record.fhir.resource_of import administration, observation, questionnaire
from icans.web.fhir.understood import entries_of

Json = dict[str, Any]

_KEPT = {
    "Observation": (
        "identifier", "basedOn", "partOf", "category", "encounter", "performer", "specimen", "device",
    ),
    "MedicationAdministration": (
        "identifier", "partOf", "category", "context", "performer", "reasonCode", "reasonReference", "request",
        "device",
    ),
    "QuestionnaireResponse": ("identifier", "basedOn", "partOf", "encounter", "author", "source"),
}  # fmt: skip
"""Elements that stay true whatever the value. Notes, interpretation, ranges and the text tell of the old one."""

_THERAPY = {"start": "time", "end": "until", "drug": "item", "dose": "value"}
_ABOUT = ("unit", "route", "rate", "rate_unit")
_COMPARED = ("kind", "item", "time", "until", "value", *_ABOUT, "other_cause", "attribution")


def amended(sent: Json, heads: Sequence[RowMapping], parts: int, name: str, patient_id: str) -> Json | None:
    """What was sent, with the entries that stand for it now; None where its form cannot say them.

    parts  of how many entries it was; heads: those of now, at least one

    It is held against the reader: an answer that would be read to other entries is not given.
    """
    kind = sent["resourceType"]
    whole = parts > 1 or kind == "QuestionnaireResponse"
    made = _whole(sent, heads, name, patient_id) if whole else resource_of(heads[0], name, patient_id)
    if made is None:
        return None
    if kind != "MedicationAdministration":
        made["status"] = "amended"
    with_sender = {**made, **_kept(sent)}
    if _read(with_sender) == _meanings(heads):
        return with_sender
    return None if whole else made


def resource_of(one: Mapping[Any, Any], name: str, patient_id: str) -> Json:
    """An entry of an observation or therapy as a resource."""
    if one["kind"] == "observation":
        return observation(one, name, patient_id)
    row = {column: one[kept] for column, kept in _THERAPY.items()}
    return administration(row | {k: one[k] for k in _ABOUT}, name, patient_id)


def _whole(sent: Json, heads: Sequence[RowMapping], name: str, patient_id: str) -> Json | None:
    """A panel or a questionnaire of several entries."""
    if any(head["kind"] != "observation" for head in heads):
        return None
    if sent["resourceType"] == "QuestionnaireResponse":
        made = questionnaire(heads, name, patient_id, sent.get("questionnaire", ""))
        return {k: v for k, v in made.items() if v != ""}
    if sent["resourceType"] != "Observation":
        return None
    seen = [observation(head, name, patient_id) for head in heads]
    return {
        **{k: v for k, v in seen[0].items() if not k.startswith("value")},
        "code": sent["code"],
        "component": [{k: v for k, v in one.items() if k == "code" or k.startswith("value")} for one in seen],
    }


def _kept(sent: Json) -> Json:
    kept = {name: sent[name] for name in _KEPT[sent["resourceType"]] if name in sent}
    said = orjson.dumps(kept)
    contained = [c for c in sent.get("contained") or () if isinstance(c, dict) and _named(c, said)]
    return kept | ({"contained": contained} if contained else {})


def _named(contained: Json, said: bytes) -> bool:
    """Whether a reference in what is kept names a contained resource."""
    return orjson.dumps(f"#{contained.get('id')}") in said


def _read(content: Json) -> set[tuple[Any, ...]]:
    try:
        return _meanings(entries_of(read_resources([content], keep_going=True)))
    except DataError:
        return set()


def _meanings(entries: Iterable[Mapping[Any, Any]]) -> set[tuple[Any, ...]]:
    return {tuple(one.get(name) for name in _COMPARED) for one in entries}
