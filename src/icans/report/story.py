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

NOT_A_PREDICTION = "a model's typical patient, not a prediction"
ASSUMED = (
    "Assumed: what enters the brain, what glia and networks do with it, and the risk of a seizure. Their constants are "
    "set by hand so that typical patients resemble published cohorts; the usual data of patients do not identify them."
)


class Dose(NamedTuple):
    """A dose at `time`, or an infusion from `time` to `end`; days after the infusion of the cells.

    drug  its name, as `tocilizumab`
    text  the amount as it should be read: `8 mg/kg`
    """

    drug: str
    time: float
    text: str = ""
    end: float | None = None


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
    """

    title: str
    subtitle: str
    frame: pl.DataFrame
    doses: tuple[Dose, ...] = ()
    grades: tuple[Span, ...] = ()
    notes: tuple[str, ...] = (ASSUMED,)
    exposures: tuple[Exposure, ...] = ()

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

    def spans(self, outcome: str) -> list[Span]:
        """The stretches of one outcome in time."""
        return sorted((s for s in self.grades if s.outcome == outcome), key=lambda s: s.start)


@dataclass(frozen=True)
class Comparison:
    """Several simulated patients over the same time; the first is what the others are compared with."""

    title: str
    subtitle: str
    stories: tuple[Story, ...]
    notes: tuple[str, ...] = (ASSUMED,)

    def __post_init__(self) -> None:
        """Raise DataError where there is nothing to compare."""
        if len(self.stories) < 2:
            raise DataError("a comparison needs at least two scenarios")

    @property
    def first(self) -> Story:
        """What the others are compared with."""
        return self.stories[0]
