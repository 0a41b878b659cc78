"""Findings that last: diagnoses (Condition) and breathing support (Procedure); infusions of CAR-T cells."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from icans.record.catalogue import Item, catalogue
from icans.record.fhir.codes import (
    Finding,
    answer_of,
    code_data,
    codes_of,
    finding_of,
    mentions,
    name_of,
    named_in,
)
from icans.record.fhir.log import LeftOut, Log, Place, Wrong
from icans.record.fhir.models import CodeableConcept, Condition, Procedure
from icans.record.fhir.moments import Moment
from icans.record.fhir.reading import Infusion, Reading, Seen, at, note_day, span, subject, updated

_LONGEST = timedelta(days=366)


class Lasting(NamedTuple):
    """A finding from `start` to `end`; end is None where it is not known to have ended."""

    patient: str
    item: Item
    value: float
    start: datetime
    end: datetime | None
    reading: Reading


def read_condition(it: Condition, source: str, place: Place, log: Log) -> tuple[Reading, list[Lasting]]:
    """What a diagnosis says of an item, from its onset (or else the day it was recorded) to its abatement."""
    reading, lasting = Reading(source, updated(it)), []
    with reading.accounted("Condition", log, place):
        finding = _confirmed(it, log)
        patient = subject(it.subject)
        start, end = _onset_and_abatement(it, log)
        note_day(start, "Condition", log)
        if finding.notice:
            log.notice(finding.notice)
        if finding.value is None:
            raise LeftOut(f"{name_of(it.code)} that leaves {finding.item} unknown")
        for name, value in ((finding.item, finding.value), *finding.also.items()):
            item = catalogue()[name]
            lasting.append(Lasting(patient, item, item.encode(value), start.time, end and end.time, reading))
        reading.used.append(f"Condition {finding.item}")
    return reading, lasting


def _confirmed(it: Condition, log: Log) -> Finding:
    finding = finding_of("conditions", it.code)
    if finding is None:
        raise LeftOut("with no meaning for an item")
    status = it.verification_status or CodeableConcept()
    words = {code for system, code in codes_of(status) if system == "verification"}
    if out := words & set(code_data()["left_out"]["Condition"]):
        raise LeftOut(f"that is {min(out)}")
    if words & set(code_data()["unsure"]):
        log.notice("Condition that is unconfirmed or provisional is used as if confirmed")
    return finding


def _onset_and_abatement(it: Condition, log: Log) -> tuple[Moment, Moment | None]:
    onset = it.onset_date_time or (it.onset_period and it.onset_period.start)
    if onset is None and it.recorded_date:
        log.notice("Condition without an onset is taken from when it was recorded")
    start = at(onset or it.recorded_date, "time of onset")
    abatement = it.abatement_date_time or (it.abatement_period and it.abatement_period.start)
    end = at(abatement, "time of abatement") if abatement else None
    if end is not None and end.time < start.time:
        raise Wrong("an abatement after the onset is expected")
    return start, end


def read_procedure(it: Procedure, source: str, place: Place, log: Log) -> tuple[Reading, list[Lasting]]:
    """Breathing support over the time it was given, or the infusion of CAR-T cells."""
    reading, lasting = Reading(source, updated(it)), []
    with reading.accounted("Procedure", log, place):
        if it.status in code_data()["left_out"]["Procedure"]:
            raise LeftOut(f"with status {it.status}")
        if (infused := _infused(it)) is not None:
            start, _ = span(it.performed_date_time, it.performed_period)
            reading.infusions.append(Infusion(subject(it.subject), start.time, infused or None))
            reading.used.append("Procedure CAR-T cells")
            return reading, []
        item, word = _support(it)
        patient = subject(it.subject)
        start, end = span(it.performed_date_time, it.performed_period)
        lasting.append(Lasting(patient, item, item.encode(word), start.time, end and end.time, reading))
        reading.used.append(f"Procedure {item.name}")
    return reading, lasting


def _infused(it: Procedure) -> str | None:
    """The product infused, '' for one that is not named, None where it is no infusion of CAR-T cells."""
    if mentions("not_an_infusion", it.code):
        return None
    for concept in (it.code, *it.used_code):
        if product := named_in("products", concept):
            return product
    return "" if mentions("any_product", it.code) else None


def _support(it: Procedure) -> tuple[Item, str]:
    """The oxygen device: what was used says it better than the kind of procedure."""
    item = catalogue()["oxygen_device"]
    finding = finding_of("procedures", it.code)
    used = next((word for word in (answer_of(item, concept) for concept in it.used_code) if word), None)
    if finding is not None and finding.value is not None:
        return item, used or finding.value
    if mentions("ends_support", it.code):
        raise LeftOut("that ends a breathing support, without what followed")
    raise LeftOut("with no meaning for an item")


def rows(lasting: list[Lasting]) -> list[Seen]:
    """The findings as observations: at the start, again before each would expire, and at the end.

    A diagnosis that ended says "none" or "no" at its abatement; a support that ended says nothing more, as
    what followed is not known. Where several findings of one set last together, each row holds all of them.
    """
    together: dict[tuple[str, str], list[Lasting]] = {}
    for finding in lasting:
        together.setdefault((finding.patient, finding.item.name), []).append(finding)
    return [row for group in together.values() for finding in group for row in _rows(finding, group)]


def _rows(finding: Lasting, group: list[Lasting]) -> list[Seen]:
    item, reading = finding.item, finding.reading
    support = reading.source.startswith("Procedure")
    said = [(time, finding.value) for time in _times(finding, until_end=support)]
    if not support and finding.end is not None and finding.end > finding.start and _has_none(item):
        said.append((finding.end, 0.0))
    if item.kind == "set":
        said = [(time, _members(group, time)) for time, _ in said]
    return [
        Seen(finding.patient, time, item.name, value, None, None, reading.source, reading.updated, "")
        for time, value in said
    ]


def _has_none(item: Item) -> bool:
    """True where 0 means that there is none of it; the best of the other choices is still a finding."""
    return item.kind in ("yes_no", "set") or item.values[:1] == ("none",)


def _times(finding: Lasting, until_end: bool) -> list[datetime]:
    """The start, each time the value would expire before the end, and the end if it is still there then.

    An end more than a year later is a placeholder, such as the year 9999, and is not believed.
    """
    times = [finding.start]
    if finding.end is None or not timedelta(0) < finding.end - finding.start < _LONGEST:
        return times
    if finding.item.valid_hours:
        step = timedelta(hours=finding.item.valid_hours)
        while times[-1] + step < finding.end:
            times.append(times[-1] + step)
    return [*times, finding.end] if until_end else times


def _members(group: list[Lasting], time: datetime) -> float:
    """All members of a set that last at `time`, as one number."""
    members = 0
    for finding in group:
        if finding.start <= time and (finding.end is None or time < finding.end or time == finding.start):
            members |= int(finding.value)
    return float(members)
