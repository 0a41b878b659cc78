"""Read FHIR R4: each resource is understood by itself, then all are put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from icans.errors import DataError
from icans.record.fhir import models as fhir
from icans.record.fhir.bundles import Placed, in_memory
from icans.record.fhir.codes import code_data, phrase, words_of
from icans.record.fhir.files import resources
from icans.record.fhir.findings import Lasting, read_condition, read_procedure
from icans.record.fhir.log import Log, Place
from icans.record.fhir.lookups import Lookups, points_elsewhere
from icans.record.fhir.medications import read_administration
from icans.record.fhir.observations import read_observation
from icans.record.fhir.patients import Patients
from icans.record.fhir.questionnaires import read_questionnaire
from icans.record.fhir.reading import Reading
from icans.record.fhir.together import Gathered, put_together
from icans.record.fhir.version import check_statement, other_version
from icans.record.record import Records

_EXPECTED = {
    "missing": "is missing",
    "float_type": "should be a number",
    "int_type": "should be a whole number",
    "bool_type": "should be true or false",
    "string_type": "should be text",
    "tuple_type": "should be a list",
    "dict_type": "should be an object",
    "model_type": "should be an object",
    "model_attributes_type": "should be an object",
}


def read_fhir(path: str | Path, keep_going: bool = False) -> Records:
    """What FHIR R4 resources say of one patient or many.

    path        a Bundle or single resource (.json), bulk data (.ndjson, .jsonl), also with .gz, or a folder
    keep_going  return what could be read, with the mistakes of the source in `log.problems`

    Every value of an Observation is counted in the log, as used or with why not. Raises DataError where a
    file cannot be read, where nothing in it is FHIR R4, or for any mistake of the source unless `keep_going`.
    """
    reader = _Reader()
    records = _read(reader, resources(Path(path), reader.log), keep_going)
    if not reader.types and not records.log.problems:
        raise DataError(f"{path} holds no FHIR resource.")
    return records


def read_resources(resources: Iterable[dict[str, Any]], keep_going: bool = False) -> Records:
    """What FHIR R4 resources that are already in memory say, as `read_fhir` reads them from files.

    resources   parsed JSON; a Bundle among them is unpacked. Messages call them 'entry n', counted from 1, and
                a resource of a Bundle 'entry n entry m'; so does `source` where a resource has no id
    keep_going  return what could be read, with the mistakes of the source in `log.problems`

    An empty list and an empty Bundle, such as the answer to a search, give empty records. Raises DataError for
    any mistake of the source unless `keep_going`, and for a CapabilityStatement of another version of FHIR.
    """
    reader = _Reader()
    return _read(reader, in_memory(resources, reader.log), keep_going)


def _read(reader: _Reader, placed: Iterable[Placed], keep_going: bool) -> Records:
    for place, resource, full_url in placed:
        reader.take(place, resource, full_url)
    records = put_together(reader.finish(), reader.patients, reader.log)
    if records.log.problems and not keep_going:
        raise DataError(*records.log.problems)
    return records


class _Reader:
    """Takes resources one by one; those that point to a drug or device met later wait until the end."""

    def __init__(self) -> None:
        self.log = Log()
        self.patients = Patients()
        self.types: Counter[str] = Counter()
        self._readings: dict[str, Reading] = {}
        self._lasting: list[Lasting] = []
        self._lookups = Lookups()
        self._waiting: list[tuple[fhir.Resource, Place]] = []

    def take(self, place: Place, resource: dict[str, Any], full_url: str | None) -> None:
        """Understand one resource, or count why not."""
        kind: str = resource["resourceType"]
        self.types[kind] += 1
        check_statement(resource, place)
        if (other := other_version(resource)) is not None:
            self.log.skipped[f"{kind} of FHIR {other[0]}, not R4"] += 1
            self.log.problem(place, f"{kind} is in FHIR {other[0]} ({other[1]}); R4 (4.0.1) is read here.")
        elif kind == "Bundle":
            self._bundle(resource)
        elif kind not in fhir.READ:
            self.log.skipped[f"resource type {kind[:40]} is not used"] += 1
        elif (it := self._model(kind, resource, place)) is not None:
            self._understand(it, place, full_url)

    def finish(self) -> Gathered:
        """Understand those that waited, and hand over everything."""
        for it, place in self._waiting:
            self._read(it, place)
        current = {id(reading) for reading in self._readings.values()}
        lasting = [finding for finding in self._lasting if id(finding.reading) in current]
        return Gathered(list(self._readings.values()), lasting)

    def _bundle(self, bundle: dict[str, Any]) -> None:
        links = bundle.get("link")
        links = [link for link in links if isinstance(link, dict)] if isinstance(links, list) else []
        if any(link.get("relation") == "next" for link in links):
            self.log.notice("Bundle that is one page of several; the further pages are not here")

    def _model(self, kind: str, resource: dict[str, Any], place: Place) -> fhir.Resource | None:
        try:
            return fhir.READ[kind].model_validate(resource)
        except ValidationError as error:
            self.log.skipped[f"{kind} that does not fit FHIR R4"] += 1
            for mistake in error.errors(include_url=False, include_context=False, include_input=False)[:3]:
                where = ".".join(str(part) for part in (kind, *mistake["loc"]))
                said = _EXPECTED.get(mistake["type"], "is not as FHIR R4 has it")
                self.log.problem(place, f"{where} {said}.")
            return None

    def _understand(self, it: fhir.Resource, place: Place, full_url: str | None) -> None:
        if isinstance(it, fhir.Patient):
            self.patients.add(it, full_url, self.log)
        elif isinstance(it, fhir.Encounter):
            self._encounter(it)
        elif isinstance(it, fhir.Medication | fhir.Device):
            self._lookups.remember(it, full_url)
            self.log.skipped[f"{type(it).__name__} is only looked up"] += 1
        elif points_elsewhere(it):
            self._waiting.append((it, place))
        else:
            self._read(it, place)

    def _encounter(self, it: fhir.Encounter) -> None:
        how = it.hospitalization.discharge_disposition if it.hospitalization else None
        codes = {coding.code.lower() for coding in (how.coding if how else ()) if coding.code}
        if (codes | set(map(phrase, words_of(how)))) & set(code_data()["died"]):
            self.log.notice("Encounter that ended with death; the cause is taken only from an Observation")
        self.log.skipped["Encounter is only counted"] += 1

    def _read(self, it: fhir.Resource, place: Place) -> None:
        kind = type(it).__name__
        source = f"{kind}/{it.id}" if it.id else str(place)
        pointed_to = partial(self._lookups.concept, it)
        if isinstance(it, fhir.Observation):
            reading = read_observation(it, source, place, self.log, pointed_to)
        elif isinstance(it, fhir.MedicationAdministration):
            reading = read_administration(it, source, place, self.log, pointed_to)
        elif isinstance(it, fhir.QuestionnaireResponse):
            reading = read_questionnaire(it, source, place, self.log)
        elif isinstance(it, fhir.Procedure):
            reading, lasting = read_procedure(it, source, place, self.log)
            self._lasting += lasting
        elif isinstance(it, fhir.Condition):
            reading, lasting = read_condition(it, source, place, self.log)
            self._lasting += lasting
        else:
            raise TypeError(kind)
        self._keep(reading, kind)

    def _keep(self, reading: Reading, kind: str) -> None:
        """Of two resources with one id the later version counts; the parts of the other are left out."""
        before = self._readings.get(reading.source)
        if before is not None:
            kept, dropped = (reading, before) if before.updated <= reading.updated else (before, reading)
            self.log.skipped[f"{kind} repeated (same id)"] += dropped.parts()
            reading = kept
        self._readings[reading.source] = reading
