"""What a monitoring plan holds, and what is due now: the records that are shown, written and tested."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from icans.guidance.cited import Cited


@dataclass(frozen=True)
class Figure:
    """One published number on when a toxicity comes, and how often.

    of     crs, icans or late (delayed movement or thinking disorder)
    what   any or severe (percent of patients), onset (day after the infusion) or lasts (days)
    low, high    the number; two different ones where the source gives a span or several values
    range        lowest and highest of all patients, where it is given
    """

    of: str
    what: str
    low: float
    high: float
    range: tuple[float, float] | None
    cited: Cited

    @property
    def words(self) -> str:
        """'day 4 to 5 (1 to 20)', '77 to 79 %'."""
        one = f"{self.low:g}" if self.low == self.high else f"{self.low:g} to {self.high:g}"
        far = f" ({self.range[0]:g} to {self.range[1]:g})" if self.range else ""
        if self.what == "onset":
            return f"day {one}{far}"
        return f"{one}{far} days" if self.what == "lasts" else f"{one} %"


@dataclass(frozen=True)
class Timing:
    """What one publication says of one product in one population, and the scales it graded with in words."""

    product: str
    population: str
    target: str
    costimulation: str
    figures: tuple[Figure, ...]

    def figure(self, of: str, what: str) -> Figure | None:
        """A number of it; None where the publication, or this platform, does not have it."""
        return next((f for f in self.figures if (f.of, f.what) == (of, what)), None)


@dataclass(frozen=True)
class Window:
    """A stretch of days with its danger: days from the infusion, the same as times in UTC.

    toxicity  the lane of the chart: before, infusion, tls, crs, icans, hyperinflammation, infection, late
    peak      days within it at which most is to be expected for this product; None where nothing says so
    """

    id: str
    toxicity: str
    label: str
    first_day: float
    last_day: float
    start: datetime
    end: datetime
    peak: tuple[float, float] | None
    watch: str
    cited: Cited


@dataclass(frozen=True)
class Span:
    """How often a check is done over a stretch of days.

    every  hours between two, (shortest, longest); None where it is done once or has no fixed interval (`words` say)
    kind   every, continuous, once, moments (at `first_day` only) or visit
    sure   False where something unknown decides whether it applies
    """

    first_day: float
    last_day: float
    start: datetime
    end: datetime
    kind: str
    every: tuple[float, float] | None
    words: str
    sure: bool
    cited: Cited


@dataclass(frozen=True)
class PlannedCheck:
    """A check of the plan: what is looked at, over which days how often, and the same in words for each grade.

    by_grade  'before', '0', '1', '2', '3' -> words ('every 4 h', 'if unexplained', ''); 3 stands for 3 and above
    items     the items of the record that show it was done; empty where the record has none
    alarm     whether a calendar should ring
    """

    id: str
    label: str
    short: str
    spans: tuple[Span, ...]
    by_grade: dict[str, str]
    items: tuple[str, ...]
    alarm: bool
    note: str


@dataclass(frozen=True)
class Precaution:
    """A rule for the patient's life outside: what, until which day, and when it has to be longer.

    what     near_centre, driving, daily_visits, rems or tocilizumab_on_site
    until    its end in UTC; None where it is no stretch of days
    extended when it has to go on, in words; empty where nothing says so
    """

    id: str
    what: str
    label: str
    last_day: float | None
    until: datetime | None
    words: str
    extended: str
    cited: Cited


@dataclass(frozen=True)
class Plan:
    """The monitoring plan after one infusion. Times are UTC; days are counted from the infusion."""

    product: str
    product_label: str
    infusion: datetime
    on: str
    jurisdiction: str
    inpatient: bool
    crs: int
    icans: int
    timing: tuple[Timing, ...]
    windows: tuple[Window, ...]
    checks: tuple[PlannedCheck, ...]
    rules: tuple[Precaution, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """One check of one patient now.

    status    overdue, now or next
    every     hours between two now, (shortest, longest); None: once, or continuous (`how` says)
    last      when it was last done in full, None: never
    due       when it is or was due; None where nothing says (an infusion time that is not known)
    missing   labels of what is missing of it, in words: never recorded, or recorded too long ago
    certain   False where it depends on something unknown; `depends` names what, in words
    optional  may be done, rather than has to be; never overdue
    why       in words: grade or day that asks for it, when it was last seen
    """

    id: str
    label: str
    short: str
    status: str
    how: str
    every: tuple[float, float] | None
    last: datetime | None
    due: datetime | None
    missing: tuple[str, ...]
    certain: bool
    optional: bool
    depends: tuple[str, ...]
    why: str
    cited: Cited


@dataclass(frozen=True)
class Due:
    """What is due for one patient: overdue first (longest first), then now, then next (soonest first).

    unseen  asked for now, but no item of the record can show whether it was done (a consult, a position)
    missed  checks before the infusion that were not recorded in time
    notes   what has to be said of the answer: an unknown grade or infusion time
    """

    overdue: tuple[Check, ...]
    now: tuple[Check, ...]
    next: tuple[Check, ...]
    unseen: tuple[Check, ...] = ()
    missed: tuple[Check, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Criterion:
    """One line of a list: holds is None where it is unknown or has to be asked (`ask`)."""

    id: str
    label: str
    holds: bool | None
    why: str
    cited: Cited


@dataclass(frozen=True)
class Eligibility:
    """Whether every criterion of a list holds: True, False, or None with what is open."""

    name: str
    label: str
    holds: bool | None
    criteria: tuple[Criterion, ...]
