"""What is taken from one FHIR resource, before all are put together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from icans.record.fhir.log import LeftOut, Log, Place, Wrong
from icans.record.fhir.models import Period, Reference, Resource
from icans.record.fhir.moments import Moment, moment


class Seen(NamedTuple):
    """A value of an item: a row of the observations, and the words it is counted under ('': not counted)."""

    patient: str
    time: datetime
    item: str
    value: float
    other_cause: bool | None
    attribution: str | None
    source: str
    updated: str
    counted: str


class Given(NamedTuple):
    """A row of the therapies."""

    patient: str
    start: datetime
    end: datetime | None
    drug: str
    dose: float | None
    unit: str | None
    route: str | None
    rate: float | None
    rate_unit: str | None
    source: str


class Infusion(NamedTuple):
    """An infusion of CAR-T cells; product is None where it is not said."""

    patient: str
    time: datetime
    product: str | None


@dataclass(slots=True)
class Reading:
    """What one resource gave: rows, and the words under which its parts are counted as used or left out.

    updated   when the resource was last changed, UTC in ISO form, '' where not known
    """

    source: str
    updated: str = ""
    seen: list[Seen] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    infusions: list[Infusion] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    @contextmanager
    def accounted(self, kind: str, log: Log, place: Place) -> Iterator[None]:
        """Count a part that cannot be used: with the reason where it is left out, as a problem where it is wrong."""
        try:
            yield
        except LeftOut as reason:
            self.skipped.append(f"{kind} {reason}")
        except Wrong as reason:
            self.skipped.append(f"{kind} with a mistake, see the problems")
            log.problem(place, f"{kind}: {reason}")

    def parts(self) -> int:
        """How many parts are counted: values of an observation, answers of a questionnaire, or the whole."""
        return sum(1 for row in self.seen if row.counted) + len(self.used) + len(self.skipped)


def updated(resource: Resource, issued: str | None = None) -> str:
    """When a resource was last changed, or else issued; '' where that is not said or not readable."""
    for text in (resource.meta.last_updated if resource.meta else None, issued):
        try:
            if text:
                return moment(text).time.isoformat()
        except ValueError:
            continue
    return ""


def subject(reference: Reference | None) -> str:
    """Who a resource is about, as a key that `Patients` knows. Raises LeftOut where that is no patient."""
    if reference is None:
        raise LeftOut("without a patient")
    target = reference.reference
    if target:
        if target.startswith("urn:"):
            return target
        kind, _, name = target.split("/_history/")[0].rpartition("/")
        if kind.rpartition("/")[2] == "Patient" and name:
            return name
        raise LeftOut("about something that is not a patient")
    if reference.identifier and reference.identifier.value:
        return f"{reference.identifier.system or ''}|{reference.identifier.value}"
    raise LeftOut("without a patient")


def at(text: str | None, what: str = "time") -> Moment:
    """A moment known at least to the day.

    Raises LeftOut where it is missing or coarser, Wrong where it cannot be read.
    """
    if not text:
        raise LeftOut(f"without a {what}")
    try:
        found = moment(text)
    except ValueError as error:
        raise Wrong(f"{what}: {error}") from None
    if found.precision in ("year", "month"):
        raise LeftOut("dated only to a month or year")
    return found


def note_day(time: Moment, kind: str, log: Log) -> None:
    """Note a time that is only a day."""
    if time.precision == "day":
        log.notice(f"{kind} dated only to the day is taken at the start of that day, UTC")


def span(time: str | None, period: Period | None) -> tuple[Moment, Moment | None]:
    """(start, end) of a dateTime, which has no end, or of a period.

    Raises as `at` does, and Wrong where the end is before the start.
    """
    if time or period is None:
        return at(time), None
    start = at(period.start)
    end = at(period.end) if period.end else None
    if end is not None and end.time < start.time:
        raise Wrong("a period that ends after it starts is expected")
    return start, end
