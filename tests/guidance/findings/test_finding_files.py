"""The files of the findings: what is wrong with one is told in words, and the manual page says what they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from icans.errors import RuleError
from icans.guidance.findings.cohorts import cohorts, read_cohorts
from icans.guidance.findings.describe import markdown
from icans.guidance.findings.eeg import eeg_rules, read_eeg
from icans.guidance.findings.files import File, opened
from icans.guidance.findings.mri import mri_rules, read_mri
from icans.guidance.findings.pathway_file import pathway_rules, read_pathway
from icans.guidance.findings.prophylaxis import prophylaxis_rules, read_prophylaxis
from icans.guidance.findings.terms import read_terms, terms

HOME = Path(__file__).parents[3]
FOLDER = HOME / "tests" / "bad_data" / "findings"
CASES = yaml.safe_load((FOLDER / "cases.yaml").read_text("utf-8"))
READERS: Mapping[str, Callable[[File], Any]] = {
    "cohorts": read_cohorts, "eeg": read_eeg, "mri": read_mri, "pathway": read_pathway,
    "prophylaxis": read_prophylaxis, "terms": read_terms,
}  # fmt: skip
"""By the first word of a file's name."""


def read(name: str) -> Any:
    return READERS[name.split("_")[0]](opened(name, (FOLDER / name).read_text("utf-8")))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_what_is_wrong_with_a_file_is_told(case):
    with pytest.raises(RuleError) as error:
        read(case["file"])
    for words in case["words"]:
        assert words in str(error.value)
    assert str(error.value).startswith(case["file"])


@pytest.mark.parametrize("name", sorted(f"{kind}_right.yaml" for kind in READERS))
def test_the_files_that_the_broken_ones_differ_from_are_right(name):
    read(name)


def test_every_broken_file_has_a_case():
    files = {path.name for path in FOLDER.glob("*.yaml") if not path.name.endswith("_right.yaml")} - {"cases.yaml"}
    assert files == {case["file"] for case in CASES}


def test_the_manual_page_is_the_one_that_the_files_make():
    again = "write it again: python -m icans.guidance.findings.describe > docs/findings.md"
    assert (HOME / "docs" / "findings.md").read_text("utf-8") == markdown(), again


def test_every_id_stands_in_the_manual():
    page = markdown()
    ids = [c.id for c in (*eeg_rules().criteria, *eeg_rules().notes, *mri_rules().patterns, *prophylaxis_rules().who)]
    ids += [b.criterion.id for b in (*eeg_rules().bearings, *mri_rules().bearings)]
    ids += [c.id for name in ("status_epilepticus", "raised_pressure") for c in pathway_rules(name).criteria()]
    assert [i for i in ids if f"`{i}`" not in page] == []
    files = ("definitions.yaml", "mri.yaml", "pathways/status_epilepticus.yaml", "pathways/raised_pressure.yaml")
    assert [d.name for file in files for d in opened(file).definitions if f"`{d.name}`" not in page] == []
    assert [t.id for t in terms().every() if f"| {t.id} |" not in page] == []


def test_what_was_left_out_is_told():
    left_out = [*eeg_rules().unsure, *mri_rules().unsure, *prophylaxis_rules().unsure, *cohorts().unsure]
    assert all(words in markdown() for words in left_out)


def test_a_source_holds_nothing_but_key_and_place():
    """A comma in `where` without quotes would make a key of its own, which no reader would miss."""
    folder = HOME / "src" / "icans" / "guidance" / "findings"
    for path in folder.rglob("*.yaml"):
        for source in _sources(yaml.safe_load(path.read_text("utf-8"))):
            assert set(source) <= {"key", "where"}, path.name


def _sources(content: Any):
    if isinstance(content, dict):
        if isinstance(content.get("source"), dict):
            yield content["source"]
        for value in content.values():
            yield from _sources(value)
    elif isinstance(content, list):
        for value in content:
            yield from _sources(value)
