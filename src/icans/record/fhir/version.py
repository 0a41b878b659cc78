"""Which version of FHIR a resource is written in, as far as it shows.

A resource does not name its version; it shows in elements that only one version has, in version-bound
profiles, and in a CapabilityStatement. What is looked for stands in codes.yaml under `versions`.
"""

from __future__ import annotations

from typing import Any

from icans.errors import DataError
from icans.record.fhir.codes import code_data

READ_HERE = ("4.0", "4.3")
"""R4 and R4B, which agree in the resources read here."""


def other_version(resource: dict[str, Any]) -> tuple[str, str] | None:
    """(version, what shows it) of a resource that is not R4; None where nothing speaks against R4."""
    for version, marks in code_data()["versions"].get(resource["resourceType"], {}).items():
        for key in marks.get("keys", ()):
            if key in resource:
                return version, f"'{key}'"
        for key in marks.get("string", ()):
            if isinstance(resource.get(key), str):
                return version, f"'{key}' as a word"
    if resource["resourceType"] == "Encounter" and isinstance(resource.get("class"), list):
        return "R5", "'class' as a list"
    return _by_profile(resource)


def _by_profile(resource: dict[str, Any]) -> tuple[str, str] | None:
    meta = resource.get("meta")
    profiles = meta.get("profile") if isinstance(meta, dict) else None
    if not isinstance(profiles, list):
        return None
    for profile in profiles:
        for part, version in code_data()["profile_versions"].items():
            if isinstance(profile, str) and part in profile:
                return version, "its profile"
    return None


def check_statement(resource: dict[str, Any], place: object) -> None:
    """Raise DataError where a resource names a version of FHIR for the whole data that is not R4."""
    version = resource.get("fhirVersion")
    if isinstance(version, str) and not version.startswith(READ_HERE):
        kind = resource["resourceType"]
        raise DataError(
            f"{place}: the {kind} says FHIR {version[:20]}, but R4 (4.0.1) is read here. "
            "Export the data as R4, or convert them."
        )
