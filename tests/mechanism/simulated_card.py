"""A simulation on the processor, on a graphics card, or on Numba's simulator of a card, as the tests compare them.

Numba's simulator works only in a process that began with it: `on_simulated_card` starts one, which runs this file.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from icans.mechanism.compiler import cuda_layout
from icans.mechanism.compiler.compiled import compile_sbml
from icans.mechanism.simulation import gpu
from icans.mechanism.simulation.model_loading import load
from icans.mechanism.simulation.patients import Simulation
from icans.mechanism.treatment.regimen import Dose
from mechanism.compiler.made_sbml import from_antimony


@dataclass(frozen=True)
class Asked:
    """What to simulate, and how the card does it.

    model    in Antimony; "" for that of this package
    stops    where the simulation stops and goes on again, the end as the last
    beside   bytes that a block of threads has beside it
    """

    model: str
    parameters: Mapping[str, Any]
    stops: Sequence[float]
    times: Sequence[float] = ()
    outputs: Sequence[str] = ()
    doses: Sequence[Dose] = ()
    chunk: int = gpu.CHUNK
    beside: int = cuda_layout.NEAR_BYTES


@dataclass(frozen=True)
class Found:
    """values (patients, times, outputs), states at the end, accepted steps, failures in words, what progress said."""

    values: np.ndarray
    states: np.ndarray
    steps: np.ndarray
    failures: list[str]
    progress: list[tuple[int, int]]


def simulated(asked: Asked, device: str) -> Found:
    """In this process, on "cpu" or "gpu"."""
    model = compile_sbml(from_antimony(asked.model)) if asked.model else load()
    run = Simulation(model, asked.parameters, asked.doses, device=device, keep=True)
    grid, told = np.array(asked.times), []
    parts = []
    for to in asked.stops:
        inside = (grid >= run.time) & ((grid < to) | (to == asked.stops[-1]))
        parts.append(run.advance(to, grid[inside], asked.outputs, lambda done, count: told.append((done, count))))
    values = np.concatenate([part.values for part in parts], axis=1)
    steps = np.sum([part.steps for part in parts], axis=0)
    return Found(values, run.states, steps, [str(f) for part in parts for f in part.failures], told)


def on_simulated_card(asked: Asked) -> Found:
    """In a process of its own, on Numba's simulator of a card."""
    process = subprocess.run(
        # A step that is too long overflows and is tried again, shorter; the simulated card then speaks as NumPy does.
        [sys.executable, "-W", "error", "-W", "ignore:overflow", "-W", "ignore:invalid value", __file__],
        input=pickle.dumps(asked),
        capture_output=True,
        env=os.environ | {"NUMBA_ENABLE_CUDASIM": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert process.returncode == 0, process.stderr.decode()
    return pickle.loads(process.stdout)


if __name__ == "__main__":
    # Pickle looks for the classes above under the name by which the tests know this file.
    from mechanism import simulated_card

    wanted = pickle.load(sys.stdin.buffer)
    gpu.CHUNK, cuda_layout.NEAR_BYTES = wanted.chunk, wanted.beside
    sys.stdout.buffer.write(pickle.dumps(simulated_card.simulated(wanted, "gpu")))
