"""What the record system says of a patient: asked with the token of the launch, all kinds side by side, in limits."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from icans.web.cds.fetch import Limits, NotHad, Web, below, next_page
from icans.web.cds.prefetch import resources_of

Json = dict[str, Any]

ID = re.compile(r"[A-Za-z0-9.-]{1,64}", re.ASCII)
"""What an id looks like. Source: FHIR R4, data types."""
LIMITS = Limits(largest=10_000_000, within=20.0, pages=20)
MOST = 5_000
"""Resources of one kind; of more the newest are taken. Our choice."""
MOST_DRUGS = 50
"""Medications that are looked up one by one. Our choice."""

_SEARCHES: Mapping[str, str] = {
    "Observation": "_sort=-date&_count=500",
    "MedicationAdministration": "_sort=-effective-time&_count=500",
    "QuestionnaireResponse": "_sort=-authored&_count=200",
    "Procedure": "_sort=-date&_count=200",
    "Condition": "_count=200",
}
_CATEGORIES = ("vital-signs", "laboratory", "survey", "exam", "procedure", "imaging", "therapy")
"""Source: HL7's code system observation-category."""
_REFUSED = "the server answered 4"
_NO_SUCH = "the server answered 404"
_OPTIONAL = ("QuestionnaireResponse",)
"""Kinds that many record systems do not have. One that answers otherwise has them, and could not give them."""


@dataclass(frozen=True)
class Chart:
    """The Patient and what is about it.

    lacking  kind -> why it could not be had, in words; cut: kinds of which only the newest are here
    strange  kind -> how many were sent that name no patient in the way of this server, or another one; none is here
    unknown  kinds that the server does not have, as it says
    """

    patient: Json
    resources: Sequence[Json] = ()
    lacking: Mapping[str, str] = field(default_factory=dict)
    cut: Sequence[str] = ()
    strange: Mapping[str, int] = field(default_factory=dict)
    unknown: Sequence[str] = ()

    @property
    def is_whole(self) -> bool:
        """Whether everything that is asked for came."""
        return not (self.lacking or self.cut or self.strange)


@dataclass(frozen=True)
class Asking:
    """A FHIR server with the token for it, and the moment of `time.monotonic` by which everything must be there."""

    web: Web
    server: str
    token: str
    until: float = field(default_factory=lambda: time.monotonic() + LIMITS.within)

    def json(self, path: str) -> Json:
        """What is behind an address of the server; the token goes nowhere else. Raises NotHad."""
        found = self.web.json(below(self.server, path), LIMITS, self.until, self.token)
        if not isinstance(found.get("resourceType"), str):
            raise NotHad("the server answered with something else")
        return found

    def one(self, kind: str, name: str) -> Json:
        """One resource. Raises NotHad."""
        found = self.json(f"{kind}/{name}")
        if found["resourceType"] != kind or found.get("id") != name:
            raise NotHad("the server answered with something else")
        return found

    def pages(self, kind: str, first: Json) -> tuple[list[Json], bool]:
        """(the resources of a search from its first page on, whether there are more). Raises NotHad."""
        found: list[Json] = []
        bundle, left = first, LIMITS.pages
        while True:
            if bundle["resourceType"] != "Bundle":
                raise NotHad("the server answered with something else")
            found += [r for r in resources_of(bundle) if r.get("resourceType") == kind]
            left, following = left - 1, next_page(bundle)
            if following is None or len(found) >= MOST or not left:
                return found[:MOST], following is not None or len(found) > MOST
            bundle = self.json(following)


def person(asking: Asking, patient_id: str) -> Json:
    """The Patient. Raises NotHad."""
    return asking.one("Patient", patient_id)


def chart(asking: Asking, patient: Json) -> Chart:
    """Everything that is read here of a patient. What cannot be had is named, not an error."""
    with ThreadPoolExecutor(max_workers=len(_SEARCHES)) as pool:
        answers = list(pool.map(lambda kind: _kind(asking, kind, patient["id"]), _SEARCHES))
    found: list[Json] = []
    lacking, strange, cut, unknown = {}, {}, [], []
    for kind, answer in zip(_SEARCHES, answers, strict=True):
        if isinstance(answer, str):
            if kind in _OPTIONAL and answer == _NO_SUCH:
                unknown.append(kind)
            else:
                lacking[kind] = answer
            continue
        mine = [r for r in answer[0] if _is_about(r, asking.server, patient["id"])]
        found += mine
        cut += [kind] if answer[1] else []
        if left_out := len(answer[0]) - len(mine):
            strange[kind] = left_out
    drugs, missed = _drugs(asking, found)
    if missed:
        lacking["Medication"] = f"{missed} could not be looked up"
    return Chart(patient, [*found, *drugs], lacking, cut, strange, unknown)


def _kind(asking: Asking, kind: str, patient_id: str) -> tuple[list[Json], bool] | str:
    """(resources, whether there are more), or in words why there is nothing."""
    query = f"{kind}?patient={patient_id}&{_SEARCHES[kind]}"
    try:
        first = asking.json(query)
    except NotHad as error:
        # Only where the server refuses such a search: an Observation without a category is missed then.
        if kind != "Observation" or not str(error).startswith(_REFUSED):
            return str(error)
        return _by_category(asking, query)
    try:
        return asking.pages(kind, first)
    except NotHad as error:
        return f"{error} (beyond the first page)"


def _by_category(asking: Asking, query: str) -> tuple[list[Json], bool] | str:
    """The Observations of a server that insists on a category, as US Core lets it."""
    try:
        parts = [asking.pages("Observation", asking.json(f"{query}&category={name}")) for name in _CATEGORIES]
    except NotHad as error:
        return str(error)
    return [r for found, _ in parts for r in found], any(more for _, more in parts)


def _is_about(resource: Json, server: str, patient_id: str) -> bool:
    """Whether a resource has an id and names this patient, as FHIR servers do; another's is never taken."""
    subject = resource.get("subject")
    target = subject.get("reference") if isinstance(subject, dict) else None
    named = isinstance(target, str) and target.removeprefix(f"{server}/").split("/_history/")[0]
    name = resource.get("id")
    return named == f"Patient/{patient_id}" and isinstance(name, str) and ID.fullmatch(name) is not None


def _drugs(asking: Asking, found: Sequence[Json]) -> tuple[list[Json], int]:
    """The Medications that administrations point to, and how many could not be had."""
    wanted = list(dict.fromkeys(name for r in found if (name := drug_pointed_to(r, asking.server))))
    drugs: list[Json] = []
    for name in wanted[:MOST_DRUGS]:
        try:
            drugs.append(asking.one("Medication", name))
        except NotHad:
            continue
    return drugs, len(wanted) - len(drugs)


def drug_pointed_to(resource: Json, server: str) -> str | None:
    """The id of the Medication of this server that an administration points to; None where it points to none."""
    reference = resource.get("medicationReference")
    target = reference.get("reference") if isinstance(reference, dict) else None
    place = target.removeprefix(f"{server}/").split("/_history/")[0] if isinstance(target, str) else ""
    kind, _, name = place.partition("/")
    return name if kind == "Medication" and ID.fullmatch(name) else None
