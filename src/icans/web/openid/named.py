"""What a patient of a record system is called on the ward, and what somebody who works there is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from icans.record.fhir import called as by_number
from icans.web.openid.identity import word
from icans.web.openid.refusal import Refusal


def called(patient: Mapping[str, Any]) -> str:
    """The number by which the ward knows a patient, see `icans.record.fhir.called`. Raises Refusal without one."""
    number = by_number.called(patient)
    if number is None:
        words = "The record system gives this patient no number by which the ward could know them."
        raise Refusal(422, words, why="no identifier")
    return number


def staff_name(resource: Mapping[str, Any]) -> str:
    """The name of a Practitioner or another person who signs in; '' where there is none."""
    listed = resource.get("name")
    names = [n for n in listed if isinstance(n, dict) and n.get("use") != "old"] if isinstance(listed, list) else []
    for name in names:
        given = name.get("given")
        parts = (
            [name.get("text")]
            if name.get("text")
            else [*(given if isinstance(given, list) else ()), name.get("family")]
        )
        if said := word(" ".join(part for part in parts if isinstance(part, str))):
            return said
    return ""
