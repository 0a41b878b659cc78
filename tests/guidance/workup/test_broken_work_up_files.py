"""Each way to get a file of the work-up wrong has one broken file and the words of its error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from icans.errors import RuleError
from icans.guidance.workup.library import Library, read_library

FOLDER = Path(__file__).parent / "broken"
CASES = yaml.safe_load((FOLDER / "cases.yaml").read_text("utf-8"))
RIGHT = {"causes": "right.yaml", "gates": "right_gates.yaml", "attribution": "right_attribution.yaml"}


def read(**named: str) -> Library:
    files = {slot: named.get(slot, file) for slot, file in RIGHT.items()}
    texts = {slot: (FOLDER / file).read_text("utf-8") for slot, file in files.items()}
    return read_library({files["causes"]: texts["causes"]}, texts["gates"], texts["attribution"])


@pytest.mark.parametrize("case", CASES, ids=[case["file"] for case in CASES])
def test_the_error_of_a_broken_file_says(case: Any) -> None:
    with pytest.raises(RuleError) as caught:
        read(**{case.get("slot", "causes"): case["file"]})
    (told,) = caught.value.problems
    for words in case["words"]:
        assert words in told


def test_mistakes_are_told_together() -> None:
    text = (FOLDER / "right.yaml").read_text("utf-8")
    broken = text.replace("sodium_low\n    rules_out", "sodum_low\n    rules_out").replace("act: stop", "act:")
    with pytest.raises(RuleError) as caught:
        read_library(
            {"broken.yaml": broken}, *((FOLDER / RIGHT[s]).read_text("utf-8") for s in ("gates", "attribution"))
        )
    assert len(caught.value.problems) == 2


def test_the_files_the_broken_ones_are_made_from_are_right_themselves() -> None:
    assert [cause.id for cause in read().causes] == ["MADE-1", "MADE-2"]


def test_every_broken_file_has_its_case() -> None:
    files = {path.name for path in FOLDER.glob("*.yaml")} - {"cases.yaml", *RIGHT.values()}
    assert files == {case["file"] for case in CASES}
