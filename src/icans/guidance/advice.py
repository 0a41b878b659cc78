"""What advice is when it is shown: actions with strength, dose, reasons and sources, and what decides the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from icans.guidance.cited import Cited
from icans.guidance.doses import Caution


@dataclass(frozen=True)
class Reason:
    """A rule behind an action: what it says, how strongly, from which inputs (label -> value in words).

    certain  False where what is unknown decides whether the rule holds
    """

    rule: str
    says: str
    strength: str
    certain: bool
    inputs: Mapping[str, str]
    cited: Cited


@dataclass(frozen=True)
class Deciding:
    """A missing value that decides on an action.

    item      an item of the catalogue, or `crs` or `icans` where a grade is not settled
    told, not_told  in words, what it would have to be for the action to be told for sure, and not to be told at all
    """

    item: str
    label: str
    told: str
    not_told: str

    @property
    def sentence(self) -> str:
        """'Platelets not recorded: told if below 50 ×10⁹/L, not if 50 ×10⁹/L or more'."""
        open_ = "not settled" if self.item in ("crs", "icans") else "not recorded"
        parts = [f"told if {self.told}" if self.told else "", f"not if {self.not_told}" if self.not_told else ""]
        return f"{self.label} {open_}: {', '.join(part for part in parts if part)}"


@dataclass(frozen=True)
class Advised:
    """One action.

    strength    MUST, CONSIDER, OPTIONAL or MUST_NOT: what is sure of it; where it is only possible, the most it may be
    most        the most it may be, where what is unknown could make it stronger
    certain     True where it is told however the gaps are filled
    tier        its place in the order of what is done: life support, emergency, infection, intensive care ...
    dose        dose, route, interval, maximum and duration in words, '' where there is none
    arithmetic  how the amount was worked out, '8 mg/kg × 76 kg = 608 mg'
    instead_of  'steroid' where it would replace the steroid regimen
    cited       where the action itself comes from; the reasons carry their own sources
    """

    code: str
    label: str
    does: str
    strength: str
    most: str
    certain: bool
    tier: str
    dose: str
    arithmetic: str
    instead_of: str
    reasons: tuple[Reason, ...]
    decided_by: tuple[Deciding, ...]
    cited: Cited


@dataclass(frozen=True)
class Advice:
    """What one guideline says of one patient now.

    grades       crs, icans -> the interval by the scale of the guideline
    actions      in the order of what is done: life support first
    tocilizumab, icu   the strengths that are possible, one where it is settled
    steroid      (strength, action code or NONE) of the joined regimen, all that are possible
    taken        in words, what was taken for granted because nothing was recorded
    cautions     contraindications and interactions of the drugs that run or are told
    notes        what to know of this guideline, and of this answer
    running      the steroid that runs, in words; '' where none does or nothing is known
    """

    guideline: str
    revision: int
    title: str
    citation: str
    grades: Mapping[str, tuple[int, int]]
    grades_note: str
    actions: tuple[Advised, ...]
    tocilizumab: tuple[str, ...]
    steroid: tuple[tuple[str, str], ...]
    icu: tuple[str, ...]
    taken: tuple[str, ...]
    cautions: tuple[Caution, ...]
    notes: tuple[str, ...]
    running: str
    now: datetime
    day: float | None

    def told(self, *strengths: str, certain: bool = True) -> tuple[Advised, ...]:
        """The actions of some strengths, those that are certain or those that are only possible."""
        return tuple(a for a in self.actions if a.strength in strengths and a.certain is certain)
