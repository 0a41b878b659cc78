"""Which of the drugs that were given are not named in what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from icans.record.fhir.codes import code_data, named_in, words_of
from icans.record.fhir.models import CodeableConcept
from icans.web.cds.whose import local_part

KIND = "MedicationAdministration"
Json = Mapping[str, Any]


def unnamed(resources: Iterable[Json], server: str = "") -> Iterator[Json]:
    """The administrations of which nothing sent says which drug it was: no known code, no word, no Medication."""
    listed = list(resources)
    named = {f"Medication/{r.get('id')}" for r in listed if _is(r, "Medication") and _says(r.get("code"))}
    for one in listed:
        if _is(one, KIND) and one.get("status") not in code_data()["left_out"][KIND] and not _named(one, named, server):
            yield one


def drugs_to_ask(resources: Iterable[Json], server: str) -> list[str]:
    """The Medications, `Medication/id`, that the server of the hook may name, each once."""
    pointed = (one.get("medicationReference") for one in unnamed(resources, server))
    references = (to.get("reference") for to in pointed if isinstance(to, dict))
    found = (local_part(to, server) for to in references if isinstance(to, str))
    return list(dict.fromkeys(to for to in found if to is not None and to.startswith("Medication/")))


def _named(one: Json, named: set[str], server: str) -> bool:
    if one.get("medicationCodeableConcept") is not None:
        return _says(one["medicationCodeableConcept"])
    to = one.get("medicationReference")
    if not isinstance(to, dict):
        return False
    reference = to.get("reference")
    if (isinstance(to.get("display"), str) and to["display"].strip()) or not isinstance(reference, str):
        return bool(to.get("display"))
    if reference.startswith("#"):
        listed = one.get("contained")
        parts = [part for part in (listed if isinstance(listed, list) else ()) if isinstance(part, dict)]
        return any(f"#{p.get('id')}" == reference and _is(p, "Medication") and _says(p.get("code")) for p in parts)
    return local_part(reference, server) in named


def _says(concept: object) -> bool:
    """Whether a concept says in a word, or in a code that is known here, which drug it is."""
    try:
        told = CodeableConcept.model_validate(concept)
    except ValidationError:
        return False
    words = any(word.strip() for word in words_of(told))
    return words or named_in("drugs", told) is not None or named_in("products", told) is not None


def _is(resource: Json, kind: str) -> bool:
    return resource.get("resourceType") == kind
