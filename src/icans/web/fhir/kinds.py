"""What is served: the types of resources, what may be done with each, and what each may be searched by.

Routes, the CapabilityStatement and the searches are all made from this one table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

GRADES = "urn:icans:grades"
"""Code system of a grade as an Observation; its codes are the outcomes, `crs` and `icans`."""

CATEGORIES = "urn:icans:categories"
GRADE_CATEGORY = "grade"

_ALWAYS = {"_id": "token", "_lastUpdated": "date"}
_OF_A_PATIENT = {"patient": "reference", "subject": "reference", **_ALWAYS}
_WRITTEN = ("read", "vread", "search-type", "create", "update", "delete")


@dataclass(frozen=True)
class Kind:
    """A type of resource.

    does        interactions by their names in FHIR
    asked_by    search parameter -> its type in FHIR; `date` is the one that _sort can name
    says        what a client has to know, for the CapabilityStatement
    operations  name -> its definition
    """

    name: str
    does: tuple[str, ...]
    asked_by: Mapping[str, str] = field(default_factory=dict)
    date: str | None = None
    says: str = ""
    operations: Mapping[str, str] = field(default_factory=dict)


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "Patient",
            ("read", "vread", "search-type", "create", "update"),
            {"identifier": "token", **_ALWAYS},
            says="Created with an identifier, which names the patient on the ward: of system urn:icans:patient, else "
            "the medical record number, else the first that is no number of a state. Facts such as weight and "
            "product stand in the extension urn:icans:facts.",
            operations={"everything": "http://hl7.org/fhir/OperationDefinition/Patient-everything"},
        ),
        Kind(
            "Observation",
            _WRITTEN,
            {"code": "token", "category": "token", "date": "date", **_OF_A_PATIENT},
            "date",
            "A search needs a patient or an _id. Grades are Observations of code system urn:icans:grades and category "
            "urn:icans:categories|grade; they are worked out, so they are only read, and a search gives them only "
            "where it asks for that code or category. A grade is that of now: it changes with time alone, so it has "
            "no ETag.",
        ),
        Kind(
            "MedicationAdministration",
            _WRITTEN,
            {"code": "token", "effective-time": "date", **_OF_A_PATIENT},
            "effective-time",
            "The drug as a concept or a contained Medication. The infusion of CAR-T cells is one as well.",
        ),
        Kind(
            "QuestionnaireResponse",
            _WRITTEN,
            {"questionnaire": "uri", "authored": "date", **_OF_A_PATIENT},
            "authored",
            "An ICE test answers urn:icans:questionnaires:ice; each linkId is the name of an item. The same answers "
            "are served as Observations.",
        ),
        Kind(
            "AuditEvent",
            ("read", "search-type"),
            {"date": "date", "patient": "reference", "_id": "token"},
            "date",
            "The audit log, for administrators. Its id is the place in the chain. It is searched by GET only.",
        ),
    )
}

WRITABLE = tuple(kind.name for kind in KINDS.values() if "create" in kind.does)
STATUSES: Mapping[str, tuple[str, ...]] = {
    "Observation": (
        "registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown",
    ),
    "MedicationAdministration": (
        "in-progress", "not-done", "on-hold", "completed", "entered-in-error", "stopped", "unknown",
    ),
    "QuestionnaireResponse": ("in-progress", "completed", "amended", "entered-in-error", "stopped"),
}  # fmt: skip
"""The statuses that R4 knows, of the types that must have one. Source: http://hl7.org/fhir/R4"""
