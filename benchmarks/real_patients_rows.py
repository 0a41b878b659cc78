"""Published medians beside those of virtual patients, one comparison at a time.

A virtual patient is read on the days on which the real ones were: cytokines daily, CRP, ferritin and CAR T cells on
days 0, 7, 14, 21 and 28. So a peak between two samples is missed in both alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from icans.mechanism import simulate
from icans.mechanism.definition.parameters import table
from icans.mechanism.definition.products import product
from icans.population.draw import draw
from icans.population.endpoints import endpoints, needed

LAST_DAY, STEPS_A_DAY = 32, 4
DAILY, WEEKLY = tuple(range(LAST_DAY + 1)), (0, 7, 14, 21, 28)
SERIES, FEWEST = "CD22 CAR (m971-BBz, NCI)", 20
CLOSE = {"level": 1.0, "day": 2.0}  # powers of two, days
GRADES = {"max CRS ASTCT 0-1": (0, 1), "max CRS ASTCT 2": (2,), "max CRS ASTCT 3-4": (3, 4)}


@dataclass(frozen=True)
class Variable:
    """A quantity by its name in the model, in trials.csv and in timecourses.csv; the days on which it was sampled."""

    name: str
    trials: str
    courses: str
    label: str
    unit: str
    days: tuple[int, ...]


VARIABLES = (
    Variable("CART", "car_absolute", "CAR_absolute", "CAR T cells", "/µL", WEEKLY),
    Variable("IFN", "ifngamma", "IFN-gamma", "Interferon gamma", "pg/mL", DAILY),
    Variable("GM", "gmcsf", "GM-CSF", "GM-CSF", "pg/mL", DAILY),
    Variable("IL6", "il6", "IL-6", "Interleukin 6", "pg/mL", DAILY),
    Variable("IL1", "il1b", "IL-1B", "Interleukin 1β", "pg/mL", DAILY),
    Variable("CRP", "crp", "CRP", "C-reactive protein", "mg/L", WEEKLY),
    Variable("Fer", "ferritin", "ferritin", "Ferritin", "µg/L", WEEKLY),
)


@dataclass(frozen=True)
class Spread:
    """A median with its quartiles, or a median alone."""

    median: float
    low: float | None = None
    high: float | None = None

    def holds(self, value: float) -> bool:
        """Whether a value lies between the quartiles."""
        return self.low is not None and self.high is not None and self.low <= value <= self.high

    def overlaps(self, other: Spread) -> bool:
        """Whether the quartiles of both have a value in common."""
        if self.low is None or self.high is None or other.low is None or other.high is None:
            return False
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True)
class Comparison:
    """Data beside the model: of what, of whom (with how many), and how far apart.

    kind     level: apart by a factor; day: apart by days
    sources  citation and evidence mark of each publication
    """

    label: str
    unit: str
    kind: Literal["level", "day"]
    group: str
    patients: str
    data: Spread
    virtual: int
    model: Spread
    sources: tuple[tuple[str, str], ...]

    @property
    def apart(self) -> float:
        """Model over data as a factor, or model minus data in days."""
        if self.kind == "day":
            return self.model.median - self.data.median
        return self.model.median / self.data.median

    @property
    def verdict(self) -> Literal["fits", "near", "misses"]:
        """How well they agree.

        fits    one median lies between the other's quartiles (the data's, if there are any), and they are no more than
                a factor or days `CLOSE` apart
        near    the quartiles overlap, or one median lies between the other's quartiles
        """
        data, model = self.data, self.model
        held = data.holds(model.median) if data.low is not None else model.holds(data.median)
        near = self.apart if self.kind == "day" else np.log2(self.apart)
        if held and abs(near) <= CLOSE[self.kind]:
            return "fits"
        return "near" if held or data.overlaps(model) else "misses"


@dataclass(frozen=True)
class Virtual:
    """Untreated virtual patients of a product: their courses, each (n_patients, n_times), and their endpoints."""

    product: str
    times: NDArray[np.float64]
    curves: dict[str, NDArray[np.float64]]
    rows: pl.DataFrame

    def on(self, name: str, days: Sequence[int]) -> NDArray[np.float64]:
        """The values of a quantity on some days, shape (n_patients, n_days)."""
        return self.curves[name][:, [day * STEPS_A_DAY for day in days]]


def virtual(name: str, patients: int, seed: int) -> Virtual:
    """Draw and simulate `patients` untreated patients of a product."""
    parameters = draw(product(name), table(), seed, 0, patients)
    times = np.linspace(0, LAST_DAY, LAST_DAY * STEPS_A_DAY + 1)
    courses = simulate(parameters, days=LAST_DAY, times=times, outputs=needed())
    return Virtual(name, times, {v.name: courses[v.name] for v in VARIABLES}, endpoints(courses, seed, 0))


def spread(values: NDArray[np.float64]) -> Spread:
    """The median and quartiles of values."""
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    return Spread(float(middle), float(low), float(high))


def peaks(trials: pl.DataFrame, people: Virtual) -> Iterator[Comparison]:
    """Peaks by the worst grade of CRS, and before the infusion, in the CD22 series."""
    series = trials.filter(pl.col("product") == SERIES)
    for variable in VARIABLES:
        for stratum, grades in GRADES.items():
            row = one(series, f"peak_{variable.trials}", stratum)
            chosen = people.rows["crs_grade"].is_in(grades).to_numpy()
            model = spread(people.on(variable.name, variable.days)[chosen].max(axis=1))
            group = "worst CRS 0 or 1" if grades == (0, 1) else f"worst CRS {' or '.join(map(str, grades))}"
            yield compared(f"{variable.label}: peak", variable.unit, "level", group, row, int(chosen.sum()), model)


def peak_days(trials: pl.DataFrame, people: Virtual) -> Iterator[Comparison]:
    """The day of the peak in the CD22 series."""
    series = trials.filter(pl.col("product") == SERIES)
    for variable in VARIABLES:
        row = one(series, f"tmax_{variable.trials}", "all")
        days = np.array(variable.days, float)[people.on(variable.name, variable.days).argmax(axis=1)]
        yield compared(f"{variable.label}: day of the peak", "d", "day", "all", row, len(days), spread(days))


def at_rest(courses: pl.DataFrame, people: Virtual) -> Iterator[Comparison]:
    """CRP and ferritin on the day of the infusion."""
    for variable in VARIABLES[-2:]:
        row = courses.filter(
            dataset="car22_nci", group="all patients", variable=variable.courses, time=0, time_reference="infusion"
        ).row(0, named=True)
        model = spread(people.on(variable.name, [0])[:, 0])
        yield compared(f"{variable.label} on day 0", variable.unit, "level", "all", row, len(people.rows), model)


def expansion_cd28(trials: pl.DataFrame, courses: pl.DataFrame, people: Virtual) -> Iterator[Comparison]:
    """CAR T cells after axicabtagene ciloleucel: the peak, and the median course of ZUMA-1."""
    row = one(trials.filter(pl.col("product") == "axicabtagene ciloleucel"), "car_cmax_median", "objective responders")
    highest = people.curves["CART"].max(axis=1)
    yield compared("CAR T cells: peak", "/µL", "level", "responders", row, len(highest), spread(highest))
    for row in courses.filter(pl.col("dataset") == "zuma1_median_car", pl.col("time").is_between(1, 28)).iter_rows(
        named=True
    ):
        day = int(row["time"])
        model = spread(people.on("CART", [day])[:, 0])
        yield compared(f"CAR T cells on day {day}", "/µL", "level", "all", row, len(highest), model)


def over_arms(trials: pl.DataFrame, people: Virtual, domain: str) -> Iterator[Comparison]:
    """Days that do not depend much on treatment, over the arms of CD19 products: the range of the arms' medians."""
    rows = people.rows
    days = {
        "CRS: onset": ("crs_onset_median", rows.filter("fever")["fever_onset"]),
        "Neurologic events or ICANS: onset": (
            "nt_onset_median icans_onset_median",
            rows.filter("icans")["icans_onset"],
        ),
        "CAR T cells: day of the peak": ("car_tmax_median", rows["CART_peak_day"]),
    }
    arms = trials.filter(
        pl.col("costim_domain") == domain,
        pl.col("product") != SERIES,
        ~pl.col("indication").str.contains("myeloma"),
        pl.col("n") >= FEWEST,
    )
    for label, (names, values) in days.items():
        found = arms.filter(pl.col("statistic").is_in(names.split()))
        medians = found["value"].to_numpy()
        if len(medians):
            told = Spread(float(np.median(medians)), float(np.min(medians)), float(np.max(medians)))
            sources = tuple(found.select("citation", "evidence").unique(maintain_order=True).iter_rows())
            group = f"medians of {len(medians)} published sets, lowest to highest"
            yield Comparison(label, "d", "day", group, "", told, len(values), spread(values.to_numpy()), sources)


