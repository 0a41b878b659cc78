"""What one resource says, as entries for the store. The record room reads it; what it cannot use is refused here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from icans.errors import DataError
from icans.record.fhir import read_resources
from icans.record.fhir.codes import code_data
from icans.record.fhir.patients import FACTS as FACTS_URL
from icans.record.record import OBSERVATIONS, THERAPIES, Records
from icans.store.schema import entry
from icans.store.words import AHEAD, fact_entries
from icans.web.fhir.kinds import STATUSES
from icans.web.fhir.problems import Issue, Refused

Json = dict[str, Any]

_THERAPY = {"start": "time", "end": "until", "drug": "item", "dose": "value"}
_NAMED = ("product", "infusion", "sex", "label", "age", "weight", "height", "developmental_delay")


@dataclass(frozen=True)
class Understood:
    """Entries without id and patient; notices: what was left out or taken for granted.

    infusion  it is the infusion of CAR-T cells, from which facts of the patient follow
    """

    entries: tuple[Json, ...]
    notices: tuple[str, ...] = ()
    infusion: bool = False


NOTHING = Understood(())
"""What a resource that is deleted says."""


def understood(content: Json, now: datetime) -> Understood:
    """What an Observation, MedicationAdministration or QuestionnaireResponse says of its patient.

    Raises Refused (422) where it is not R4, has a mistake or a time in the future, or where nothing of it can be
    used: who sends it would take it for recorded. One that says why there is no value, or that it is void, is kept.
    """
    kind = content["resourceType"]
    _check_status(kind, content)
    records = _read(content)
    found = tuple(entries_of(records))
    infusion = bool(records.patients["infusion"].drop_nulls().len())
    if not found and not infusion and not _is_void(kind, content):
        raise Refused(422, *(Issue(why, kind) for why in records.log.skipped or ("nothing in it is understood",)))
    late = [e for e in found if e["time"] > now + AHEAD]
    if late or (infusion and records.patients["infusion"][0] > now + AHEAD):
        raise Refused(422, Issue("it lies in the future; send what was seen or given when it was", kind))
    _check_lengths(kind, found)
    left_out = (f"left out: {why}" for why in records.log.skipped)
    return Understood(found, (*records.log.notices, *left_out), infusion)


def stated_facts(content: Json, now: datetime) -> list[Json]:
    """Entries for the facts that a Patient states: in the extension urn:icans:facts, and the sex as its gender.

    Raises Refused (422) for a fact that cannot be.
    """
    row = _read(content).patients.row(0, named=True)
    said = _facts_named(content) | ({"sex"} if row["sex"] else set())
    try:
        return fact_entries({name: row[name] for name in _NAMED if name in said}, now)
    except DataError as error:
        raise Refused(422, *(Issue(problem, "Patient") for problem in error.problems)) from None


def _facts_named(content: Json) -> set[str]:
    """The names in the extension urn:icans:facts; its form was checked by the reading."""
    extensions = [e for e in content.get("extension") or () if e.get("url") == FACTS_URL]
    return {part.get("url") for e in extensions for part in e.get("extension") or ()}


def entries_of(records: Records) -> Iterable[Json]:
    """The observations and therapies of a record as entries."""
    for row in records.observations.iter_rows(named=True):
        yield {"kind": "observation", **{k: row[k] for k in OBSERVATIONS if k not in ("patient", "source")}}
    for row in records.therapies.iter_rows(named=True):
        yield {"kind": "therapy", **{_THERAPY.get(k, k): row[k] for k in THERAPIES if k not in ("patient", "source")}}


def _read(content: Json) -> Records:
    try:
        records = read_resources([content], keep_going=True)
    except DataError as error:
        raise Refused(422, *(Issue(problem) for problem in error.problems)) from None
    if records.log.problems:
        said = (problem.removeprefix("entry 1: ") for problem in records.log.problems)
        raise Refused(422, *(Issue(words, content["resourceType"]) for words in said))
    return records


def _check_status(kind: str, content: Mapping[str, Any]) -> None:
    if content.get("status") not in STATUSES[kind]:
        raise Refused(422, Issue(f"a status is needed, one of {', '.join(STATUSES[kind])}", f"{kind}.status"))


def _is_void(kind: str, content: Mapping[str, Any]) -> bool:
    """True where it says that nothing counts: entered in error, not done, or why there is no value."""
    return content.get("status") in code_data()["left_out"][kind] or "dataAbsentReason" in content


def _check_lengths(kind: str, entries: Iterable[Json]) -> None:
    """A text that no column holds is refused before it is half written."""
    for one in entries:
        for name, value in one.items():
            longest = getattr(entry.c[name].type, "length", None)
            if isinstance(value, str) and longest is not None and len(value) > longest:
                raise Refused(422, Issue(f"{name}: at most {longest} characters", kind))
