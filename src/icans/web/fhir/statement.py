"""What the service can do, as a CapabilityStatement made from the same table as the routes."""

from __future__ import annotations

from typing import Any

from icans import __version__
from icans.web.fhir.http import FHIR_JSON
from icans.web.fhir.kinds import KINDS, Kind

Json = dict[str, Any]

SYSTEM = ("transaction", "batch")
"""What is done with a Bundle that is posted to the address of the service."""

_SINCE = "2026-03-01"


def statement(base: str) -> Json:
    """The CapabilityStatement. base: the address of the service."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": _SINCE,
        "kind": "instance",
        "software": {"name": "icans", "version": __version__},
        "implementation": {"description": "The record and the grades of a ward after CAR-T cells", "url": base},
        "fhirVersion": "4.0.1",
        "format": [FHIR_JSON],
        "rest": [
            {
                "mode": "server",
                "documentation": "An update and a delete must say in If-Match which version they change, so that no "
                "change of somebody else is lost. A search with a parameter that is not listed is refused; a patient "
                "who is not there, or on another unit, is found by none. What a resource says is read into the record; "
                "a resource of which nothing can be used is refused. A Bundle holds writes only: an entry with GET is "
                "refused. An earlier version is there of a resource that was received, as it was received; of one made "
                "of what was entered in the app there is the newest only.",
                "security": {"description": "A token made by an administrator: Authorization: Bearer TOKEN"},
                "resource": [_resource(kind) for kind in KINDS.values()],
                "interaction": [{"code": code} for code in SYSTEM],
            }
        ],
    }


def _resource(kind: Kind) -> Json:
    written = "update" in kind.does
    made: Json = {
        "type": kind.name,
        "documentation": kind.says,
        "interaction": [{"code": code} for code in kind.does],
        "versioning": "versioned-update" if written else "no-version",
        "readHistory": "vread" in kind.does,
        "updateCreate": False,
        "conditionalCreate": kind.name == "Patient",
        "conditionalRead": "not-match" if written else "not-supported",
        "conditionalUpdate": False,
        "conditionalDelete": "not-supported",
        "searchParam": [{"name": name, "type": how} for name, how in kind.asked_by.items()],
    }
    if kind.operations:
        made["operation"] = [{"name": name, "definition": url} for name, url in kind.operations.items()]
    return made
