"""What the work-up answers: the ledger of causes, the tests that must wait, and what may be said of ICANS so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from icans.guidance.cited import Cited

PRESENT = "present"
EXCLUDED = "excluded"
NOT_EXCLUDED = "not excluded"
NOT_TESTED = "not tested"
TOO_OLD = "result too old"
TREATED = "treated empirically"
STATUSES = (PRESENT, NOT_EXCLUDED, TOO_OLD, NOT_TESTED, TREATED, EXCLUDED)
"""What a cause can be, the most pressing first."""

CLOSED = (EXCLUDED, TREATED)
"""The two that let ICANS be called the cause."""

TIERS: Mapping[str, str] = {
    "A": "within one hour",
    "drugs": "drugs",
    "infection": "infection",
    "brain": "brain, vessels, disease",
    "systemic": "systemic and immune",
}
"""The groups of causes, in the order of the work-up."""


@dataclass(frozen=True)
class Evidence:
    """A published fact beside a cause, in our words, with its own source and mark."""

    says: str
    cited: Cited


@dataclass(frozen=True)
class Line:
    """One cause in the ledger.

    status     one of STATUSES; suspected: not proved, but the record holds signs that point to it
    weak       excluded by the weaker of two tests that the source allows
    why        one sentence: what decides the status
    inputs     label -> value in words of what was read
    missing    labels of what would decide and is not known now
    old        label -> when it was last seen, where that is too long ago
    tests      what to do to find out, in words; act: what to do where it is present
    caution    what could do harm on the way, a test that must wait among it; nothing where there is none
    evidence   published facts beside it, with sources of their own
    given      of a drug, whether the record shows a dose; None where it does not tell, and for all that is no drug
    """

    id: str
    tier: str
    label: str
    status: str
    suspected: bool
    weak: bool
    why: str
    inputs: Mapping[str, str]
    missing: tuple[str, ...]
    old: Mapping[str, datetime]
    tests: tuple[str, ...]
    act: str
    caution: str | None
    note: str | None
    evidence: tuple[Evidence, ...]
    cited: Cited
    given: bool | None = None

    @property
    def is_open(self) -> bool:
        """True where the cause is neither excluded, nor treated empirically, nor found."""
        return self.status not in (*CLOSED, PRESENT)


@dataclass(frozen=True)
class Hold:
    """One reason why a test must wait: the record says so (`known`), or does not yet say the opposite."""

    says: str
    known: bool
    inputs: Mapping[str, str]
    missing: tuple[str, ...]
    cited: Cited


@dataclass(frozen=True)
class GatedTest:
    """A test that can do harm or mislead, and what holds it up. Nothing in `holds`: it may be done."""

    id: str
    label: str
    holds: tuple[Hold, ...]

    @property
    def is_blocked(self) -> bool:
        """True where something holds the test up."""
        return bool(self.holds)


@dataclass(frozen=True)
class Workup:
    """The diagnosis of exclusion of one patient at a moment.

    asked        whether it is due now: there are, or may be (None), neurological signs that nobody has explained
    since        when the signs began or last grew worse, where the course of the grades says so
    lines        every cause, tier by tier
    attribution  provisional, supported or rejected; None where there are no signs to attribute
    says         the attribution in a sentence
    remain       the causes of the first hour that are still open: "not yet exclusive: these remain"
    present      the causes that were found, of every tier; a line that only sums up others is left out
    tests        the tests that can do harm, with what holds them up
    cited        where the rule of the attribution comes from
    """

    patient: str
    now: datetime
    asked: bool | None
    since: datetime | None
    lines: tuple[Line, ...]
    attribution: str | None
    says: str
    remain: tuple[Line, ...]
    present: tuple[Line, ...]
    tests: tuple[GatedTest, ...]
    cited: Cited

    def tier(self, name: str) -> tuple[Line, ...]:
        """The lines of one tier, in the order of the file."""
        return tuple(line for line in self.lines if line.tier == name)
