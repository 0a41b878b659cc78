"""Compiled kernels for the tests, and their array of rows, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np

from icans.mechanism.compiler import store
from icans.mechanism.compiler.compiled import Compiled, compile_sbml
from icans.mechanism.simulation.model_loading import load
from mechanism.compiler.made_sbml import from_antimony

Array = np.ndarray[Any, np.dtype[np.float64]]


@contextmanager
def _alone() -> Iterator[None]:
    """One process of the tests compiles while the others wait, and then find it done."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    store.folder().mkdir(parents=True, exist_ok=True)
    with (store.folder() / "tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def ready(model: Compiled) -> Compiled:
    with _alone():
        model.compile()
    return model


@cache
def icans() -> Compiled:
    """The model of this package."""
    return ready(load())


@cache
def made(antimony: str) -> Compiled:
    """The kernel of a model written in Antimony."""
    return ready(compile_sbml(from_antimony(antimony)))


class Lanes:
    """The array that a group of patients shares: parameters are numbers, or one a lane."""

    def __init__(self, model: Compiled, **parameters: Any) -> None:
        self.model, self.kernel = model, model.kernel
        self.width = int(self.kernel.LANES)
        self.W: Array = np.zeros(self.kernel.ROWS * self.width)
        for block, told in (("PARAMETER", model.constants), ("INPUT", model.inputs)):
            for row, (name, value) in enumerate(told.items()):
                self.block(block, len(told))[row] = parameters.get(name, value)
        self.kernel.prepare(self.W)

    def block(self, name: str, rows: int | None = None) -> Array:
        """A block of rows, (rows, lanes), one a state unless said: a view, to read and to set."""
        count = int(self.kernel.STATES) if rows is None else rows
        first = int(getattr(self.kernel, name))
        return self.W[first : first + count * self.width].reshape((count, self.width))

    def put(self, states: Mapping[str, Any], time: Any = 0.0, block: str = "STATE") -> None:
        for name, value in states.items():
            self.block(block)[self.model.states.index(name)] = value
        self.block(block)[-1] = time

    def state(self, name: str, block: str = "STATE") -> Array:
        return self.block(block)[self.model.states.index(name)]

    def step(self, h: float) -> None:
        """One step of length h from STATE to NEXT, with what dense output needs."""
        self.block("STEP", 1)[:] = h
        self.kernel.begin(self.W)
        self.kernel.stages(self.W)
        self.kernel.interpolant(self.W)

    def between(self, s: float) -> Array:
        """The dense output at the fraction s of the step: Hairer & Wanner II, section IV.7."""
        first, last = self.block("STATE"), self.block("NEXT")
        return (1 - s) * first + s * (last + (1 - s) * (self.block("CUBIC") + s * self.block("QUARTIC")))
