"""Each way to get a rule file wrong has one broken file in bad_data/rules, and the words of its error."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from names import NAMES, SWITCHES

from icans.errors import RuleError
from icans.grading.scale import Scale, read_scales
from icans.rules.document import documents

FOLDER = Path(__file__).parents[1] / "bad_data" / "rules"
CASES = yaml.safe_load((FOLDER / "cases.yaml").read_text("utf-8"))


def read(name: str) -> tuple[Scale, ...]:
    return read_scales(documents((FOLDER / name).read_text("utf-8"), name), name, NAMES, SWITCHES)


@pytest.mark.parametrize("case", CASES, ids=[case["file"] for case in CASES])
def test_the_error_of_a_broken_file_says(case: dict):
    with pytest.raises(RuleError) as caught:
        read(case["file"])
    for words in case["words"]:
        assert words in str(caught.value)
    assert all(problem.startswith(case["file"]) for problem in caught.value.problems)


SINGLE = [case for case in CASES if case["file"] not in ("five_mistakes.yaml", "sources_is_text.yaml")]


@pytest.mark.parametrize("case", SINGLE, ids=lambda case: case["file"])
def test_one_mistake_is_told_once(case: dict):
    with pytest.raises(RuleError) as caught:
        read(case["file"])
    assert len(caught.value.problems) == 1, caught.value.problems


def test_five_mistakes_are_told_together_with_their_lines():
    with pytest.raises(RuleError) as caught:
        read("five_mistakes.yaml")
    assert len(caught.value.problems) == 5
    assert sum(", line " in problem for problem in caught.value.problems) == 5


def test_the_file_the_broken_ones_are_made_from_is_right_itself():
    (scale,) = read("right.yaml")
    assert [domain.name for domain in scale.domains] == ["wetness"]


def test_every_broken_file_has_its_case():
    files = {path.name for path in FOLDER.glob("*.yaml")} - {"cases.yaml", "right.yaml"}
    assert files == {case["file"] for case in CASES}
