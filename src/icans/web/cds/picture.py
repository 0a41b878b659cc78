"""What is known of the patient of a hook, each part worked out once and only where a card asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from icans.errors import DataError
from icans.grading.conventions import switches
from icans.grading.course import course
from icans.grading.grade import evaluated, prepared
from icans.grading.library import DEFAULT_FAMILY, family
from icans.guidance import library
from icans.guidance.advice import Advice
from icans.guidance.advise import advise
from icans.guidance.guideline import Guideline
from icans.guidance.monitoring.answer import Due, Eligibility
from icans.guidance.monitoring.due import due
from icans.guidance.monitoring.eligibility import eligibility
from icans.guidance.monitoring.windows import windows
from icans.guidance.situation import Situation
from icans.guidance.situation_of import situation, until
from icans.record.names import find_product
from icans.rules.vocabulary import hi, lo
from icans.web.cds.reading import Seen, latest
from icans.web.cds.wording import wording

OUTCOMES = ("crs", "icans")
_WATCHED = ("before", "infusion", "tls", "crs", "icans", "hyperinflammation", "late")
_ASSESSED = ("ice_", "capd_")
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Picture:
    """One patient at one moment.

    seen     the record, and what of it could not be used
    as_of    the moment: the minute, or the newest entry in it
    changed  the conventions that are changed
    """

    seen: Seen
    as_of: datetime
    guideline_name: str
    changed: Mapping[str, bool]

    @cached_property
    def situation(self) -> Situation:
        """What holds now, with the grades so far; also where nothing was seen."""
        known = until(self.seen.records, self.as_of)
        found = course(known, conventions=self.changed, at=self.as_of)
        states, grades = (table.filter(table["time"] <= self.as_of) for table in (found.states, found.grades))
        return situation(known, states.tail(1), grades, self.changed)

    @cached_property
    def guideline(self) -> Guideline:
        """The guideline in force; the reference where that of the settings has none for the product."""
        product, day = self.product, self.as_of.date()
        try:
            return library.guideline(self.guideline_name, product=product, on=day, changed=self.changed)
        except DataError:
            return library.guideline(library.DEFAULT, changed=self.changed)

    @property
    def is_reference_instead(self) -> bool:
        """Whether the reference guideline stands in, because that of the settings has none for the product."""
        return self.guideline_name in library.families() and self.guideline.family != self.guideline_name

    @cached_property
    def advice(self) -> Advice:
        """What the guideline says now, by its rules alone: what only a look at every case settles is called possible.

        A card has to come at once; the ward and the review look at every case.
        """
        return advise(self.situation, self.guideline, conventions=self.changed, by_cases=False)

    @cached_property
    def due(self) -> Due:
        """Which checks are due."""
        return due(self.situation, inpatient=self.inpatient)

    @cached_property
    def discharge(self) -> Eligibility:
        """Whether the criteria for going home hold."""
        return eligibility(self.situation, "discharge")

    @property
    def product(self) -> str | None:
        """The CAR-T product by its short name."""
        told = self.seen.records.patients["product"][0]
        return find_product(told) if told else None

    @property
    def day(self) -> float | None:
        """Days since the infusion."""
        infusion = self.seen.records.patients["infusion"][0]
        return None if infusion is None else (self.as_of - infusion) / timedelta(days=1)

    @cached_property
    def is_followed(self) -> bool:
        """Whether this is a patient to speak of: alive, and in a stretch of days after CAR-T cells that is watched.

        Without a known infusion somebody who had an ICE or CAPD test counts: these are only done after such cells.
        """
        if self.seen.died:
            return False
        if (day := self.day) is None:
            items = self.seen.records.observations["item"].unique().to_list()
            return self.product is not None or any(item.startswith(_ASSESSED) for item in items)
        rules = (rule for rule in windows()[0] if rule.toxicity in _WATCHED)
        return any(rule.days[0] <= day <= rule.days[1] and rule.fit.holds(self.product) is not False for rule in rules)

    @property
    def inpatient(self) -> bool:
        """False where every stay that is going on is one of an outpatient; True where nothing is known of it."""
        classes = [kind.get("code") for e in self.seen.encounters if isinstance(kind := e.get("class"), dict)]
        return not classes or any(code not in wording().ambulatory for code in classes)

    def grade(self, outcome: str) -> tuple[int, int]:
        """The interval of a grade now, by ASTCT 2019."""
        state = self.situation.state
        return int(state[lo(outcome)][0]), int(state[hi(outcome)][0])

    @cached_property
    def open_parts(self) -> Mapping[str, tuple[str, ...]]:
        """outcome -> what is not known and could raise its grade: the parts of the scale whose own grade is open."""
        return {outcome: tuple(self._open(outcome)) for outcome in OUTCOMES}

    def _open(self, outcome: str) -> Iterator[str]:
        low, high = self.grade(outcome)
        if low == high:
            return
        positions = switches(self.changed)
        scale = next(one for one in family(DEFAULT_FAMILY, self.changed) if one.outcome == outcome)
        row = evaluated(prepared(self.situation.state, scale, positions), scale).collect().row(0, named=True)
        yield from (part.label for part in scale.domains if row[hi(part.name)] > max(low, row[lo(part.name)]))


def moment_of(seen: Seen, now: datetime) -> datetime:
    """The moment that a picture is of: the minute of now, or the newest entry within it."""
    minute = now.replace(second=0, microsecond=0)
    newest = latest(seen.records, now)
    return newest if newest is not None and newest > minute else minute


def is_stable(seen: Seen, now: datetime) -> bool:
    """Whether a picture stays the same within its minute: nothing in the record is of it."""
    minute = now.replace(second=0, microsecond=0)
    later = latest(seen.records, minute + _MINUTE)
    return later is None or later <= minute
