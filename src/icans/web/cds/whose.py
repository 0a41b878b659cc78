"""Whose a resource is: of the patient of the hook, of somebody else, or of nobody that can be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def is_about(resource: Mapping[str, Any], patient_id: str, server: str = "") -> bool | None:
    """Whether a resource is about the patient; None where its subject cannot be told from here.

    One that names nobody was asked for with the patient and is the patient's. An identifier alone, and an id on
    another server than the one of the hook (`server`), say nothing of who it is.
    """
    subject = resource.get("subject")
    if subject is None:
        return True
    reference = subject.get("reference") if isinstance(subject, dict) else None
    local = local_part(reference, server) if isinstance(reference, str) else None
    if local is None or not local.startswith("Patient/"):
        return None
    return local == f"Patient/{patient_id}"


def local_part(reference: str, server: str = "") -> str | None:
    """`Kind/id` of a reference that is relative or below the server of the hook; None of any other."""
    base = f"{server.rstrip('/')}/" if server else ""
    local = reference.removeprefix(base) if base else reference
    kind, _, rest = local.partition("/")
    name = rest.split("/_history/")[0]
    return f"{kind}/{name}" if kind.isalpha() and name and "/" not in name else None
