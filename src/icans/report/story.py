"""What a simulation page shows: one simulated patient's course, or several of them side by side.

Nothing here knows the model. A story is a table with one row a time and one column a quantity, named as the model
names them, and what was given when. Time is in days after the infusion of the cells.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl

from icans.errors import DataError
from icans.report.ribbon import Span
from icans.report.story_words import lasting, short

NOT_A_PREDICTION = "a model's typical patient, not a prediction"
NOT_A_DEVICE = "A simulation: no prediction, and not a medical device."
ASSUMED = (
    "Most of the model's constants are assumed, or set by hand so that typical patients resemble published cohorts. "
    "Least supported is what enters the brain, what glia and networks do with it, and the risk of a seizure: the usual "
    "data of patients do not identify it."
)
MARK = "†"
"""Stands after a number that a blocker makes an assay read too high."""


class Dose(NamedTuple):
    """A dose at `time`, or an infusion from `time` to `end`; days after the infusion of the cells.

    drug  its name, as `tocilizumab`
    text  the amount as it should be read: `8 mg/kg`
    """

    drug: str
    time: float
    text: str = ""
    end: float | None = None

    @property
    def when(self) -> str:
        """`3`, `4 to 6`, or `4 over 1 h` where it runs for less than a day."""
        if self.end is None or self.end <= self.time:
            return short(self.time)
        runs = self.end - self.time
        return f"{short(self.time)} to {short(self.end)}" if runs >= 1 else f"{short(self.time)} over {lasting(runs)}"


class Blocker(NamedTuple):
    """A drug after which an assay reads more of a cytokine than acts.

    assay   the column of what the assay reads, and its name for a reader
    acting  the column of what still acts
    why     the two part
    """

    drug: str
    assay: str
    label: str
    acting: str
    why: str

    @property
    def warning(self) -> str:
        """What is true at any dose and time."""
        return f"After {self.drug} the assay reads more {self.label} than signals: {self.why}."


class Exposure(NamedTuple):
    """Where the concentrations of a drug stand in the table: plasma, and the brain or CSF where the model has it.

    effect  the column of an effect on the brain between 0 and 1, shown where there is no concentration there
    """

    drug: str
    plasma: str
    unit: str
    cns: str | None = None
    cns_unit: str = ""
    effect: str | None = None


@dataclass(frozen=True)
class Story:
    """One simulated patient.

    title     what was simulated
    frame     a column `time` (days, rising, two rows or more) and one column a quantity; all numbers finite
    grades    stretches of one CRS or ICANS grade, in days
    notes     what the reader has to be told at the foot
    exposures of the drugs that have concentrations; only those of drugs given are shown
    blockers  drugs that part an assay from what acts; only those given before the end count
    seizures  the days of seizures that chance has put into the chart
    """

    title: str
    subtitle: str
    frame: pl.DataFrame
    doses: tuple[Dose, ...] = ()
    grades: tuple[Span, ...] = ()
    notes: tuple[str, ...] = (ASSUMED,)
    exposures: tuple[Exposure, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    seizures: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Raise DataError where the table has no rising times."""
        if "time" not in self.frame.columns or self.frame.height < 2:
            raise DataError("a simulation to show needs a column 'time' (days) and at least two rows")
        if not (np.diff(self.times) >= 0).all():
            raise DataError("the times of a simulation to show must rise; sort the table by 'time', one patient only")

    @cached_property
    def times(self) -> np.ndarray:
        """Days after the infusion, shape (n_times,)."""
        return self.frame["time"].to_numpy().astype(float)

    def has(self, names: Iterable[str]) -> bool:
        """Whether the table has all these columns."""
        return set(names) <= set(self.frame.columns)

    def values(self, name: str) -> np.ndarray:
        """One column, shape (n_times,)."""
        return self.frame[name].to_numpy().astype(float)

    def given(self) -> list[str]:
        """The drugs that were given, in the order of their first dose."""
        return list(dict.fromkeys(d.drug for d in sorted(self.doses, key=lambda d: d.time)))

    def doses_of(self, drug: str) -> list[Dose]:
        """The doses of one drug in time."""
        return sorted((d for d in self.doses if d.drug == drug), key=lambda d: d.time)

    def blocked(self, column: str | None = None) -> list[Blocker]:
        """The blockers given before the end of the simulation; only those of one assay where it is named."""
        given = {d.drug for d in self.doses if d.time < self.times[-1]}
        return [b for b in self.blockers if b.drug in given and column in (None, b.assay) and self.has((b.assay,))]

    def spans(self, outcome: str) -> list[Span]:
        """The stretches of one outcome in time."""
        return sorted((s for s in self.grades if s.outcome == outcome), key=lambda s: s.start)


@dataclass(frozen=True)
class Comparison:
    """Several simulated patients over the same time; the first is what the others are compared with."""

    title: str
    subtitle: str
    stories: tuple[Story, ...]

    def __post_init__(self) -> None:
        """Raise DataError where there is nothing to compare."""
        if len(self.stories) < 2:
            raise DataError("a comparison needs at least two scenarios")

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the numbers with a mark mean."""
        said = dict.fromkeys(b.warning for story in self.stories for b in story.blocked())
        return tuple(f"{MARK} {words}" for words in said)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader has to be told at the foot: the notes of all stories, each once."""
        return (*self.warnings, *dict.fromkeys(words for story in self.stories for words in story.notes))

    @property
    def first(self) -> Story:
        """What the others are compared with."""
        return self.stories[0]
