"""Draft orders as they are read: which drug, how much of it, how often, and from when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from icans.guidance.response import settings as history
from icans.record.catalogue import drugs
from icans.record.fhir.codes import mentions, named_in
from icans.record.fhir.models import CodeableConcept, Medication
from icans.record.units import ucum
from icans.web.cds.prefetch import Json, resources_of
from icans.web.cds.schedule import Schedule, joined, number, schedule
from icans.web.cds.whose import is_about

_KIND = "MedicationRequest"
_OVER = ("cancelled", "stopped", "completed", "entered-in-error")


class _Unreadable(Exception):
    """An order that is no MedicationRequest of FHIR R4."""


@dataclass(frozen=True)
class Order:
    """A draft order of a drug that is known here.

    reference       MedicationRequest/id; None where it has no id
    mg, mg_per_kg   one dose, as it is ordered; None where that is not said as a number
    asked           False for a draft that was not selected: its doses count, and nothing is said of it
    """

    reference: str | None
    drug: str
    mg: float | None = None
    mg_per_kg: float | None = None
    schedule: Schedule = field(default_factory=Schedule)
    asked: bool = True

    @property
    def label(self) -> str:
        """The drug in words."""
        return drugs()[self.drug].label


@dataclass(frozen=True)
class Orders:
    """The orders that are looked at; how many could not be read, and how many name another patient, or nobody known.

    known  the drafts that were not selected first: they come before those that are
    """

    known: tuple[Order, ...] = ()
    unreadable: int = 0
    of_others: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to look at."""
        return not (any(one.asked for one in self.known) or self.unreadable or self.of_others)


def orders_of(context: Mapping[str, Any], order: Json | None, patient_id: str, server: str = "") -> Orders:
    """The orders of known drugs that a hook is about.

    context  draftOrders, of which only the selections are asked about where there are any; order: of a hook that
             names one; server: the FHIR server of the caller
    """
    drafts = context.get("draftOrders")
    listed = list(resources_of(drafts)) if isinstance(drafts, dict) else []
    medications = {_reference(r): r for r in listed if _is(r, "Medication")}
    chosen = [r for r in (*listed, *([order] if order is not None else [])) if not r or _is(r, _KIND)]
    found = _Found(medications, patient_id, server)
    selected = context.get("selections")
    if isinstance(selected, list):
        beside = [r for r in chosen if r and _reference(r) not in selected]
        chosen = [r for r in chosen if not r or _reference(r) in selected]
        earlier = tuple(replace(one, asked=False) for one in found.read(beside).known)
    else:
        earlier = ()
    asked = found.read(chosen)
    return replace(asked, known=(*earlier, *asked.known))


@dataclass(frozen=True)
class _Found:
    """Reads orders of one patient, with the Medications that they may point to."""

    medications: Mapping[str, Json]
    patient_id: str
    server: str

    def read(self, resources: Iterable[Json]) -> Orders:
        """The orders of known drugs among some resources."""
        known: list[Order] = []
        unreadable = of_others = 0
        for resource in resources:
            try:
                order = _order(resource, self.medications)
            except _Unreadable:
                unreadable += 1
                continue
            if order is not None and not is_about(resource, self.patient_id, self.server):
                of_others += 1
            elif order is not None:
                known.append(order)
        return Orders(tuple(known), unreadable, of_others)


def _is(resource: Json, kind: str) -> bool:
    return resource.get("resourceType") == kind


def _reference(resource: Json) -> str:
    return f"{resource.get('resourceType')}/{resource.get('id')}"


def _order(resource: Json, medications: Mapping[str, Json]) -> Order | None:
    """The order; None where it asks for nothing, or for a drug that is not known here or acts in one place only."""
    if not resource:
        raise _Unreadable
    if resource.get("status") in _OVER or resource.get("doNotPerform") is True:
        return None
    concept = _concept(resource, medications)
    drug = named_in("drugs", concept)
    if drug is None or drug not in drugs() or mentions("not_systemic", concept):
        return None
    doses = list(_dosages(resource))
    amounts = [amount for dosage in doses for amount in _amounts(dosage)]
    return Order(
        _reference(resource) if isinstance(resource.get("id"), str) else None, drug,
        max((value for value, per_kg in amounts if not per_kg), default=None),
        max((value for value, per_kg in amounts if per_kg), default=None),
        joined([schedule(dosage.get("timing")) for dosage in doses]),
    )  # fmt: skip


def _concept(resource: Json, medications: Mapping[str, Json]) -> CodeableConcept:
    """What is ordered, by its codes and words. Raises _Unreadable where that is not as FHIR R4 has it."""
    try:
        if (coded := resource.get("medicationCodeableConcept")) is not None:
            return CodeableConcept.model_validate(coded)
        pointed = resource.get("medicationReference")
        if not isinstance(pointed, dict):
            raise _Unreadable
        target, name = pointed.get("reference"), pointed.get("display")
        found = _contained(resource, target) or medications.get(str(target))
        code = Medication.model_validate(found).code if found is not None else None
        return code or CodeableConcept(text=name if isinstance(name, str) else None)
    except ValidationError:
        raise _Unreadable from None


def _contained(resource: Json, target: object) -> Json | None:
    listed = resource.get("contained")
    parts = [part for part in (listed if isinstance(listed, list) else ()) if isinstance(part, dict)]
    return next((part for part in parts if f"#{part.get('id')}" == target and _is(part, "Medication")), None)


def _dosages(resource: Json) -> Iterator[Json]:
    listed = resource.get("dosageInstruction")
    yield from (one for one in (listed if isinstance(listed, list) else ()) if isinstance(one, dict))


def _amounts(dosage: Json) -> Iterator[tuple[float, bool]]:
    """(mg or mg/kg of one dose, whether it is by weight); of a range the upper end."""
    listed = dosage.get("doseAndRate")
    # Some record systems send one object where FHIR R4 has a list.
    for one in listed if isinstance(listed, list) else [listed]:
        if not isinstance(one, dict):
            continue
        upper = one.get("doseRange")
        for quantity in (one.get("doseQuantity"), upper.get("high") if isinstance(upper, dict) else None):
            if (amount := _amount(quantity)) is not None:
                yield amount


def _amount(quantity: object) -> tuple[float, bool] | None:
    if not isinstance(quantity, dict) or (value := number(quantity.get("value"))) is None:
        return None
    words = [w for w in (quantity.get("code"), quantity.get("unit")) if isinstance(w, str)]
    unit = next((found for word in words if (found := ucum(word))), next(iter(words), ""))
    mass, _, per = unit.partition("/")
    scale = history()["mg_per_unit"].get(mass)
    return None if scale is None or per not in ("", "kg") else (value * scale, per == "kg")
