"""The pages of the example patients at moments that matter: before the infusion, in the night, after a death."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console

from icans.patient_review import Review, review
from icans.record.catalogue import catalogue
from icans.record.read import read
from icans.report.as_json import as_json
from icans.report.html import page
from icans.report.terminal import show

EXAMPLES = Path(__file__).parents[2] / "examples"
BEFORE = datetime(2026, 3, 1, 20, tzinfo=UTC)
AT_DAY_3 = datetime(2026, 3, 5, 14, 20, tzinfo=UTC)
AT_DAY_9 = datetime(2026, 3, 11, 19, tzinfo=UTC)
"""Infusion on 2 March 09:00 UTC; tocilizumab on 5 March at 12:00 UTC."""


def after_death() -> Review:
    """Patient 007, had ICANS been fatal on 10 March."""
    records = read(EXAMPLES / "patient-007")
    seen = records.observations
    death = seen.tail(1).with_columns(
        item=pl.lit("death_cause"),
        time=pl.lit(datetime(2026, 3, 10, 8, tzinfo=UTC)).cast(seen.schema["time"]),
        value=pl.lit(float(catalogue()["death_cause"].encode("icans"))),
        implausible=pl.lit(False),
    )
    return review(replace(records, observations=pl.concat([seen, death])), at=AT_DAY_9)


MOMENTS = {
    "before": lambda: review(read(EXAMPLES / "patient-007"), at=BEFORE),
    "day 3": lambda: review(read(EXAMPLES / "patient-007"), at=AT_DAY_3),
    "death": after_death,
    "child": lambda: review(read(EXAMPLES / "patient-012")),
    "messy": lambda: review(read(EXAMPLES / "patient-031")),
}


@cache
def at_moment(name: str) -> Review:
    return MOMENTS[name]()


def printed(found: Review, width: int = 80) -> str:
    console = Console(width=width, file=io.StringIO())
    show(found, console)
    return console.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", MOMENTS)
def test_every_page_is_whole_and_fits_the_terminal(name):
    found = at_moment(name)
    assert max(len(line) for line in printed(found).splitlines()) <= 80
    assert "</html>" in page(found)
    assert json.loads(as_json(found))["now"]


@pytest.mark.parametrize("name", ["before", "death"])
def test_before_the_infusion_and_after_a_death_nothing_is_advised(name):
    found = at_moment(name)
    for said in (printed(found), page(found)):
        assert "What to do now" not in said
        assert "MUST" not in said


def test_the_page_after_a_death_says_the_grade():
    assert "ICANS   5" in printed(at_moment("death"))


def test_two_hours_after_tocilizumab_the_page_says_from_when_the_next_may_be_given():
    # 12:00 UTC and the 8 h of ASCO 2021.
    said = "not before 20:00 UTC, 8 h after the last dose"
    assert f"Tocilizumab: Do not give, {said}" in " ".join(printed(at_moment("day 3")).split())
    assert said in page(at_moment("day 3"))