def inside(courses: pl.DataFrame, people: Virtual, group: str) -> Iterator[tuple[Variable, int, int]]:
    """For each variable, on how many of the days with data the model's median lies between the data's quartiles."""
    for variable in VARIABLES:
        points = points_of(courses, variable, group)
        middle = np.median(people.on(variable.name, [int(t) for t in points["time"]]), axis=0)
        held = (points["low"].to_numpy() <= middle) & (middle <= points["high"].to_numpy())
        yield variable, int(held.sum()), len(held)


def points_of(courses: pl.DataFrame, variable: Variable, group: str) -> pl.DataFrame:
    """The median course of a group of the CD22 series after the infusion."""
    return courses.filter(
        pl.col("dataset") == "car22_nci",
        pl.col("group") == group,
        pl.col("variable") == variable.courses,
        pl.col("time_reference") == "infusion",
        pl.col("time").is_between(0, LAST_DAY),
    ).sort("time")


def one(rows: pl.DataFrame, statistic: str, stratum: str) -> dict[str, object]:
    """The one row of a statistic and stratum."""
    return rows.filter(pl.col("statistic") == statistic, pl.col("stratum") == stratum).row(0, named=True)


def compared(
    label: str, unit: str, kind: Literal["level", "day"], group: str, row: dict, virtual: int, model: Spread
) -> Comparison:
    """A row of the data beside the model."""
    data, sources = Spread(float(row["value"]), row["low"], row["high"]), ((row["citation"], row["evidence"]),)
    return Comparison(label, unit, kind, group, str(row["n"]), data, virtual, model, sources)
