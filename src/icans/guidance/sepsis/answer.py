"""What is said of one patient on CRS and sepsis. Made by `sepsis.sepsis`, shown by `icans sepsis` and the review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from icans.guidance.cited import Cited
from icans.guidance.recorded import Recorded
from icans.guidance.sepsis.ratio import Proportion, Ratios

CRS, INFECTION, NEITHER, UNUSABLE, UNKNOWN = "CRS", "infection", "neither", "cannot be used", "unknown"
DIRECTIONS = (CRS, INFECTION, NEITHER, UNUSABLE, UNKNOWN)
"""Where a finding points. The first four stand in the file; unknown: what the record lacks decides."""


@dataclass(frozen=True)
class Standing:
    """A rule that is shown before any evidence, whatever the evidence says.

    holds    True, False, or None where what is unknown decides; always True for a rule without a condition
    actions  codes of `guidance/actions`
    inputs   label -> value in words; missing: the items that are not known
    """

    id: str
    says: str
    strength: str
    actions: tuple[str, ...]
    holds: bool | None
    inputs: Mapping[str, str]
    missing: tuple[str, ...]
    cited: Cited


@dataclass(frozen=True)
class Study:
    """What one study published of a finding. shares: what was counted -> the proportion; ratios: where they follow."""

    name: str
    words: str
    shares: Mapping[str, Proportion]
    ratios: Ratios | None
    why_none: str | None
    cited: Cited


@dataclass(frozen=True)
class Line:
    """One line of the evidence table.

    recorded   the items it asks for, as the record has them
    status     known, too old, or unknown: whether the record settles where the finding points
    direction  one of DIRECTIONS
    says       what the finding means here, or why it cannot be used
    missing    the items that would settle it, where the direction is unknown
    ratio      the likelihood ratio of this patient's result, where one is published and settled
    note       what holds of the finding whatever the result
    """

    id: str
    finding: str
    recorded: tuple[Recorded, ...]
    status: str
    direction: str
    says: str
    missing: tuple[str, ...]
    studies: tuple[Study, ...]
    ratio: float | None
    note: str
    cited: Cited


@dataclass(frozen=True)
class Rate:
    """How often infection was, whatever the findings: a published share with its interval."""

    id: str
    of: str
    share: Proportion
    cited: Cited


@dataclass(frozen=True)
class Posterior:
    """The probability of an infection after one result.

    of          of what infection, in which time
    low, high   where the interval of the prior alone moves it
    arithmetic  the calculation in words
    limits      what the interval leaves out
    """

    of: str
    prior: Proportion
    ratio: float
    value: float
    low: float
    high: float
    arithmetic: str
    limits: str
    cited: Cited


@dataclass(frozen=True)
class Sepsis:
    """CRS or sepsis in one patient at one moment.

    standing      the rules that no line below can change, shown first
    posterior     only where a result with a published likelihood ratio is known; else no_posterior says why not
    cautions      what holds of the table as a whole
    left_out      what is published, or recalled, and not used, with the reason
    """

    patient: str
    now: datetime
    standing: tuple[Standing, ...]
    lines: tuple[Line, ...]
    rates: tuple[Rate, ...]
    posterior: Posterior | None
    no_posterior: str | None
    cautions: tuple[str, ...]
    left_out: tuple[str, ...]

    def pointing(self, direction: str) -> tuple[Line, ...]:
        """The lines that point one way (a word of DIRECTIONS)."""
        return tuple(line for line in self.lines if line.direction == direction)
