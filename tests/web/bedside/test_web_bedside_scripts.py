"""The scripts of the bedside pages: their own tests run in Node, and they name what the pages have."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1] / "js"
STATIC = files("icans.web").joinpath("static")
TEMPLATES = files("icans.web").joinpath("templates")
SCRIPTS = sorted(f.name for f in STATIC.iterdir() if re.match(r"(bedside|outbox).*\.js$", f.name))


def node() -> str | None:
    """A Node that takes a plain .js file for a module, which it is: 20.19 and later."""
    found = shutil.which("node")
    if found is None:
        return None
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    major, minor = (int(n) for n in said.strip().lstrip("v").split(".")[:2])
    return found if (major, minor) >= (20, 19) and major != 21 else None


@pytest.mark.skipif(node() is None, reason="needs Node 20.19 or later")
@pytest.mark.parametrize("file", sorted(TESTS.glob("*.mjs")), ids=lambda p: p.name)
def test_the_scripts_pass_their_own_tests(file: Path):
    done = subprocess.run([node() or "", "--test", str(file)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_uses_nothing_that_the_content_policy_or_escaping_forbids(name: str):
    text = STATIC.joinpath(name).read_text(encoding="utf-8")
    assert not re.search(
        r"\beval\b|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write|https?://", text
    )
    assert text.count("\n") <= 300


def test_every_part_that_a_script_asks_for_is_on_the_page():
    pages = "".join(
        f.read_text(encoding="utf-8") for f in TEMPLATES.iterdir() if f.name.startswith(("ice", "capd", "bedside"))
    )
    screen, result, main = (
        STATIC.joinpath(f"{n}.js").read_text() for n in ("bedside_screen", "bedside_result", "bedside")
    )
    for name in set(re.findall(r'part\("([\w-]+)"\)', screen + main)):
        assert f'data-part="{name}"' in pages, name
    for name in set(re.findall(r'(?:part|list)\("([\w-]+)"', result)):
        assert f'data-result="{name}"' in pages, name
    taps = set(re.findall(r"^  (\w+)(?:: | => |,$)", main.split("const TAPS = {")[1].split("\n};")[0], flags=re.M))
    assert set(re.findall(r'data-tap="(\w+)"', pages)) == taps


def test_only_opaque_ids_and_answers_are_kept_in_the_browser():
    text = "".join(STATIC.joinpath(name).read_text(encoding="utf-8") for name in SCRIPTS)
    keys = set(re.findall(r'PREFIX = "([^"]+)"', text))
    assert keys == {"icans.draft.", "icans.outbox."}
    assert "sessionStorage" not in text
    assert "indexedDB" not in text
