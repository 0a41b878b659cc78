"""Packages that tests run under Node: an OpenID provider, axe-core. Installed once, outside the working tree."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import platformdirs
import pytest

MANIFEST = Path(__file__).parent / "node" / "package.json"
LOCK = MANIFEST.with_name("package-lock.json")
_LONGEST = 300


def node_packages(*names: str) -> Path:
    """The folder `node_modules` in which the named packages of tests/node/package.json are.

    ICANS_NODE_MODULES  such a folder, where one is there already
    ICANS_REQUIRE       with `node` in it a test fails, rather than being skipped, where they cannot be had
    """
    unknown = set(names) - set(json.loads(MANIFEST.read_text("utf-8"))["dependencies"])
    assert not unknown, f"tests/node/package.json does not name {', '.join(sorted(unknown))}"
    given = os.environ.get("ICANS_NODE_MODULES")
    modules = Path(given) if given else _installed()
    lacking = [name for name in names if not (modules / name / "package.json").exists()]
    if lacking:
        absent(f"{', '.join(lacking)} is not in {modules}")
    return modules


def node() -> str:
    """The command that runs JavaScript."""
    found = shutil.which("node")
    return found or absent("Node is not installed (command node)")


def absent(why: str) -> str:
    """Skip the test, or fail it where Node is required. Never returns."""
    if "node" in os.environ.get("ICANS_REQUIRE", "").replace(",", " ").split():
        pytest.fail(f"ICANS_REQUIRE wants Node: {why}")
    pytest.skip(why)


def _installed() -> Path:
    """The packages in the user's cache, under the digest of what is wanted; installed where they are not there yet."""
    wanted = hashlib.sha256(MANIFEST.read_bytes() + LOCK.read_bytes()).hexdigest()[:16]
    cache = platformdirs.user_cache_path("icans") / "test-node"
    place = cache / wanted
    if not place.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as made:
            _install(Path(made))
            try:
                # All or nothing, also where two test processes come at the same time.
                (Path(made) / "node").rename(place)
            except OSError:
                if not place.exists():
                    raise
    return place / "node_modules"


def _install(folder: Path) -> None:
    npm, target = shutil.which("npm"), folder / "node"
    node()
    if npm is None:
        absent("npm is not installed")
        return
    target.mkdir()
    for file in (MANIFEST, LOCK):
        shutil.copy(file, target)
    command = [npm, "ci", "--prefix", str(target), "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(command, cwd=target, capture_output=True, text=True, timeout=_LONGEST)
    except subprocess.TimeoutExpired:
        absent(f"npm ci took more than {_LONGEST} s")
        return
    if done.returncode:
        reasons = [line for line in done.stderr.splitlines() if "complete log" not in line]
        absent(f"npm ci could not install the packages: {' '.join(reasons)[:300]}")
