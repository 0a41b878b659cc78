"""The manual is proved: what it names exists, what exists it names, and what it shows runs."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from icans.cli import app
from icans.grading.conventions import conventions, switches
from icans.grading.grade import columns, grade_scale
from icans.grading.library import scales, vocabulary
from icans.grading.scale import read_scales
from icans.guidance.check import check
from icans.guidance.guideline_file import read_guideline
from icans.guidance.library import common_rules
from icans.guidance.vocabulary import vocabulary as guidance_vocabulary
from icans.record.catalogue import catalogue
from icans.record.describe import markdown
from icans.record.form import fields
from icans.record.states import to_states
from icans.rules.document import documents
from icans.rules.parse import FUNCTIONS

HOME = Path(__file__).parents[2]
DOCS = HOME / "docs"
GROUPS = ("model", "user", "token", "site", "audit")
"""The commands that only hold commands."""
COMMANDS = [name for name in app if not name.startswith("-") and name not in GROUPS]
SUBCOMMANDS = [f"{group} {name}" for group in GROUPS for name in app[group] if not name.startswith("-")]


def text(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of one language."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text(page), re.MULTILINE | re.DOTALL)
    return [block for name, block in found if name == language]


def section(page: str, heading: str, level: int = 2) -> str:
    """What stands under a heading of the second or another level."""
    marks = "#" * level
    found = re.search(
        rf"^{marks} {re.escape(heading)}\n(.*?)(?=^#{{2,{level}}} |\Z)", text(page), re.MULTILINE | re.DOTALL
    )
    assert found, f"{page} has no heading '{heading}'"
    return found.group(1)


def command_lines(page: str = "cli.md") -> list[str]:
    """The commands of a page, those over several lines in one."""
    joined = [re.sub(r"\\\n\s*", "", block) for block in blocks(page, "")]
    return [line for block in joined for line in block.splitlines() if line.startswith("icans ")]


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", *shlex.split(line)]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    """An empty folder with the examples in it."""
    (tmp_path / "examples").symlink_to(HOME / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_page_of_items_is_the_catalogue():
    expected = "python -c \"from icans.record.describe import markdown; print(markdown(), end='')\" > docs/items.md"
    assert text("items.md") == markdown(), f"make it again: {expected}"


@pytest.mark.parametrize(("name", "level"), [*((n, 2) for n in COMMANDS), *((n, 3) for n in SUBCOMMANDS)])
def test_every_command_and_option_is_in_the_manual(name, level):
    words = section("cli.md", f"icans {name}", level)
    command = app
    for word in name.split():
        command = command[word]
    for argument in command.assemble_argument_collection():
        for option in argument.names:
            if option != "*" and not option.startswith("--empty-"):
                assert f"`{option}`" in words, f"{name} {option}"


def test_the_manual_names_no_command_that_is_not_there():
    assert set(re.findall(r"^## icans (\S+)$", text("cli.md"), re.MULTILINE)) == {*COMMANDS, *GROUPS}
    assert set(re.findall(r"^### icans (\S+ \S+)$", text("cli.md"), re.MULTILINE)) == set(SUBCOMMANDS)


@pytest.mark.parametrize("line", command_lines())
def test_every_command_line_of_the_manual_runs(line, workplace):
    done = run(line, workplace)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_the_page_on_simulating_runs_from_top_to_bottom(workplace):
    for line in command_lines("simulate.md"):
        done = run(line, workplace)
        assert done.returncode == 0, f"{line}: {done.stderr}"
        assert done.stdout, line


def test_the_python_page_runs_from_top_to_bottom(workplace, capsys):
    names: dict[str, object] = {}
    for block in blocks("python.md", "python"):
        exec(block, names)
    said = capsys.readouterr().out
    assert said.startswith("1 2\n")
    assert "\n[  22.   73.  178.  394.  696.  973. 1168.]\n[9.9 9.9 9.9 6.8 3.  2.  1.7]\n" in said
    assert (workplace / "review.html").exists()


def test_the_example_scale_loads_and_grades_as_the_page_says():
    example, _ = blocks("rules.md", "yaml")
    (scale,) = read_scales(documents(example, "house_alert.yaml"), "house_alert.yaml", vocabulary(), switches())
    states = to_states(pl.DataFrame({"temp_c": ["39.7", "38.2", ""], "vasoactive_drugs": ["none", "", "none"]}))
    graded = grade_scale(states.typed, scale, switches())
    assert graded.rows() == [(2, 2), (1, 3), (0, 2)]
    assert columns(scale)[0] in text("rules.md")


def test_the_python_of_the_rules_page_runs(workplace, capsys):
    example, _ = blocks("rules.md", "yaml")
    (workplace / "house_alert.yaml").write_text(example, encoding="utf-8")
    (code,) = blocks("rules.md", "python")
    exec(code, {})
    assert "house_alert_fever_min" in capsys.readouterr().out


def test_the_example_guideline_loads_is_sound_and_advises():
    _, example = blocks("rules.md", "yaml")
    (raw,) = documents(example, "house.yaml")
    house = read_guideline(raw, "house.yaml", guidance_vocabulary(), switches(), common_rules())
    assert check(house).sound
    assert {"HOUSE-1", "HOUSE-T2", "HOUSE-I1"} <= {rule.id for rule in house.every_rule()}


def test_every_function_of_the_rule_language_is_in_the_manual():
    for name in FUNCTIONS:
        assert f"`{name}(" in text("rules.md")


def test_every_convention_is_named_where_grading_is_explained():
    for name in conventions():
        assert re.search(rf"\b{name}\b", section("grading.md", "Conventions")), name


def test_every_scale_is_in_the_manual():
    for scale in scales():
        assert f"`{scale.name}`" in text("scales.md")


@pytest.mark.parametrize("page", ["readers.md", "grading.md", "index.md", "cli.md"])
def test_words_that_look_like_items_are_items(page):
    known = {*catalogue(), *(i.column for i in catalogue().values()), "capd_item_responses", *fields()}
    prefixes = ("ice_", "capd_", "crs_fever", "fever_", "vasoactive_", "seizure_")
    for word in re.findall(r"`([a-z][a-z0-9_]+)`", text(page)):
        assert not word.startswith(prefixes) or word in known, word


def test_every_column_of_the_ward_form_is_in_the_manual():
    for name in fields():
        assert f"`{name}`" in section("readers.md", "A ward form"), name


def test_the_manual_builds_without_a_warning(tmp_path):
    pytest.importorskip("material")
    # Not --quiet: it also silences the warnings that --strict counts.
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    done = subprocess.run(build, cwd=HOME, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "fonts.googleapis" not in page
    assert "cdn." not in page
    # Equations are drawn by the browser itself: no LaTeX is left, and nothing is loaded to draw it.
    equations = (tmp_path / "mechanism-equations.html").read_text(encoding="utf-8")
    drawn = equations.count('<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">')
    assert drawn == len(blocks("mechanism-equations.md", "math")) > 0
    assert not re.search(r"\\frac|\\text|mathjax|katex", equations, re.IGNORECASE)


def test_the_read_me_shows_the_chart_and_the_two_commands():
    read_me = (HOME / "README.md").read_text(encoding="utf-8")
    assert "docs/images/patient-007.png" in read_me
    assert (
        "\npython3 -m venv .venv && .venv/bin/pip install -q -c requirements.lock . "
        "&& .venv/bin/icans review examples/patient-007\n"
    ) in read_me
    assert "\n.venv/bin/pip install -q -c requirements.lock -e '.[all]' && .venv/bin/pytest -n auto\n" in read_me


@pytest.mark.parametrize("page", [*sorted(DOCS.glob("*.md")), HOME / "README.md", HOME / "CONTRIBUTING.md"])
def test_links_between_files_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
