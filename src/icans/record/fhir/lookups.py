"""Drugs and devices that other resources point to."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from icans.record.fhir.models import (
    READ,
    CodeableConcept,
    Coding,
    Device,
    Medication,
    MedicationAdministration,
    Observation,
    Reference,
    Resource,
)


class Lookups:
    """What the Medication and Device resources met so far mean."""

    def __init__(self) -> None:
        self._known: dict[str, CodeableConcept] = {}

    def remember(self, it: Medication | Device, full_url: str | None) -> None:
        """Keep what a resource means under its address in the bundle and under its type and id."""
        for key in (full_url, f"{type(it).__name__}/{it.id}"):
            if key:
                self._known[key] = _meaning(it)

    def concept(self, it: Resource, reference: Reference) -> CodeableConcept:
        """What `it` points to: a contained resource, one met in the data, or else the name given."""
        target = reference.reference or ""
        for part in it.contained if target.startswith("#") else ():
            kind = part.get("resourceType")
            if part.get("id") == target[1:] and kind in ("Medication", "Device"):
                return _contained(kind, part)
        by_id = "/".join(target.split("/_history/")[0].split("/")[-2:])
        by_name = CodeableConcept(text=reference.display)
        return self._known.get(target) or self._known.get(by_id) or by_name


def points_elsewhere(it: Resource) -> bool:
    """True where a drug or device is named by a resource of its own, which may come later."""
    reference = None
    if isinstance(it, MedicationAdministration):
        reference = it.medication_reference
    elif isinstance(it, Observation):
        reference = it.device
    target = reference.reference if reference else None
    return bool(target) and not str(target).startswith("#")


def _contained(kind: str, part: dict[str, Any]) -> CodeableConcept:
    try:
        return _meaning(READ[kind].model_validate(part))
    except ValidationError:
        return CodeableConcept()


def _meaning(it: Resource) -> CodeableConcept:
    if isinstance(it, Medication):
        return it.code or CodeableConcept()
    if isinstance(it, Device):
        names = tuple(Coding(display=named.name) for named in it.device_name)
        kind = it.type or CodeableConcept()
        return CodeableConcept(coding=(*kind.coding, *names), text=kind.text)
    return CodeableConcept()
