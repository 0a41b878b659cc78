"""Compiled models on disk: found again, made again when they change, and never half made."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from icans.errors import DataError
from icans.mechanism.compiler import store
from icans.mechanism.compiler.compiled import Compiled, compile_sbml, compiled
from icans.mechanism.compiler.sbml import read_sbml
from icans.mechanism.compiler.system import System
from icans.mechanism.simulation.patients import Simulation
from mechanism.compiler.made_sbml import from_antimony

DECAY = "model decay; x = 1; half = {half}; x' = -{rate}*x; end"
AGAIN = """
import sys
from icans.mechanism.compiler.compiled import compile_sbml
told = []
model = compile_sbml(open(sys.argv[1]).read())
model.compile(lambda part, done, count: told.append(part))
print(model.is_compiled, told)
"""


@pytest.fixture(autouse=True)
def room(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("ICANS_CACHE", str(tmp_path / "kept"))
    return tmp_path / "kept"


def sbml(half: float = 2.0, rate: str = "half") -> str:
    return from_antimony(DECAY.format(half=half, rate=rate))


def system() -> System:
    return read_sbml(sbml())


def never() -> System:
    raise AssertionError("it was there already")


def folders(room: Path) -> list[str]:
    return sorted(p.name.split("-")[0] for p in room.iterdir()) if room.exists() else []


def test_a_model_is_found_again_without_reading_it():
    first = compiled(b"decay", system)
    assert compiled(b"decay", never) == first


def test_what_a_caller_needs_is_found_again(room):
    first = compiled(b"decay", system)
    assert (first.name, first.states, dict(first.constants), dict(first.inputs)) == ("decay", ("x",), {"half": 2.0}, {})
    assert first.where.parent == room


def test_another_text_is_another_model():
    assert compiled(b"decay", system).where != compiled(b"decay ", system).where


def test_models_that_differ_in_values_alone_share_their_kernel():
    two, three = compile_sbml(sbml(2.0)), compile_sbml(sbml(3.0))
    assert two.where != three.where
    assert two.code == three.code
    assert (two.constants["half"], three.constants["half"]) == (2.0, 3.0)


def test_models_with_other_equations_do_not():
    assert compile_sbml(sbml()).code != compile_sbml(sbml(rate="half*half")).code


def test_another_compiler_makes_everything_again(tmp_path, monkeypatch):
    """Even where only what a kernel imports has changed, and its text is as before."""
    first = compiled(b"decay", system)
    changed = tmp_path / "compiler"
    shutil.copytree(store.ROOM, changed)
    (changed / "elementary.py").write_text((changed / "elementary.py").read_text() + "\n# another exp\n")
    monkeypatch.setattr(store, "ROOM", changed)
    store._compiler.cache_clear()
    second = compiled(b"decay", system)
    store._compiler.cache_clear()
    assert first.where != second.where
    assert first.code != second.code


@pytest.mark.parametrize("stage", ["reading", "kernel.py", "plain.py", "model.json"])
def test_an_interruption_leaves_nothing_behind(room, monkeypatch, stage):
    """Ctrl-C while a model is being made: no half of a folder, and the next one makes it whole."""

    def interrupted() -> System:
        raise KeyboardInterrupt

    write = Path.write_bytes

    def slow(path: Path, content: bytes) -> int:
        write(path, content[: len(content) // 2])
        if path.name == stage:
            raise KeyboardInterrupt
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", slow)
    with pytest.raises(KeyboardInterrupt):
        compiled(b"decay", interrupted if stage == "reading" else system)
    assert folders(room) in ([], ["kernel"]), "a kernel's text alone is whole, and of use"
    monkeypatch.undo()
    monkeypatch.setenv("ICANS_CACHE", str(room))
    assert compiled(b"decay", system).states == ("x",)
    assert folders(room) == ["kernel", "model"]


def test_two_that_make_the_same_at_once_do_no_harm(room):
    """Another process finishes first, between the look and the making."""

    def meanwhile() -> System:
        compiled(b"decay", system)
        return system()

    assert compiled(b"decay", meanwhile).states == ("x",)
    assert folders(room) == ["kernel", "model"]


def test_a_folder_that_cannot_be_written(room):
    room.write_text("a file stands where the folder should be")
    with pytest.raises(DataError, match=r"kept: compiled models cannot be kept there .*set ICANS_CACHE"):
        compiled(b"decay", system)


@pytest.fixture
def interrupted_model() -> Compiled:
    """A model whose compilation was interrupted at its third part."""

    def stop(part: str, done: int, count: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    model = compile_sbml(sbml())
    with pytest.raises(KeyboardInterrupt):
        model.compile(stop)
    return model


def test_a_compilation_that_was_interrupted_is_finished_later_and_then_found_again(interrupted_model, tmp_path):
    assert not interrupted_model.is_compiled
    told: list[tuple[str, int, int]] = []
    interrupted_model.compile(lambda *what: told.append(what))
    assert interrupted_model.is_compiled
    assert [done for _, done, _ in told] == list(range(len(told))), "each part is told, and the end"
    assert told[-1][1] == told[-1][2]
    after_a_day = Simulation(interrupted_model, {"half": 1.0}).advance(1.0, [1.0])["x"][0, 0]
    assert after_a_day == pytest.approx(0.36788, abs=1e-5), "1/e"

    machine_code = {p: p.stat().st_mtime_ns for p in interrupted_model.code.rglob("*.nb?")}
    assert machine_code
    (tmp_path / "model.xml").write_text(sbml())
    again = subprocess.run(
        [sys.executable, "-c", AGAIN, str(tmp_path / "model.xml")], capture_output=True, text=True, check=True
    )
    assert again.stdout == "True []\n", "another process compiles nothing"
    assert machine_code == {p: p.stat().st_mtime_ns for p in interrupted_model.code.rglob("*.nb?")}
