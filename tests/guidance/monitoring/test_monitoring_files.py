"""Each way to get a file of the monitoring plan wrong has one broken file, and the words of its error."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from icans.commands.plan import run
from icans.errors import RuleError
from icans.guidance.monitoring.checks import read_checks
from icans.guidance.monitoring.describe import markdown
from icans.guidance.monitoring.eligibility import read_eligibility
from icans.guidance.monitoring.precautions import read_precautions
from icans.guidance.monitoring.timing import read_timing
from icans.guidance.monitoring.windows import read_windows

FOLDER = Path(__file__).parents[2] / "bad_data" / "monitoring"
CASES = yaml.safe_load((FOLDER / "cases.yaml").read_text("utf-8"))
PAGE = Path(__file__).parents[3] / "docs" / "monitoring.md"
READERS = {
    "products": read_timing,
    "windows": read_windows,
    "precautions": read_precautions,
    "eligibility": read_eligibility,
    "checks": read_checks,
}
"""What the name of a file begins with -> what reads it."""


def read(name: str, kind: str) -> object:
    return READERS[kind]((FOLDER / name).read_text("utf-8"), name)


@pytest.mark.parametrize("case", CASES, ids=[case["file"] for case in CASES])
def test_the_error_of_a_broken_file_says_what_and_where(case: dict):
    with pytest.raises(RuleError) as caught:
        read(case["file"], case["file"].partition("_")[0])
    for words in case["words"]:
        assert words in str(caught.value)
    assert len(caught.value.problems) == 1, caught.value.problems
    assert caught.value.problems[0].startswith(case["file"])


@pytest.mark.parametrize("kind", READERS)
def test_the_file_the_broken_ones_are_made_from_is_right_itself(kind):
    assert read(f"right_{kind}.yaml", kind)


def test_every_broken_file_has_its_case():
    files = {path.name for path in FOLDER.glob("*.yaml") if not path.name.startswith("right_")} - {"cases.yaml"}
    assert files == {case["file"] for case in CASES}


def test_the_page_of_the_manual_is_written_from_the_files():
    words = "make it again: python -m icans.guidance.monitoring.describe > docs/monitoring.md"
    assert PAGE.read_text("utf-8") == markdown(), words


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_the_python_of_the_page_runs_and_says_what_it_says():
    (block,) = blocks("python")
    names: dict[str, Any] = {}
    exec(block, names)
    assert [(r.label, r.last_day) for r in names["found"].rules][:2] == [
        ("Stay near the centre", 14), ("No driving, no hazardous machines", 14),
    ]  # fmt: skip


def test_the_commands_of_the_page_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for line in blocks("")[0].splitlines():
        options = shlex.split(line)[2:]
        given = dict(zip((o.removeprefix("--") for o in options[::2]), options[1::2], strict=True))
        files = {name: Path(given.pop(name)) if name in given else None for name in ("chart", "ics", "json")}
        run(**{"jurisdiction": "US", "setting": "inpatient", "on": None, **given}, **files)  # type: ignore[arg-type]
    assert {path.name for path in tmp_path.iterdir()} == {"plan.ics", "plan.svg", "plan.json"}
