"""The quantities a simulation page speaks of: column of the model, name and unit for a reader, which end is worse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from icans.report.story import Story
from icans.report.story_words import lasting, number_words

_SEEN = 0.02


class Extreme(NamedTuple):
    """The worst value of a quantity and its day."""

    value: float
    day: float


class Spell(NamedTuple):
    """Time spent past a limit: the day it begins and how many days in all."""

    onset: float
    days: float


@dataclass(frozen=True)
class Quantity:
    """A column of the model, or the difference of two, as it is shown.

    factor  shown value = factor x value of the model
    worse   the end that matters; either: the value farthest from that at the infusion
    least   an axis holds at least this range, in the shown unit
    digits, decimals  how many digits of a value count, or how many stand after its point
    """

    label: str
    unit: str
    column: str
    minus: str = ""
    factor: float = 1.0
    worse: Literal["high", "low", "either"] = "high"
    least: tuple[float, float] = (0.0, 1.0)
    digits: int = 3
    decimals: int | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """What the table must have."""
        return (self.column, self.minus) if self.minus else (self.column,)

    def values(self, story: Story) -> np.ndarray:
        """The quantity over time in its shown unit, shape (n_times,)."""
        raw = story.values(self.column)
        return self.factor * (raw - story.values(self.minus) if self.minus else raw)

    def before(self, story: Story) -> float:
        """Its value at the infusion (the first row)."""
        return float(self.values(story)[0])

    def worst(self, story: Story) -> Extreme:
        """Its worst value and the day of it."""
        values = self.values(story)
        from_rest = np.abs(values - values[0])
        at = {"high": values, "low": -values, "either": from_rest}[self.worse].argmax()
        return Extreme(float(values[at]), float(story.times[at]))

    def is_stirred(self, story: Story) -> bool:
        """Whether it leaves its value at the infusion by as much as can be seen: a fiftieth of its least axis."""
        return abs(self.worst(story).value - self.before(story)) > _SEEN * (self.least[1] - self.least[0])

    def bare(self, value: float) -> str:
        """A value without its unit: `696`."""
        if self.decimals is None:
            return number_words(value, self.digits)
        return f"{value:.{self.decimals}f}".replace("-", "−")

    def said(self, value: float) -> str:
        """A value with its unit: `696 pg/mL`."""
        return f"{self.bare(value)} {self.unit}".rstrip().replace(" %", "%")


CART = Quantity("CAR T cells", "/µL", "CART", least=(0, 5), digits=2)
IFN = Quantity("IFN-γ", "pg/mL", "IFN", least=(0, 50))
IL6 = Quantity("IL-6", "pg/mL", "IL6", least=(0, 50))
IL1 = Quantity("IL-1", "pg/mL", "IL1", least=(0, 2))
CRP = Quantity("CRP", "mg/L", "CRP", least=(0, 50))
TEMPERATURE = Quantity("Temperature", "°C", "Temp", least=(36.5, 39.0), decimals=1)
MAP = Quantity("Mean arterial pressure", "mmHg", "MAP", worse="low", least=(65, 90), decimals=0)
ANGIOPOIETIN = Quantity("Ang-2/Ang-1", "", "A2_A1", least=(0, 0.8))
JUNCTION = Quantity("Tight-junction integrity", "", "J", worse="low", least=(0, 1), decimals=2)
FILTRATION = Quantity("Leak into tissue (Jv − Ly)", "L/d", "Jv", "Ly", worse="either", least=(-0.5, 0.5), digits=2)
OEDEMA_FLUX = Quantity("Leak into brain (Jvb)", "mL/d", "Jvb", factor=1000, worse="either", least=(0, 10), digits=2)
QALB = Quantity("Albumin, CSF/blood × 1000", "", "Qalb", factor=1000, least=(4, 12))
CSF_IL6 = Quantity("IL-6 in CSF", "pg/mL", "IL6c", least=(0, 50))
CSF_IL1 = Quantity("IL-1 in CSF", "pg/mL", "IL1c", least=(0, 2))
MICROGLIA = Quantity("Microglia, active share", "", "G", least=(0, 0.8), decimals=2)
ASTROCYTES = Quantity("Astrocytes, reactive share", "", "As", least=(0, 0.8), decimals=2)
BRAIN_T = Quantity("CAR T cells in CNS", "/µL", "NT", least=(0, 2), digits=2)
BRAIN_MONOCYTES = Quantity("Monocytes in CNS", "/µL", "NM", least=(0, 2), digits=2)
ICE = Quantity("ICE", "of 10", "ICE", worse="low", least=(0, 10), decimals=1)
SEIZURE = Quantity("Seizure, chance so far", "%", "P_seizure", factor=100, least=(0, 10), digits=2)
HAZARD = Quantity("Seizure hazard", "/d", "h_seizure", least=(0, 0.02), digits=2)
EEG = Quantity("EEG background", "Hz", "EEG_frequency", worse="low", least=(4, 9.5), decimals=1)


def past(times: np.ndarray, values: np.ndarray, limit: float, above: bool) -> Spell | None:
    """When and how long values lie past a limit, joined by straight lines; None where they never do.

    times and values have shape (n_times,).
    """
    over = values - limit if above else limit - values
    left, right, span = over[:-1], over[1:], np.diff(times)
    inside = (left > 0) | (right > 0)
    if not inside.any():
        return None
    crossing = left / np.where(left == right, 1.0, left - right)
    start = np.where(left >= 0, 0.0, crossing)
    end = np.where(right >= 0, 1.0, crossing)
    first = int(inside.argmax())
    return Spell(float(times[first] + start[first] * span[first]), float(((end - start) * span)[inside].sum()))


def spells(times: np.ndarray, values: np.ndarray, limit: float, above: bool) -> list[float]:
    """The first row past a limit of each spell, as a day.

    times and values have shape (n_times,).
    """
    over = values > limit if above else values < limit
    begins = over & ~np.concatenate([[False], over[:-1]])
    return times[begins].tolist()


def spell_words(spell: Spell, begins: Sequence[float]) -> str:
    """How long: `for 4.7 days`; of several spells `in 3 spells, 98 days in all`."""
    whole = lasting(spell.days)
    return f"in {len(begins)} spells, {whole} in all" if len(begins) > 1 else f"for {whole}"


def acting(quantity: Quantity, story: Story) -> Quantity | None:
    """The quantity itself; after a drug that parts its assay from what acts, what acts (None: not told)."""
    blocked = story.blocked(quantity.column)
    if not blocked:
        return quantity
    column = blocked[0].acting
    return replace(quantity, label=f"{quantity.label} that signals", column=column) if story.has((column,)) else None
