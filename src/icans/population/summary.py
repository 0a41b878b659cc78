"""A population in a few lines: quantiles of what was measured, rates with their intervals, rank correlations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from icans.errors import DataError
from icans.population.intervals import wilson
from icans.population.settings import settings

QUANTILES = (0.025, 0.25, 0.5, 0.75, 0.975)
DEPTH = "ICE_low"
"""The depth of ICANS is how low the ICE score falls."""

_DAYS = {
    "fever_onset": "Fever: onset",
    "fever_days": "Fever: length, of those with fever",
    "icans_onset": "ICANS: onset",
    "low_ice_onset": "Low ICE: onset",
    "low_ice_days": "Low ICE: length, of those with low ICE",
}


@dataclass(frozen=True)
class Summary:
    """What a population comes to.

    patients      how many; failed: how many of them could not be simulated and are left out of all else
    quantiles     a row a quantity: name, label, unit, patients it is known of, and a column a quantile (q2.5 ... q97.5)
    rates         a row a finding: name, label, count, patients, rate, and Wilson's 95 % interval (low, high)
    correlations  a row a quantity: name, and its rank correlation (Spearman) with the depth of ICANS
    """

    patients: int
    failed: int
    quantiles: pl.DataFrame
    rates: pl.DataFrame
    correlations: pl.DataFrame


def summary(rows: pl.DataFrame | pl.LazyFrame) -> Summary:
    """Sum up the endpoints of a population, a table or a scan of what `stream` wrote.

    One column is held at a time, so that a million patients need little memory. Raises DataError where nobody was
    simulated to the end.
    """
    table = rows.lazy()
    patients, failed = table.select(pl.len(), pl.col("failed").sum().alias("failed")).collect().row(0)
    if patients == failed:
        raise DataError("there is no patient to sum up: " + ("all failed" if patients else "the table is empty"))
    known = table.filter(~pl.col("failed"))
    return Summary(patients, failed, _quantiles(known), _rates(known), _correlations(known))


def _quantities() -> Iterable[tuple[str, str, str, str | None]]:
    """Column, label, unit, and the finding that patients must have to be counted (None: everybody counts)."""
    words = {"peak": "highest", "low": "lowest", "end": "at the end"}
    for measure in settings().measures:
        yield measure.column, f"{measure.label}: {words[measure.of]}", measure.unit, None
        if measure.of != "end":
            yield f"{measure.column}_day", f"{measure.label}: day of the {words[measure.of]}", "d", None
    for name, label in _DAYS.items():
        yield name, label, "d", name.rpartition("_")[0]


def _quantiles(known: pl.LazyFrame) -> pl.DataFrame:
    found = []
    for name, label, unit, among in _quantities():
        chosen = known.filter(pl.col(among)) if among else known
        column = chosen.select(name).collect().get_column(name).drop_nulls()
        values = [column.quantile(q, "linear") for q in QUANTILES]
        found.append((name, label, unit, len(column), *values))
    names = ["name", "label", "unit", "patients", *(f"q{100 * q:g}" for q in QUANTILES)]
    kinds = [pl.String, pl.String, pl.String, pl.Int64, *(pl.Float64 for _ in QUANTILES)]
    return pl.DataFrame(found, schema=dict(zip(names, kinds, strict=True)), orient="row")


def _findings() -> Iterable[tuple[str, str, pl.Expr]]:
    limits = settings().findings
    yield "fever", f"Fever ({limits.fever:g} °C or more), CRS of any grade", pl.col("fever")
    for step in limits.crs_grades:
        yield (
            f"crs_{step.grade}",
            f"CRS like grade {step.grade} or more ({step.note})",
            pl.col("crs_grade") >= step.grade,
        )
    yield "low_ice", f"ICE {limits.low_ice:g} or less", pl.col("low_ice")
    yield "icans", "ICANS like grade 1 or more", pl.col("icans")
    yield "icans_severe", f"ICANS like grade {limits.severe} or more", pl.col("icans_severe")
    yield "seizure", "Seizure", pl.col("seizure")
    yield "icans_without_fever", "ICANS without fever", pl.col("icans_without_fever")


def _rates(known: pl.LazyFrame) -> pl.DataFrame:
    findings = list(_findings())
    counts = known.select(pl.len(), *(e.sum().alias(name) for name, _, e in findings)).collect().row(0, named=True)
    total = counts["len"]
    rows = [
        (name, label, counts[name], total, counts[name] / total, *wilson(counts[name], total))
        for name, label, _ in findings
    ]
    columns = ["name", "label", "count", "patients", "rate", "low", "high"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def _correlations(known: pl.LazyFrame) -> pl.DataFrame:
    there = known.collect_schema().names()
    names = [name for name in settings().correlates if name in there]
    depth = -pl.col(DEPTH)
    found = [known.select(pl.corr(name, depth, method="spearman")).collect().item() for name in names]
    return pl.DataFrame({"name": names, "spearman": found}, schema={"name": pl.String, "spearman": pl.Float64})
