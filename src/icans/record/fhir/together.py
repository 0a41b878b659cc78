"""The readings of all resources as one record: patients' names, repeats and contradictions, tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from icans.record.catalogue import catalogue
from icans.record.fhir.findings import Lasting
from icans.record.fhir.findings import rows as lasting_rows
from icans.record.fhir.log import Log
from icans.record.fhir.patients import Patients
from icans.record.fhir.patients import rows as patient_rows
from icans.record.fhir.reading import Given, Reading, Seen
from icans.record.record import OBSERVATIONS, PATIENTS, THERAPIES, Records


@dataclass(frozen=True)
class Gathered:
    """Everything that was understood, one reading a resource, and the findings that last."""

    readings: list[Reading]
    lasting: list[Lasting]


def put_together(gathered: Gathered, patients: Patients, log: Log) -> Records:
    """The record of all patients, sorted by patient and time."""
    readings = gathered.readings
    lasting = [f._replace(patient=patients.called(f.patient)) for f in gathered.lasting]
    seen = [row._replace(patient=patients.called(row.patient)) for r in readings for row in r.seen]
    seen = _without_repeats(seen + lasting_rows(lasting), log)
    given = [row._replace(patient=patients.called(row.patient)) for r in readings for row in r.given]
    infusions = [i._replace(patient=patients.called(i.patient)) for r in readings for i in r.infusions]
    for reading in readings:
        log.used.update(reading.used)
        log.skipped.update(reading.skipped)
    log.used.update(row.counted for row in seen if row.counted)
    people = patient_rows(patients, seen, given, infusions, log)
    patients_table = pl.DataFrame(people, schema=PATIENTS, orient="row")
    return Records(patients_table, _observations(seen), _therapies(given), log.finished())


def _without_repeats(seen: list[Seen], log: Log) -> list[Seen]:
    """One value for each patient, item and time: of several the one changed last, then the worse one."""
    chosen: dict[tuple[str, str, object], Seen] = {}
    for row in seen:
        key = (row.patient, row.item, row.time)
        before = chosen.get(key)
        if before is None:
            chosen[key] = row
            continue
        kept, dropped = sorted((before, row), key=_rank, reverse=True)
        chosen[key] = kept
        same = kept.value == dropped.value
        if dropped.counted:
            kind = dropped.counted.split(" ")[0]
            what = "repeated at the same time" if same else "contradicted by another value at the same time"
            log.skipped[f"{kind} {row.item} {what}"] += 1
        if not same:
            log.notice(f"{row.item} twice at one time; the value changed last is taken, else the worse one")
    return sorted(chosen.values(), key=lambda row: (row.patient, row.time, row.item))


def _rank(row: Seen) -> tuple[str, float, str]:
    worse = -row.value if catalogue()[row.item].worse == "low" else row.value
    return row.updated, worse, row.source


def _observations(seen: list[Seen]) -> pl.DataFrame:
    columns = {
        "patient": [row.patient for row in seen],
        "time": [row.time for row in seen],
        "item": [row.item for row in seen],
        "value": [row.value for row in seen],
        "other_cause": [row.other_cause for row in seen],
        "attribution": [row.attribution for row in seen],
        "implausible": [not catalogue()[row.item].is_plausible(row.value) for row in seen],
        "source": [row.source for row in seen],
    }
    return pl.DataFrame(columns, schema=OBSERVATIONS)


def _therapies(given: Iterable[Given]) -> pl.DataFrame:
    ordered = sorted(given, key=lambda row: (row.patient, row.start, row.drug, row.source))
    return pl.DataFrame(ordered, schema=THERAPIES, orient="row")
