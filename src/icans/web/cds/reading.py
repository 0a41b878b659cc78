"""From the resources that were sent to the record of the one patient that a hook is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import polars as pl

from icans.errors import DataError
from icans.record.fhir.moments import moment
from icans.record.fhir.reader import read_resources
from icans.record.record import PATIENTS, THERAPIES, ReadingLog, Records, empty_records
from icans.web.cds.given import KIND, unnamed
from icans.web.cds.prefetch import Json, NotKnown, Told
from icans.web.cds.whose import is_about

_READ = (
    "Observation", "MedicationAdministration", "QuestionnaireResponse", "Condition", "Procedure", "Encounter",
    "Medication", "Device",
)  # fmt: skip
CELLS = "car_t_cells"
"""What the infusion of the cells is called among the therapies."""
_OF_NOBODY = ("Medication", "Device")
_UNREADABLE = ("that does not fit FHIR R4", "with a mistake, see the problems", "not R4")
_UNDATED = ("without a time", "dated only to a month or year", "without a patient")


@dataclass(frozen=True)
class Seen:
    """The record of one patient, and what of it could not be used.

    died        whether the record system says that the patient has died
    unreadable  how many resources could not be read
    of_others   how many are about somebody else, or about somebody who cannot be told
    unnamed     how many drugs that were given are named nowhere in what was sent
    cut         the kinds of which only the newest were sent; lacking: those that could not be had
    drugs_whole whether nothing of the list of what was given is cut off, unnamed or unreadable
    """

    records: Records
    died: bool
    unreadable: int
    of_others: int
    unnamed: int
    cut: tuple[str, ...]
    encounters: tuple[Json, ...]
    lacking: tuple[str, ...] = ()
    drugs_whole: bool = True

    def gaps(self) -> Iterator[str]:
        """What a reader of a card has to know of it, a sentence each."""
        if self.unreadable:
            yield f"{_count(self.unreadable, 'resource')} could not be read."
        if self.of_others:
            yield f"{_count(self.of_others, 'resource')} about somebody else left out."
        if self.unnamed:
            yield f"{_count(self.unnamed, 'dose')} of a drug that was not named left out."
        if self.cut:
            yield f"Only the newest were sent of: {', '.join(self.cut)}."
        if self.lacking:
            yield f"Not sent, so that what it would say is not known: {', '.join(self.lacking)}."
        if not self.drugs_whole:
            yield "It is not known what else was given: doses and vasopressors are not settled."


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def seen_of(told: Told, patient_id: str) -> Seen:
    """The record of a patient out of what was sent. Raises NotKnown where the patient that was sent is another one."""
    person = next(told.every("patient"), {})
    if person.get("id") != patient_id:
        raise NotKnown("the patient that was sent is not the one of context.patientId")
    kept, left_out = _sorted_out(told, patient_id)
    records = _read([{**person, "identifier": []}, *kept])
    skipped = records.log.skipped
    unreadable = left_out["unreadable"] + sum(times for why, times in skipped.items() if why.endswith(_UNREADABLE))
    nameless = sum(1 for _ in unnamed(kept, told.server))
    lost = left_out["drugs"] or nameless or "medications" in told.cut or any(map(_loses_a_dose, skipped))
    mine = _only(records, patient_id)
    return Seen(
        mine if lost else _with_cells(mine, kept), _died(person), unreadable, left_out["others"], nameless, told.cut,
        tuple(r for r in kept if r.get("resourceType") == "Encounter"), told.lacking, not lost,
    )  # fmt: skip


def _loses_a_dose(why: str) -> bool:
    """Whether what was left out may be a dose of a drug that is known here."""
    return why.startswith("all ") or (why.startswith(f"{KIND} ") and why.endswith((*_UNREADABLE, *_UNDATED)))


def _sorted_out(told: Told, patient_id: str) -> tuple[list[Json], Counter[str]]:
    """The resources about the patient that are read here; how many others were left out, and why.

    `drugs` counts those that may be a dose given to the patient.
    """
    kept: list[Json] = []
    left_out: Counter[str] = Counter()
    for key, resources in told.resources.items():
        for resource in resources if key not in ("patient", "order") else ():
            kind = resource.get("resourceType")
            if kind in (None, "Bundle"):
                left_out["unreadable"] += 1
                left_out["drugs"] += key == "medications"
            elif kind in _OF_NOBODY:
                kept.append(resource)
            elif kind in _READ:
                about = is_about(resource, patient_id, told.server)
                left_out["others"] += not about
                left_out["drugs"] += about is None and kind == KIND
                if about:
                    kept.append({**resource, "subject": {"reference": f"Patient/{patient_id}"}})
    return kept, left_out


def _read(resources: list[Json]) -> Records:
    try:
        return read_resources(resources, keep_going=True)
    except DataError as error:
        return empty_records(ReadingLog(problems=error.problems, skipped={"all that does not fit FHIR R4": 1}))


def _only(records: Records, patient_id: str) -> Records:
    """The record under the patient's id, with a row for the patient also where nothing was read."""
    mine = records.of(patient_id)
    if mine.patients.height:
        return mine
    row = {name: patient_id if name == "patient" else None for name in PATIENTS}
    return replace(mine, patients=pl.DataFrame([row], schema=PATIENTS, orient="row"))


def _with_cells(records: Records, resources: list[Json]) -> Records:
    """The record with the cells themselves as a therapy, where no other drug of it is known here.

    The list of what was given was sent, and a record with therapies holds all of them (convention P6); without any it
    would not be known whether tocilizumab, a steroid or a vasopressor was given.
    """
    infusion = records.patients["infusion"][0]
    listed = any(resource.get("resourceType") == KIND for resource in resources)
    if not listed or infusion is None or not records.therapies.is_empty():
        return records
    row = {**dict.fromkeys(THERAPIES), "patient": records.names()[0], "start": infusion, "drug": CELLS, "source": CELLS}
    return replace(records, therapies=pl.DataFrame([row], schema=THERAPIES, orient="row"))


def _died(person: Json) -> bool:
    return person.get("deceasedBoolean") is True or isinstance(person.get("deceasedDateTime"), str)


def latest(records: Records, now: datetime) -> datetime | None:
    """The newest time up to now at which something was seen or given."""
    times = [
        records.observations.filter(pl.col("time") <= now)["time"].max(),
        records.therapies.filter(pl.col("start") <= now)["start"].max(),
    ]
    found = [time for time in times if isinstance(time, datetime)]
    return max(found) if found else None


def timestamp(text: object) -> datetime | None:
    """A FHIR dateTime as a moment in UTC; None where it is none."""
    try:
        return moment(text).time.astimezone(UTC) if isinstance(text, str) else None
    except ValueError:
        return None
