"""A compiled model: its names and values, and its kernels ready to run."""

from __future__ import annotations

import importlib.util
import pickle
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from icans.errors import DataError
from icans.mechanism.compiler import store
from icans.mechanism.compiler.kernel import METHOD
from icans.mechanism.compiler.system import System

Array = NDArray[np.float64]
Tell = Callable[[str, int, int], None]
"""Called with what is being compiled, how many parts are done, and how many there are."""

_ROW = "float64[::1]"
_INTEGRATE = (
    "void(int64, int64, float64, float64, float64[::1], float64[:,::1], float64[:,::1], int64[::1], float64[::1],"
    " int64[::1], float64[::1], float64, float64[::1], int64, float64[:,:,::1], float64[:,::1], int64[:,::1],"
    " float64[::1])"
)
_OBSERVE = "void(int64, int64, float64[:,::1], float64[:,:,::1], int64[::1], float64[:,:,::1])"
_PARTS = (
    ("prepare", f"void({_ROW})"), ("rates", f"void({_ROW})"), ("linearise", f"void({_ROW})"),
    ("solve", f"void({_ROW})"), ("observe", f"void({_ROW})"), ("integrate", _INTEGRATE), ("observe_rows", _OBSERVE),
)  # fmt: skip


@dataclass(frozen=True)
class Compiled:
    """A model that can be run.

    where    the folder of what is known of it; code: that of its kernel
    states, assigned (calculated quantities), constants and inputs (parameter -> value), derived (parameters that
    follow from others), events (how many)
    """

    where: Path
    code: Path
    name: str
    states: tuple[str, ...]
    units: Mapping[str, str]
    assigned: tuple[str, ...]
    constants: Mapping[str, float]
    inputs: Mapping[str, float]
    derived: tuple[str, ...]
    events: int

    @cached_property
    def plain(self) -> ModuleType:
        """The NumPy version: `initial`, `rates`, `assigned`, events."""
        return _module(self.where / "plain.py")

    @cached_property
    def kernel(self) -> ModuleType:
        """The kernel's module, as it is: nothing is compiled by asking for it."""
        return _module(self.code / "kernel.py")

    @cached_property
    def cuda_kernel(self) -> ModuleType:
        """The kernel's module for a graphics card; Numba compiles it when it is first called, for about a minute."""
        text = (self.where / "cuda.py").read_bytes()
        return _module(store.kernel_folder("cuda", text) / "cuda.py")

    @property
    def is_compiled(self) -> bool:
        """Whether its machine code is on disk."""
        return (self.code / "ready").exists()

    def compile(self, tell: Tell | None = None) -> None:
        """Compile what is not on disk yet, telling about each part; or load it."""
        from numba.core.sigutils import normalize_signature

        parts = _PARTS[-2:] if self.is_compiled else _PARTS
        for done, (part, signature) in enumerate(parts):
            if tell and not self.is_compiled:
                tell(part, done, len(parts))
            try:
                getattr(self.kernel, part).compile(normalize_signature(signature)[0])
            except (AttributeError, EOFError, SyntaxError, pickle.UnpicklingError) as error:
                raise _damaged(self.code, error) from None
        if not self.is_compiled:
            (self.code / "ready").touch()
            if tell:
                tell("", len(parts), len(parts))

    def initial(self, parameters: Mapping[str, Any], count: int) -> Array:
        """Initial states, (count, states), of patients with these parameters (numbers or arrays of `count`)."""
        with np.errstate(all="ignore"):
            columns = self.plain.initial({name: np.asarray(value, float) for name, value in parameters.items()})
        return np.stack([np.broadcast_to(np.asarray(c, float), count) for c in columns], axis=1)

    def tolerances(self, rtol: float) -> Array:
        """Absolute tolerances, time last: 1e-4 of rtol, times each state's usual size.

        That is its initial value with default parameters; for one that starts at zero, 1 or, if that is smaller, the
        smallest initial value of all. Our assumption, which keeps rounding at rest from shortening steps.
        """
        first = np.abs(self.initial({**self.constants, **self.inputs}, 1)[0])
        smallest = float(np.min(first[first > 0.0], initial=1.0))
        sizes = np.where(first > 0.0, first, smallest)
        return np.append(sizes, 1.0) * rtol * 1e-4


def compiled(made_from: bytes, system: Callable[[], System], method: Path = METHOD) -> Compiled:
    """The compiled model of what `made_from` says; `system` is asked only where nothing is on disk yet."""
    where = store.kept(made_from, system, method)
    try:
        told = orjson.loads((where / "model.json").read_bytes())
        lists = {name: tuple(told.pop(name)) for name in ("states", "assigned", "derived")}
        found = Compiled(where=where, code=where.with_name(told.pop("kernel")), **lists, **told)
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(where, error) from None
    if not (found.code / "kernel.py").exists():
        raise _damaged(where, FileNotFoundError(found.code.name))
    return found


def _damaged(folder: Path, error: Exception) -> DataError:
    reason = f"{type(error).__name__}: {error}"
    return DataError(
        f"{folder}: what is kept of the compiled model is damaged ({reason}); delete {folder.parent} and try again"
    )


def compile_sbml(text: str, name: str = "the model", method: Path = METHOD) -> Compiled:
    """The compiled model of an SBML document; see `read_sbml` for what is refused."""
    from icans.mechanism.compiler.sbml import read_sbml

    return compiled(text.encode(), lambda: read_sbml(text, name), method)


def _module(path: Path) -> ModuleType:
    name = f"{path.parent.name.replace('-', '_')}_{path.stem}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]
