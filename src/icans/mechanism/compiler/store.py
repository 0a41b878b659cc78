"""Compiled kernels on disk: each in a folder of its own, found again by what it was made from."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

import orjson

from icans.errors import DataError
from icans.mechanism.compiler.cuda_kernel import DRIVER as CUDA_DRIVER
from icans.mechanism.compiler.cuda_kernel import cuda_text
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
    """A digest of this compiler, on which everything on disk depends."""
    digest = hashlib.sha256()
    for path in (*sorted(ROOM.glob("*.py")), *DRIVER, *CUDA_DRIVER):
        digest.update(path.read_bytes())
    return digest.digest()


def place(made_from: bytes, method: Path = METHOD) -> Path:
    """The folder of the model that `made_from` says, whether it is there or not."""
    return folder() / f"model-{_digest(_compiler(), method.read_bytes(), made_from)}"


def kept(made_from: bytes, system: Callable[[], System], method: Path = METHOD) -> Path:
    """The folder of a model: `model.json` and `plain.py`; written first where it is not there yet.

    The kernel lies in a folder of its own (`model.json` names it), found by its text: models whose equations are the
    same share one, so that another value or another word in a table compiles nothing again. That of a graphics card
    gets such a folder when it is asked for; here lies its text.
    """
    where = place(made_from, method)
    if not (where / "model.json").exists():
        model = system()
        kernel = kernel_folder("kernel", kernel_text(model, method).encode())
        told = description(model) | {"kernel": kernel.name}
        printed = {"plain.py": plain_text(model).encode(), "cuda.py": cuda_text(model, method).encode()}
        _write(where, printed | {"model.json": orjson.dumps(told)})
    return where


def kernel_folder(name: str, text: bytes) -> Path:
    """The folder of a kernel with this text in NAME.py; name: "kernel" for the processor, "cuda" for a card."""
    import llvmlite.binding as llvm

    machine = f"{version('numba')} {llvm.get_host_cpu_name()} {llvm.get_process_triple()}"
    # What a kernel imports is not in its text.
    imported = (ROOM / {"kernel": "elementary.py", "cuda": "cuda_apart.py"}[name]).read_bytes()
    where = folder() / f"{name}-{_digest(machine.encode(), imported, text)}"
    if not (where / f"{name}.py").exists():
        _write(where, {f"{name}.py": text})
    return where


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:16]


def _draft(room: Path) -> Path:
    try:
        room.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix="making-", dir=room))
    except OSError as error:
        advice = "set ICANS_CACHE to a folder that can be written"
        raise DataError(f"{room}: compiled models cannot be kept there ({error.strerror}); {advice}") from None


def _write(where: Path, contents: Mapping[str, bytes]) -> None:
    """A folder with files in it, whole or not at all: an interruption or a second process does no harm.

    Raises DataError where nothing can be written.
    """
    draft = _draft(where.parent)
    try:
        for name, content in contents.items():
            (draft / name).write_bytes(content)
        draft.rename(where)
    except OSError:
        if not all((where / name).exists() for name in contents):
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


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
