"""What a patient of a record system is called on the ward."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from icans.record.fhir.patients import NAME

_RECORD_NUMBER = "MR"
_NOT_A_NAME = ("SS", "DL", "PPN", "TAX", "NI", "SB")
"""Of HL7's table 0203: social security, driver's licence, passport, tax, national and social beneficiary numbers. They
name a person far beyond the hospital."""


def called(patient: Mapping[str, Any]) -> str | None:
    """The identifier of urn:icans:patient, else the medical record number, else the first that is no number of a state.

    None where there is none.
    """
    listed = patient.get("identifier")
    found = [i for i in listed if isinstance(i, dict) and _value(i)] if isinstance(listed, list) else []
    usable = [i for i in found if i.get("use") != "old" and not _types(i) & set(_NOT_A_NAME)]
    usable.sort(key=lambda i: (i.get("system") != NAME, _RECORD_NUMBER not in _types(i), i.get("use") == "temp"))
    return _value(usable[0]) if usable else None


def _value(identifier: Mapping[str, Any]) -> str:
    value = identifier.get("value")
    return " ".join(value.split()) if isinstance(value, str) else ""


def _types(identifier: Mapping[str, Any]) -> set[str]:
    kind = identifier.get("type")
    codings = kind.get("coding") if isinstance(kind, dict) else None
    parts = codings if isinstance(codings, list) else []
    return {c["code"] for c in parts if isinstance(c, dict) and isinstance(c.get("code"), str)}
