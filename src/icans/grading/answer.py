"""What a grade is when it is shown: an interval, the rules behind it, and what is not known.

All times are UTC; `day` counts days from the infusion (0 at the infusion). Grades are whole numbers 0-5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Hit:
    """A rule that applied: what it says, from which inputs, from which source.

    grade       the interval the rule gives; None for a notice
    inputs      label of an item -> its value in words
    mark        verified, from memory or convention
    convention  the switch it depends on, or None
    certain     False where what is unknown decides whether the rule applies
    """

    id: str
    says: str
    grade: tuple[int, int] | None
    inputs: Mapping[str, str]
    source: str
    where: str
    mark: str
    convention: str | None = None
    certain: bool = True


@dataclass(frozen=True)
class DomainAnswer:
    """One domain of a scale: its interval, the rules that could apply, the items nobody recorded."""

    name: str
    label: str
    min: int
    max: int
    hits: tuple[Hit, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class WhatIf:
    """What one missing item could change.

    outcomes  (what it could turn out to be, in words; min; max), equal outcomes joined
    sentence  the same in one sentence
    """

    item: str
    label: str
    outcomes: tuple[tuple[str, int, int], ...]
    sentence: str


@dataclass(frozen=True)
class Answer:
    """A graded state with its reasons.

    min, max      the interval over every completion of what is missing; equal: determinate
    decided_by    the rules that set it
    what_if       what each missing item could change; empty where nothing missing matters
    conventions   (id, text) of each switch that changes this answer
    assumed       in words, what was taken for granted because nothing was recorded
    notices       rules that only raise a flag
    """

    scale: str
    outcome: str
    title: str
    min: int
    max: int
    domains: tuple[DomainAnswer, ...]
    decided_by: tuple[Hit, ...]
    what_if: tuple[WhatIf, ...]
    conventions: tuple[tuple[str, str], ...]
    assumed: tuple[str, ...]
    notices: tuple[Hit, ...]
    time: datetime | None = None
    day: float | None = None

    @property
    def determinate(self) -> bool:
        """True where the grade is a single one, gaps or not."""
        return self.min == self.max

    @property
    def has_gaps(self) -> bool:
        """True where some item of the scale was not recorded."""
        return bool(self.what_if) or any(domain.missing for domain in self.domains)


@dataclass(frozen=True)
class Episode:
    """A stretch of one outcome above grade 0; a recurrence is a new one.

    onset_uncertain       an earlier state may already have been above 0
    last_sign             the last state surely above 0
    resolution            the first state surely at grade 0 after it; None while none is known
    resolution_uncertain  states between the two were not settled: it may have been over sooner
    ongoing               the last state of all is still surely above 0
    settled               grade 0 has lasted for the time that ends an episode (convention P7)
    """

    outcome: str
    onset: datetime
    onset_day: float | None
    onset_uncertain: bool
    peak: tuple[int, int]
    peak_time: datetime
    peak_day: float | None
    last_sign: datetime
    last_sign_day: float | None
    resolution: datetime | None
    resolution_day: float | None
    resolution_uncertain: bool
    duration_hours: float | None
    ongoing: bool
    settled: bool


@dataclass(frozen=True)
class Score:
    """A calculated score: a number or, where something is missing, the interval it lies in (None: unbounded).

    inputs  label of an item -> its value in words; band: what the source calls this range
    """

    name: str
    title: str
    min: float | None
    max: float | None
    band: str | None
    formula: str
    inputs: Mapping[str, str]
    missing: tuple[str, ...]
    source: str
    mark: str
    time: datetime | None = None
    day: float | None = None
