"""What a file of doses says: a drug, its schemes, and for each scheme the doses by weight and age, with sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from icans.guidance.cited import Cited
from icans.rules.expression import Node

Range = tuple[float, float]
"""The lower and upper end of a number; the same twice where the source gives one."""


@dataclass(frozen=True)
class Band:
    """One dose of a scheme: for whom, and how much.

    when     the condition on weight and age; None: for everybody whom no dose before it covers
    who      the same in words
    fixed    the amount in the unit of the scheme, or
    per_kg   the amount for each kg of body weight, or
    formula  a dose that is only said in words, because it needs what is not asked for here
    at_most  never more than this
    """

    when: Node | None
    when_text: str
    who: str
    fixed: Range | None
    per_kg: Range | None
    formula: str
    at_most: float | None
    cited: Cited


@dataclass(frozen=True)
class Rounding:
    """Amounts are rounded to the nearest multiple of `to`, halves up."""

    to: float
    cited: Cited


@dataclass(frozen=True)
class Step:
    """One step of a step-down: an amount, how often, and for how many days or until when."""

    amount: float
    every_hours: float
    days: float | None
    until: str


@dataclass(frozen=True)
class Note:
    """A sentence that belongs to a scheme, with its source."""

    says: str
    cited: Cited


@dataclass(frozen=True)
class Scheme:
    """One way to give a drug.

    rounding       how amounts are rounded; None: not at all
    hours_between  the least time between two doses; doses_24h, doses_total: how many at most; None: not said
    per_day        doses in the first day, where the strength of steroids is compared
    bands          tried from the top, the first whose condition holds gives the dose
    cited          where route, interval and maximum come from
    """

    name: str
    use: str
    route: str
    interval: str
    maximum: str
    unit: str
    rounding: Rounding | None
    hours_between: float | None
    doses_24h: int | None
    doses_total: int | None
    per_day: Range | None
    bands: tuple[Band, ...]
    steps: tuple[Step, ...]
    notes: tuple[Note, ...]
    cited: Cited


@dataclass(frozen=True)
class DrugDoses:
    """A drug with its schemes, the first of which is meant where none is named.

    drug    its name, as in the list of drugs of a record where that has it
    kidney  what to do where the kidneys are impaired, None where the source says nothing
    unsure  what was left out of the file, and why
    """

    drug: str
    label: str
    synonyms: tuple[str, ...]
    schemes: Mapping[str, Scheme]
    kidney: Note | None
    sources: Mapping[str, str]
    unsure: tuple[str, ...]
