"""The resources of Bundles and of lists that are already in memory, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from icans.record.fhir.log import Log, Place

Json = dict[str, Any]
Placed = tuple[Place, Json, str | None]
"""A resource with its place and, in a Bundle, its fullUrl."""


def is_resource(value: Any) -> bool:
    """True for a JSON object that names its resourceType."""
    return isinstance(value, dict) and isinstance(value.get("resourceType"), str)


def entries(bundle: Json, name: str, log: Log) -> Iterator[Placed]:
    """The resources of a Bundle, those of Bundles inside it too; none where it has no entry.

    name   what the Bundle is called in messages
    """
    listed = bundle.get("entry")
    for number, entry in enumerate(listed if isinstance(listed, list) else (), start=1):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict) or not is_resource(resource):
            log.skipped["Bundle entry without a resource"] += 1
        elif resource["resourceType"] == "Bundle":
            yield from entries(resource, name, log)
        else:
            full_url = entry.get("fullUrl")
            yield Place(name, "entry", number), resource, full_url if isinstance(full_url, str) else None


def in_memory(resources: Iterable[Any], log: Log) -> Iterator[Placed]:
    """Each resource of a list, called 'entry n', and those of a Bundle in it, called 'entry n entry m'.

    What is no FHIR resource is a problem of the log. A Bundle without entries, as an empty answer to a search
    is, holds nothing and is no mistake.
    """
    for number, resource in enumerate(resources, start=1):
        place = Place("", "entry", number)
        if not is_resource(resource):
            log.problem(place, "not a FHIR resource: it has no resourceType.")
        elif resource["resourceType"] == "Bundle":
            yield place, {**resource, "entry": []}, None
            yield from entries(resource, str(place), log)
        else:
            yield place, resource, None
