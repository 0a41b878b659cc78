"""Each feature of SBML that is not simulated is refused by name: a small file for each, and the words of its error."""

from pathlib import Path

import pytest
import yaml

from icans.errors import DataError
from icans.mechanism.compiler.sbml import read_sbml

FOLDER = Path(__file__).parent / "sbml"
CASES = yaml.safe_load((FOLDER / "cases.yaml").read_text())
RIGHT = {"right.xml": "x", "right_reaction.xml": "S"}


@pytest.mark.parametrize("case", CASES, ids=[case["file"] for case in CASES])
def test_the_error_of_a_refused_model_says(case):
    with pytest.raises(DataError) as caught:
        read_sbml((FOLDER / case["file"]).read_text(), case["file"])
    assert all(problem.startswith(f"{case['file']}: ") for problem in caught.value.problems)
    for words in case["words"]:
        assert words in str(caught.value)


def test_every_refused_file_has_its_case():
    here = sorted(p.name for p in FOLDER.glob("*.xml") if p.name not in RIGHT)
    assert here == sorted(case["file"] for case in CASES)


@pytest.mark.parametrize("file", RIGHT)
def test_the_models_that_the_refused_ones_are_made_from_are_read(file):
    assert read_sbml((FOLDER / file).read_text(), file).state_names == (RIGHT[file],)
