"""A population in a few lines, held to other programs and to published intervals."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from rich.console import Console
from scipy.stats import spearmanr

from icans.errors import DataError
from icans.population.endpoints import endpoints
from icans.population.intervals import wilson
from icans.population.stream import Population, stream
from icans.population.summary import summary
from icans.population.tables import digits, percent, terminal_tables
from population.made import TABLE, courses, run


# Newcombe 1998, Stat Med 17:857, table I, score method without continuity correction.
@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_an_interval_is_that_of_wilson(count, of, low, high):
    assert wilson(count, of) == pytest.approx((low, high), abs=5e-5)
    assert wilson(of - count, of) == pytest.approx((1 - high, 1 - low), abs=5e-5)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("population") / "pop.parquet"
    stream(Population({}, TABLE, 2, 300), run, out)
    return out


def test_quantiles_are_those_of_numpy(written: Path):
    rows = pl.read_parquet(written)
    found = {row[0]: row for row in summary(rows).quantiles.iter_rows()}
    expected = np.quantile(rows["IL6_peak"], [0.025, 0.25, 0.5, 0.75, 0.975])
    assert found["IL6_peak"][1:4] == ("Interleukin 6, free and bound: highest", "pg/mL", 300)
    assert found["IL6_peak"][4:] == pytest.approx(tuple(expected))


def test_onset_and_length_are_those_of_patients_who_have_it(written: Path):
    rows = pl.read_parquet(written)
    found = {row["name"]: row for row in summary(rows).quantiles.iter_rows(named=True)}
    with_fever = rows.filter("fever")
    assert 0 < with_fever.height < 300
    assert found["fever_days"]["patients"] == found["fever_onset"]["patients"] == with_fever.height
    assert found["fever_days"]["q50"] == pytest.approx(np.median(with_fever["fever_days"]))
    assert found["icans_onset"]["patients"] == 0
    assert found["icans_onset"]["q50"] is None


def test_rates_are_counts_over_patients_with_their_interval(written: Path):
    rows = pl.read_parquet(written)
    found = {row["name"]: row for row in summary(rows).rates.iter_rows(named=True)}
    # The made-up temperature is 36.7 + burden / 100: fever from 130 mL on.
    count = int((rows["burden"] >= 130).sum())
    assert (found["fever"]["count"], found["fever"]["patients"]) == (count, 300)
    assert (found["fever"]["low"], found["fever"]["high"]) == wilson(count, 300)
    assert found["icans"]["rate"] == 0


def test_who_has_severe_icans_has_icans():
    # A seizure with an ICE score of 9.95: the document counts no ICANS, the grades do.
    rates = summary(endpoints(courses([0, 1], {"Hz": [[0, 50], [0, 0]]}), 1, 0)).rates
    counts = dict(rates.select("name", "count").iter_rows())
    assert (counts["low_ice"], counts["icans"], counts["icans_severe"]) == (0, 1, 1)


def test_grades_are_counted_from_each_grade_up():
    warm = [[37, 39, 39]] * 4
    pressure = [[92, 92, 92], [92, 92, 60], [92, 92, 50], [92, 92, 50]]
    rates = summary(endpoints(courses([0, 1, 2], {"Temp": warm, "MAP": pressure}), 1, 0)).rates
    counts = dict(rates.select("name", "count").iter_rows())
    assert (counts["fever"], counts["crs_2"], counts["crs_3"]) == (4, 3, 2)


def test_rank_correlations_are_those_of_scipy():
    rng = np.random.default_rng(1)
    depth, il6 = rng.uniform(0, 9, 200), rng.uniform(10, 900, 200)
    curves = {
        "ICE": [[9.9, d, 9.9] for d in depth],
        "IL6": [[3, v - 40 * d, 3] for v, d in zip(il6, depth, strict=True)],
    }
    rows = endpoints(courses([0, 1, 2], curves), 1, 0)
    found = dict(summary(rows).correlations.iter_rows())
    theirs: Any = spearmanr(rows["IL6_peak"], -rows["ICE_low"])
    assert found["IL6_peak"] == pytest.approx(theirs.statistic)


def test_a_scan_of_the_file_is_summed_up_like_the_table(written: Path):
    found, again = summary(pl.scan_parquet(written)), summary(pl.read_parquet(written))
    assert found.quantiles.equals(again.quantiles)
    assert found.rates.equals(again.rates)


def test_failed_patients_are_counted_and_left_out():
    found = summary(endpoints(courses([0, 1], {"Temp": [[37, 39], [37, np.nan], [37, 37]]}), 1, 0))
    assert (found.patients, found.failed) == (3, 1)
    assert found.rates.row(0, named=True)["patients"] == 2
    assert found.rates.row(0, named=True)["rate"] == 0.5


@pytest.mark.parametrize(("curve", "words"), [([[3, np.nan]], "all failed"), (np.zeros((0, 2)).tolist(), "is empty")])
def test_a_population_without_patients_cannot_be_summed_up(curve, words):
    rows = endpoints(courses([0, 1], {"IL6": curve or [[3, 4]]}), 1, 0)
    with pytest.raises(DataError, match=words):
        summary(rows if curve else rows.clear())


def test_the_terminal_shows_rates_quantiles_and_correlations(written: Path):
    console = Console(width=150, file=io.StringIO(), force_terminal=False)
    for table in terminal_tables(summary(pl.read_parquet(written))):
        console.print(table)
    text = console.file.getvalue()  # pyright: ignore[reportAttributeAccessIssue] - a StringIO
    assert "300 virtual patients" in text
    assert "Fever (38 °C or more), CRS of any grade" in text
    assert "CRS like grade 3 or more (limits tuned to the document's 6 %)" in text
    assert "Interleukin 6, free and bound: highest" in text
    assert "Tumour volume before the infusion" in text


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0162, "0.0162"), (4.414, "4.41"), (334.4, "334"), (4436, "4,440"), (0, "0"), (999.7, "1,000")],
)
def test_numbers_have_three_digits(value, words):
    assert digits(value) == words


def test_rare_findings_keep_two_decimals():
    assert [percent(0), percent(0.0044), percent(0.314), percent(1)] == ["0.0 %", "0.44 %", "31.4 %", "100.0 %"]
