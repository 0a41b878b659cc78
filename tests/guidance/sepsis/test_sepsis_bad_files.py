"""Each way to get the file of CRS and sepsis wrong has one broken file, and the words of its error."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from icans.errors import RuleError
from icans.guidance.sepsis.table import read_table

FOLDER = Path(__file__).parents[2] / "bad_data" / "sepsis"
CASES = yaml.safe_load((FOLDER / "cases.yaml").read_text("utf-8"))


def read(name: str):
    return read_table((FOLDER / name).read_text("utf-8"), name, {})


@pytest.mark.parametrize("case", CASES, ids=[case["file"] for case in CASES])
def test_the_error_of_a_broken_file_says_what_and_where(case: dict):
    with pytest.raises(RuleError) as caught:
        read(case["file"])
    for words in case["words"]:
        assert words in str(caught.value)
    assert len(caught.value.problems) == 1, caught.value.problems
    assert caught.value.problems[0].startswith(case["file"])


def test_the_file_the_broken_ones_are_made_from_is_right_itself():
    assert read("right.yaml").cautions == ("One caution.",)


def test_every_broken_file_has_its_case():
    files = {path.name for path in FOLDER.glob("*.yaml")} - {"cases.yaml", "right.yaml"}
    assert files == {case["file"] for case in CASES}
