"""Compiled kernels on disk: each in a folder of its own, found again by what it was made from."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

import orjson

from icans.mechanism.compiler.kernel import DRIVER, METHOD, kernel_text
from icans.mechanism.compiler.plain import plain_text
from icans.mechanism.compiler.system import System

ROOM = Path(__file__).parent


def folder() -> Path:
    """Where kernels are kept: ICANS_CACHE, or the user's cache folder."""
    if told := os.environ.get("ICANS_CACHE"):
        return Path(told)
    from platformdirs import user_cache_path

    return user_cache_path("icans")


@cache
def _compiler() -> bytes:
    """A digest of all that a kernel depends on besides its model: this compiler, Numba, the processor."""
    import llvmlite.binding as llvm

    digest = hashlib.sha256()
    shaping = [path for path in sorted(ROOM.glob("*.py")) if path.name not in ("store.py", "compiled.py")]
    for path in (*shaping, *DRIVER):
        digest.update(path.read_bytes())
    digest.update(f"{version('numba')} {llvm.get_host_cpu_name()} {llvm.get_process_triple()}".encode())
    return digest.digest()


def place(made_from: bytes, method: Path = METHOD) -> Path:
    """The folder of the kernel of what `made_from` says, whether it is there or not."""
    digest = hashlib.sha256(_compiler() + method.read_bytes() + made_from)
    return folder() / f"kernel-{digest.hexdigest()[:16]}"


def kept(made_from: bytes, system: Callable[[], System], method: Path = METHOD) -> Path:
    """The folder with `kernel.py`, `plain.py` and `model.json`; written first where it is not there yet.

    It appears whole or not at all, so that an interruption or a second process does no harm.
    """
    where = place(made_from, method)
    if (where / "model.json").exists():
        return where
    model = system()
    where.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix="making-", dir=where.parent))
    try:
        for name, content in _files(model, method):
            (draft / name).write_bytes(content)
        draft.rename(where)
    except OSError:
        if not (where / "model.json").exists():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return where


def _files(model: System, method: Path) -> Iterator[tuple[str, bytes]]:
    yield "kernel.py", kernel_text(model, method).encode()
    yield "plain.py", plain_text(model).encode()
    yield "model.json", orjson.dumps(description(model))


def description(model: System) -> dict[str, object]:
    """What a caller has to know of a model: its names, values and units."""
    return {
        "name": model.name,
        "states": list(model.state_names),
        "units": {s.name: s.unit for s in model.states},
        "assigned": list(model.assigned),
        "constants": {p.name: p.value for p in model.constants},
        "inputs": {p.name: p.value for p in model.inputs},
        "derived": list(model.derived),
        "events": len(model.events),
    }
