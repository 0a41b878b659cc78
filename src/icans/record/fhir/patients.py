"""Who the patients are: names, facts, and the keys by which other resources point to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from icans.record.age import years_between
from icans.record.fhir.log import Log
from icans.record.fhir.models import Extension, Patient
from icans.record.fhir.moments import middle, moment
from icans.record.fhir.reading import Given, Infusion, Seen, updated
from icans.record.record import PATIENTS

FACTS = "urn:icans:facts"
NAME = "urn:icans:patient"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_FACTS = tuple(name for name in PATIENTS if name != "patient")


@dataclass
class Patients:
    """The patients met so far.

    A patient is called by the identifier of system urn:icans:patient, or else by the id of the resource;
    names of persons are never read.
    """

    by_id: dict[str, Patient] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)

    def add(self, patient: Patient, full_url: str | None, log: Log) -> None:
        """Remember a Patient resource; of two with one id the later version counts."""
        name = self._name(patient)
        if name is None:
            log.skipped["Patient without an id"] += 1
            return
        log.used["Patient"] += 1
        before = self.by_id.get(name)
        if before is None or updated(before) <= updated(patient):
            self.by_id[name] = patient
        for key in (patient.id, full_url, *(f"{i.system or ''}|{i.value}" for i in patient.identifier)):
            if key:
                self._keys[key] = name

    @staticmethod
    def _name(patient: Patient) -> str | None:
        own = next((i.value for i in patient.identifier if i.system == NAME and i.value), None)
        return own or patient.id

    def called(self, key: str) -> str:
        """The patient that a key of `reading.subject` means; the key itself where no Patient resource is."""
        return self._keys.get(key) or self._keys.get(key.rpartition(":")[2]) or key


def rows(
    patients: Patients, seen: list[Seen], given: list[Given], infusions: list[Infusion], log: Log
) -> list[dict[str, Any]]:
    """The rows of the table of patients, in the order of their names.

    seen, given, infusions   of all patients, with the patients' names
    """
    first, started, facts = _first_infusions(infusions, log), _first_times(seen, given), _facts_seen(seen)
    names = sorted({*patients.by_id, *started, *first})
    if unknown := len(set(names) - set(patients.by_id)):
        log.notice("Patient that is pointed to, but has no Patient resource here", unknown)
    return [_row(n, patients.by_id.get(n), first.get(n), started.get(n), facts.get(n, []), log) for n in names]


def _first_infusions(infusions: list[Infusion], log: Log) -> dict[str, Infusion]:
    first: dict[str, Infusion] = {}
    for infusion in sorted(infusions, key=lambda i: (i.patient, i.time, i.product or "~")):
        if infusion.patient not in first:
            first[infusion.patient] = infusion
        elif infusion.time > first[infusion.patient].time:
            log.notice("Infusion of CAR-T cells after the first one; day 0 is the first")
    return first


def _first_times(seen: list[Seen], given: list[Given]) -> dict[str, datetime]:
    """When each patient was first seen or treated."""
    first: dict[str, datetime] = {}
    for patient, time in (*((s.patient, s.time) for s in seen), *((g.patient, g.start) for g in given)):
        if patient not in first or time < first[patient]:
            first[patient] = time
    return first


def _facts_seen(seen: list[Seen]) -> dict[str, list[Seen]]:
    facts: dict[str, list[Seen]] = {}
    for row in seen:
        if row.item in ("weight", "height", "developmental_delay", "death_cause"):
            facts.setdefault(row.patient, []).append(row)
    return facts


def _row(
    name: str,
    patient: Patient | None,
    infusion: Infusion | None,
    started: datetime | None,
    seen: list[Seen],
    log: Log,
) -> dict[str, Any]:
    """One patient; a fact stated in the extension urn:icans:facts, as unknown too, goes before one that is derived."""
    patient = patient or Patient()
    stated = _stated(patient.extension, log)
    time = stated.get("infusion", infusion and infusion.time)
    died = patient.deceased_boolean or patient.deceased_date_time
    if died and not any(row.item == "death_cause" for row in seen):
        log.notice("Patient who died; the cause is taken only from an Observation")
    delay = _nearest("developmental_delay", seen, time)
    derived = {
        "patient": name,
        "product": infusion and infusion.product,
        "infusion": time,
        "age": None if "age" in stated else _age(patient, time, started, log),
        "sex": patient.gender if patient.gender in ("male", "female", "other") else None,
        "weight": _nearest("weight", seen, time),
        "height": _nearest("height", seen, time),
        "developmental_delay": None if delay is None else bool(delay),
        "label": None,
    }
    return {**derived, **stated}


def _stated(extensions: tuple[Extension, ...], log: Log) -> dict[str, Any]:
    """The facts of the extension urn:icans:facts, by the names of the table of patients; None: stated as unknown."""
    found: dict[str, Any] = {}
    facts = [part for e in extensions if e.url == FACTS for part in e.extension]
    unknown = {fact.url: None for fact in facts if fact.url in _FACTS and _is_unknown(fact)}
    for fact in facts:
        quantity = fact.value_quantity.value if fact.value_quantity else None
        if fact.url in ("product", "sex", "label"):
            found[fact.url] = fact.value_string
        elif fact.url == "infusion" and fact.value_date_time:
            try:
                found[fact.url] = moment(fact.value_date_time).time
            except ValueError:
                log.notice("Patient whose stated time of infusion cannot be read; it is left out")
        elif fact.url in ("age", "weight", "height"):
            found[fact.url] = fact.value_decimal if quantity is None else quantity
        elif fact.url == "developmental_delay":
            found[fact.url] = fact.value_boolean
    return unknown | {name: value for name, value in found.items() if value is not None}


def _is_unknown(fact: Extension) -> bool:
    return any(part.url == ABSENT for part in fact.extension)


def _age(patient: Patient, infusion: datetime | None, started: datetime | None, log: Log) -> float | None:
    """Age in years at the infusion, or else when first seen."""
    then = infusion or started
    if patient.birth_date is None or then is None:
        return None
    try:
        birth = moment(patient.birth_date)
    except ValueError:
        log.notice("Patient whose birth date cannot be read; the age is not known")
        return None
    if birth.precision != "day":
        log.notice("Patient whose birth date is only a year or month; the middle of it is taken for the age")
    if infusion is None:
        log.notice("Patient without an infusion of CAR-T cells; the age is that when first seen")
    return years_between(middle(birth), then.date())


def _nearest(item: str, seen: list[Seen], infusion: datetime | None) -> float | None:
    """The last value at or before the infusion, or else the first after it; without an infusion the last."""
    values = sorted((row.time, row.value) for row in seen if row.item == item)
    before = [value for time, value in values if infusion is None or time <= infusion]
    return before[-1] if before else values[0][1] if values else None
