"""All 60 worked cases of the clinical reference, through `icans grade` as a user runs it, and through the plain grader.

The file lies beside the repository; ICANS_DATA names the folder of real data next to it.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from icans.commands.grade import run
from plain_astct import grade_interval

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("ICANS_DATA", ROOT.parent / "shared" / "data"))
CASES = DATA.parent / "clinical" / "grading_cases.csv"
GRADES = ("crs_min", "crs_max", "icans_min", "icans_max")

pytestmark = pytest.mark.skipif(not CASES.exists(), reason=f"{CASES} is not there; set ICANS_DATA beside it")


def expected(case: dict[str, str]) -> list[str]:
    return [case["crs_grade_min"], case["crs_grade_max"], case["icans_grade_min"], case["icans_grade_max"]]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    out = tmp_path_factory.mktemp("graded") / "x.csv"
    run(CASES, out=out, scale="astct-2019", convention=[], reasons=True, mapping=None, every=None, keep_going=False)
    return rows(out)


def test_there_are_sixty(graded: list[dict[str, str]]):
    assert [row["case_id"] for row in graded] == [f"W{n:02d}" for n in range(1, 61)]


def test_every_grade_agrees(graded: list[dict[str, str]]):
    wrong = {r["case_id"]: [r[g] for g in GRADES] for r in graded if [r[g] for g in GRADES] != expected(r)}
    assert wrong == {}


def test_every_row_says_why(graded: list[dict[str, str]]):
    assert [r["case_id"] for r in graded if not r["crs_reason"] or not r["icans_reason"]] == []


def test_the_columns_of_the_input_pass_through_untouched(graded: list[dict[str, str]]):
    before = rows(CASES)
    assert [{name: row[name] for name in before[0]} for row in graded] == before


@pytest.mark.parametrize("case", rows(CASES) if CASES.exists() else [], ids=lambda case: case["case_id"])
def test_the_plain_grader_agrees(case: dict[str, str]):
    assert list(grade_interval(case)) == [int(grade) for grade in expected(case)]
