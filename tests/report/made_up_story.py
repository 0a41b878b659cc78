"""Made-up courses for the simulation page: smooth bumps, with peaks that are known because they are made so.

The heights and days are near those that the model gives an untreated patient; the shapes are not the model's. So a test
can say where a peak is without asking the code.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from icans.report.ribbon import Span
from icans.report.story import Blocker, Comparison, Dose, Exposure, Story

TIMES = np.round(np.arange(0, 30.01, 0.1), 10)
# column: value before, at its peak or lowest, day of that, width of the bump
BUMPS: Mapping[str, tuple[float, float, float, float]] = {
    "CART": (0.0, 44.0, 6.8, 0.28),
    "IFN": (5.0, 711.0, 4.4, 0.25),
    "IL6": (3.0, 696.0, 5.0, 0.2),
    "IL6_free": (3.0, 696.0, 5.0, 0.2),
    "u6": (3.0, 696.0, 5.0, 0.2),
    "IL1": (0.5, 11.5, 5.0, 0.22),
    "CRP": (1.2, 191.0, 6.8, 0.3),
    "Temp": (36.7, 39.7, 5.0, 0.35),
    "MAP": (90.0, 64.0, 4.4, 0.3),
    "A2_A1": (0.2, 1.0, 6.5, 0.3),
    "J": (1.0, 0.5, 6.5, 0.25),
    "Jv": (4.0, 5.5, 4.4, 0.2),
    "Ly": (4.0, 5.0, 5.6, 0.3),
    "Jvb": (0.0, 0.02, 6.5, 0.2),
    "Qalb": (0.0055, 0.0162, 6.6, 0.25),
    "IL6c": (1.33, 377.0, 7.7, 0.22),
    "IL1c": (0.134, 4.7, 6.8, 0.22),
    "G": (0.0, 0.61, 6.8, 0.25),
    "As": (0.0, 0.5, 7.5, 0.25),
    "NT": (0.0, 3.0, 8.0, 0.3),
    "NM": (0.0, 2.0, 6.0, 0.25),
    "Fl": (1.0, 0.3, 7.6, 0.2),
    "Fa": (1.0, 0.2, 7.6, 0.2),
    "Fr": (1.0, 0.5, 7.7, 0.2),
    "Fm": (1.0, 0.95, 9.0, 0.3),
    "h_seizure": (0.0005, 0.05, 7.0, 0.2),
    "EEG_frequency": (9.5, 4.5, 7.7, 0.2),
    "ICE_orientation": (4.0, 1.4, 7.6, 0.2),
    "ICE_naming": (3.0, 0.8, 7.6, 0.2),
    "ICE_command": (1.0, 0.6, 7.6, 0.2),
    "ICE_writing": (1.0, 0.1, 7.6, 0.2),
    "ICE_attention": (1.0, 0.1, 7.6, 0.2),
}
ITEMS = ("ICE_orientation", "ICE_naming", "ICE_command", "ICE_writing", "ICE_attention")
GRADES = (
    Span("crs", 0.0, 2.0, 0, 0),
    Span("crs", 2.0, 3.0, 1, 1),
    Span("crs", 3.0, 6.0, 2, 2),
    Span("crs", 6.0, 8.5, 1, 1),
    Span("crs", 8.5, 30.0, 0, 0),
    Span("icans", 0.0, 5.5, 0, 0),
    Span("icans", 5.5, 6.5, 1, 1),
    Span("icans", 6.5, 9.5, 2, 3),
    Span("icans", 9.5, 11.0, 1, 1),
    Span("icans", 11.0, 30.0, 0, 0),
)


BLOCKER = Blocker("tocilizumab", "IL6", "IL-6", "u6", "its clearance is blocked")


def bump(before: float, peak: float, day: float, width: float) -> np.ndarray:
    """A curve that is `before` at day 0 and `peak` at `day`, with a steep rise and a slower fall."""
    with np.errstate(divide="ignore"):
        away = np.log(TIMES / day) / width
    return before + (peak - before) * np.exp(-(away**2) / 2)


def frame(**changed: tuple[float, float, float, float]) -> pl.DataFrame:
    """All columns of a page without drugs; some bumps changed."""
    columns = {name: bump(*at) for name, at in (dict(BUMPS) | changed).items()}
    columns["ICE"] = np.sum([columns[name] for name in ITEMS], axis=0)
    hazard = np.concatenate([[0.0], np.cumsum(columns["h_seizure"][1:] * np.diff(TIMES))])
    return pl.DataFrame({"time": TIMES, **columns, "P_seizure": 1 - np.exp(-hazard)})


def untreated(title: str = "CD28 CAR T cells", **changed: tuple[float, float, float, float]) -> Story:
    """A patient without drugs."""
    return Story(title, "tumour 200 mL, no drugs", frame(**changed), grades=GRADES)


def treated() -> Story:
    """A patient with one dose of an antibody that hardly enters the brain, and a steroid by the clock."""
    plasma = np.where(TIMES >= 3, 180 * np.exp(-(TIMES - 3) / 8), 0.0)
    table = frame(IL6=(3.0, 3290.0, 5.4, 0.3), u6=(3.0, 100.0, 3.0, 0.2), ICE_naming=(3.0, 1.7, 7.6, 0.2)).with_columns(
        Ct=pl.Series(plasma), tocb=pl.Series(plasma * 0.002), Cd=pl.Series(200 * np.exp(-np.abs(TIMES - 7)))
    )
    doses = (
        Dose("tocilizumab", 3.0, "8 mg/kg"),
        *(Dose("dexamethasone", 5 + i / 4, "10 mg") for i in range(17)),
        Dose("norepinephrine", 4.0, "0.1 µg/kg/min", end=6.0),
    )
    exposures = (
        Exposure("tocilizumab", "Ct", "mg/L", "tocb", "mg/L"),
        Exposure("dexamethasone", "Cd", "µg/L"),
    )
    return Story(
        "Two drugs", "tocilizumab, then dexamethasone", table, doses, GRADES, exposures=exposures, blockers=(BLOCKER,)
    )


def compared() -> Comparison:
    """Three scenarios."""
    without, knockout = (
        untreated("Untreated"),
        untreated("Knockout", IL6=(3.0, 105.0, 5.0, 0.2), Fl=(1.0, 0.9, 7.6, 0.2)),
    )
    return Comparison("What helps", "CD28, 200 mL", (without, treated(), knockout))
