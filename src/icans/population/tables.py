"""A summary as tables for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icans.population.settings import settings
from icans.population.summary import DEPTH, QUANTILES, Summary

if TYPE_CHECKING:
    from rich.table import Table


def terminal_tables(found: Summary) -> list[Table]:
    """Rates, quantiles and rank correlations, each as a table that a rich console prints."""
    return [_rates(found), _quantiles(found), _correlations(found)]


def _rates(found: Summary) -> Table:
    table = _table(
        f"{found.patients:,} virtual patients{_failures(found)}", "finding", "patients", "rate", "95 % interval"
    )
    for row in found.rates.iter_rows(named=True):
        interval = f"{percent(row['low'])} to {percent(row['high'])}"
        table.add_row(row["label"], f"{row['count']:,} / {row['patients']:,}", percent(row["rate"]), interval)
    return table


def _quantiles(found: Summary) -> Table:
    heads = [f"{100 * q:g} %" if q != 0.5 else "median" for q in QUANTILES]
    table = _table("Quantiles over patients", "quantity", "unit", *heads, "median day")
    rows = {row["name"]: row for row in found.quantiles.iter_rows(named=True)}
    for name, row in rows.items():
        if row["patients"] and not name.endswith("_day"):
            values = [digits(row[f"q{100 * q:g}"]) for q in QUANTILES]
            day = f"{rows[f'{name}_day']['q50']:.1f}" if f"{name}_day" in rows else ""
            table.add_row(row["label"], "" if row["unit"] in ("1", "{score}") else row["unit"], *values, day)
    return table


def _correlations(found: Summary) -> Table:
    told = settings()
    labels = {m.column: m.label for m in told.measures} | {c.name: c.label for c in told.covariates}
    table = _table(f"Rank correlation with the depth of ICANS ({DEPTH.split('_')[0]})", "quantity", "Spearman")
    for name, value in found.correlations.iter_rows():
        table.add_row(labels[name], "-" if value is None else f"{value:.2f}")
    return table


def _table(title: str, *heads: str) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for i, head in enumerate(heads):
        table.add_column(head, justify="left" if i == 0 or head == "unit" else "right")
    return table


def _failures(found: Summary) -> str:
    return f", {found.failed:,} of them could not be simulated and are left out" if found.failed else ""


def percent(share: float) -> str:
    """A share in percent: one decimal, two below 1 %."""
    return f"{100 * share:.2f} %" if 0 < share < 0.01 else f"{100 * share:.1f} %"


def digits(value: float) -> str:
    """Three significant digits, without a power of ten: 0.0162, 4.41, 334, 4,440."""
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 1000 else f"{rounded:.3g}"
