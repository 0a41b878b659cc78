"""One stretch of time of a simulation: all patients, some hundred at a time on several threads, or on a card."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from icans.mechanism.simulation.columns import Columns
from icans.mechanism.simulation.dosing import dose_table
from icans.mechanism.simulation.gpu import integrate_on_gpu
from icans.mechanism.simulation.trajectories import Array, Failure

if TYPE_CHECKING:
    from icans.mechanism.simulation.patients import Simulation

MOST_STEPS = 100_000
CHUNK = 256
_REASONS = {
    1: "the step became shorter than time can tell; a value is not finite, or the equations have no solution here",
    2: f"more than {MOST_STEPS:,} steps were needed",
}

Progress = Callable[[int, int], None]
"""Called with how many patients are done and how many there are."""


class Stretch:
    """From where a simulation stands to `to`. After `run`: values (n_patients, n_times, n_names), steps, failures."""

    def __init__(self, simulation: Simulation, to: float, grid: Array, columns: Columns) -> None:
        self.simulation, self.to, self.grid, self.columns = simulation, to, grid, columns
        model = simulation.model
        self.table = dose_table(simulation.doses, model.states, tuple(model.inputs), simulation.time, to)
        self.values = np.empty((simulation.count, grid.size, len(columns.names)))
        self.steps = np.zeros(simulation.count, np.int64)
        self.failures: list[Failure] = []
        self.rooms = threading.local()

    def run(self, progress: Progress | None) -> None:
        """Integrate every patient; the simulation's states and inputs move on."""
        if self.simulation.on_gpu:
            self.on_card(progress)
        else:
            self.on_cores(progress)
        self.failures.sort(key=lambda failure: failure.patient)

    def on_cores(self, progress: Progress | None) -> None:
        """Chunks on threads; the kernels let the interpreter's lock go."""
        count, threads = self.simulation.count, self.simulation.threads
        size = max(1, min(CHUNK, -(-count // threads)))
        spans = [(first, min(first + size, count)) for first in range(0, count, size)]
        pool = ThreadPoolExecutor(threads)
        try:
            done = 0
            for future in as_completed([pool.submit(self.chunk, *span) for span in spans]):
                done += future.result()
                if progress:
                    progress(done, count)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def room(self, width: int) -> Array:
        """Rows for a chunk, one array a thread for all its chunks: getting new memory takes as long as filling it."""
        if not hasattr(self.rooms, "rows"):
            self.rooms.rows = np.empty((min(CHUNK, self.simulation.count), self.grid.size, width))
        return self.rooms.rows

    def chunk(self, first: int, last: int) -> int:
        """Integrate the patients `first` to `last`, fill in their outputs, and move their states on."""
        own, kernel, count = self.simulation, self.simulation.model.kernel, last - first
        dose_from = self.table.first[first : last + 1]
        parameters = np.concatenate([own.constants[first:last], own.inputs[first:last]], axis=1)
        width = own.states.shape[1] + 1 + own.inputs.shape[1]
        rows = self.room(width)[:count]
        end, failed = np.zeros((count, width)), np.zeros(count)
        status = np.zeros((count, 4), np.int64)
        kernel.integrate(
            0, count, own.time, self.to, self.grid, parameters, np.ascontiguousarray(own.states[first:last]),
            dose_from, self.table.time, self.table.slot, self.table.amount, own.rtol, own.atol, MOST_STEPS,
            rows, end, status, failed,
        )  # fmt: skip
        self.fill(first, last, parameters, rows)
        self.settle(first, last, end, status, failed)
        return count

    def on_card(self, progress: Progress | None) -> None:
        """Everybody on the graphics card."""
        own, count = self.simulation, self.simulation.count
        parameters = np.concatenate([own.constants, own.inputs], axis=1)
        end, failed = np.zeros((count, own.states.shape[1] + 1 + own.inputs.shape[1])), np.zeros(count)
        status = np.zeros((count, 4), np.int64)
        integrate_on_gpu(
            own.model.cuda_kernel, 0, count, own.time, self.to, self.grid, parameters, own.states, self.table.first,
            self.table.time, self.table.slot, self.table.amount, own.rtol, own.atol, MOST_STEPS, self.columns.codes,
            self.values, end, status, failed, progress,
        )  # fmt: skip
        self.settle(0, count, end, status, failed)

    def settle(self, first: int, last: int, end: Array, status: NDArray[np.int64], failed: Array) -> None:
        """Move the patients `first` to `last` on to their ends, and note who failed."""
        own, states = self.simulation, self.simulation.states.shape[1]
        end[status[:, 0] != 0, :states] = np.nan  # so that nobody goes on from where he failed
        own.states[first:last], own.inputs[first:last] = end[:, :states], end[:, states + 1 :]
        self.steps[first:last] = status[:, 2]
        self.failures += [
            Failure(first + int(p), float(failed[p]), self.name(status[p, 1]), _REASONS[int(status[p, 0])])
            for p in np.flatnonzero(status[:, 0])
        ]

    def name(self, state: int) -> str:
        """Which state a kernel means by a number."""
        names = (*self.simulation.model.states, "time")
        return names[int(state)]

    def fill(self, first: int, last: int, parameters: Array, rows: Array) -> None:
        """The wanted outputs of the patients `first` to `last`, from their rows of states."""
        wanted, values = self.columns, self.values[first:last]
        if not wanted.seen.size:
            np.take(rows, wanted.codes, axis=2, out=values, mode="clip")  # nothing to clip: it spares a copy
        elif self.grid.size:
            seen = np.zeros((last - first, self.grid.size, wanted.seen.size))
            self.simulation.model.kernel.observe_rows(0, last - first, parameters, rows, wanted.seen, seen)
            # A condition on what is not a number would be false, and the rest of a formula a number again.
            seen[np.isnan(rows).any(axis=2)] = np.nan
            values[:, :, wanted.is_seen] = seen
            values[:, :, ~wanted.is_seen] = rows[:, :, wanted.codes[~wanted.is_seen]]
