"""The order of the rooms: who may import whom. A wrong arrow is a design mistake, so it is a failing test."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "icans"
MAY_IMPORT = {
    "errors": set(),
    "plain_yaml": set(),
    "rules": {"errors", "plain_yaml"},
    "record": {"errors", "plain_yaml"},
    "grading": {"errors", "rules", "record"},
    "guidance": {"errors", "rules", "record", "grading"},
    "endotype": {"errors", "rules", "record", "grading", "guidance"},
    "patient_guidance": {"errors", "rules", "record", "grading", "guidance", "endotype"},
    "patient_review": {"errors", "record", "grading", "guidance", "patient_guidance"},
    "mechanism": {"errors", "record"},
    "population": {"errors", "mechanism"},
    "simulated_patient": {"errors", "record", "grading", "mechanism"},
    "report": {
        "errors", "rules", "record", "grading", "guidance", "endotype", "patient_guidance", "patient_review",
        "mechanism", "simulated_patient",
    },
    "store": {"errors", "record"},
    "web": {
        "errors", "plain_yaml", "rules", "record", "grading", "guidance", "endotype", "patient_guidance",
        "patient_review", "report", "store",
    },
    "commands": {
        "errors", "plain_yaml", "rules", "record", "grading", "guidance", "endotype", "patient_guidance",
        "patient_review", "mechanism", "population", "simulated_patient", "report", "store", "web",
    },
    "cli": {"errors", "commands"},
    "__main__": {"cli"},
}  # fmt: skip


def rooms() -> list[str]:
    return sorted(
        {
            p.stem if p.is_file() else p.name
            for p in SOURCE.iterdir()
            if p.suffix == ".py" or (p / "__init__.py").exists()
        }
        - {"__init__"}
    )


def imported_rooms(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        found |= {name.split(".")[1] for name in names if name.startswith("icans.")}
    return found


@pytest.mark.parametrize("room", rooms())
def test_a_room_imports_only_rooms_further_in(room: str):
    files = [SOURCE / f"{room}.py"] if (SOURCE / f"{room}.py").exists() else sorted((SOURCE / room).rglob("*.py"))
    for file in files:
        extra = imported_rooms(file) - MAY_IMPORT[room] - {room}
        assert not extra, f"{file.relative_to(SOURCE)} imports {sorted(extra)}, which lie further out"


def test_importing_the_package_loads_nothing_heavy():
    heavy = ["numba", "numpy", "polars", "pydantic", "yaml", "rich", "cyclopts", "jinja2", "orjson"]
    code = f"import sys, icans; print([m for m in {heavy!r} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("file", sorted(SOURCE.rglob("*.py")), ids=lambda p: str(p.relative_to(SOURCE)))
def test_files_and_functions_stay_small(file: Path):
    text = file.read_text(encoding="utf-8")
    assert text.count("\n") <= 300, "split it by noun"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and "migrations" not in file.parts:  # a migration is one long list
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < 60, f"{node.name} is more than one thing"
