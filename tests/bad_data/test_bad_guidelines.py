"""Each way to get a guideline file wrong has one broken file and the words of its error."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from icans.errors import RuleError
from icans.guidance.guideline import Guideline
from icans.guidance.guideline_file import read_guideline
from icans.guidance.vocabulary import vocabulary
from icans.rules.document import documents

FOLDER = Path(__file__).parent / "guidelines"
CASES = yaml.safe_load((FOLDER / "cases.yaml").read_text("utf-8"))
# Several at once, or one mistake that makes others.
SEVERAL = ("five_mistakes.yaml", "no_sources.yaml", "sources_is_text.yaml")


def read(name: str) -> Guideline:
    (raw,) = documents((FOLDER / name).read_text("utf-8"), name)
    return read_guideline(raw, name, vocabulary(), {"G1": True})


def problems(name: str) -> tuple[str, ...]:
    with pytest.raises(RuleError) as caught:
        read(name)
    return caught.value.problems


@pytest.mark.parametrize("case", CASES, ids=[case["file"] for case in CASES])
def test_the_error_of_a_broken_guideline_says(case: dict):
    told = problems(case["file"])
    for words in case["words"]:
        assert words in "\n".join(told)
    assert all(problem.startswith(case["file"]) for problem in told)


@pytest.mark.parametrize("case", [c for c in CASES if c["file"] not in SEVERAL], ids=lambda case: case["file"])
def test_one_mistake_is_told_once(case: dict):
    told = problems(case["file"])
    assert len(told) == 1, told


def test_five_mistakes_are_told_together():
    assert len(problems("five_mistakes.yaml")) == 5


def test_the_guideline_the_broken_ones_are_made_from_is_right_itself():
    guideline = read("right.yaml")
    assert [rule.id for rule in guideline.every_rule()] == [
        "MADE-1", "MADE-2", "MADE-T1", "MADE-T2", "MADE-C1", "MADE-I1", "MADE-U1", "MADE-U2",
    ]  # fmt: skip


def test_every_broken_file_has_its_case():
    files = {path.name for path in FOLDER.glob("*.yaml")} - {"cases.yaml", "right.yaml"}
    assert files == {case["file"] for case in CASES}
