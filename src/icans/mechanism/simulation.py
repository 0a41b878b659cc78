"""A simulation of many patients that can be stopped, looked at, treated, and gone on with."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import reduce
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from icans.errors import DataError
from icans.mechanism.compiler.compiled import Compiled
from icans.mechanism.compiling import ready
from icans.mechanism.dosing import Change, DoseTable, dose_table, per_patient
from icans.mechanism.gpu import integrate_on_gpu, on_gpu
from icans.mechanism.nearest import nearest
from icans.mechanism.trajectories import Array, Failure, Trajectories

RTOL = 1e-5
"""Relative tolerance of a step. With it the result is within 1e-4 of each state's maximum (see the manual)."""
MOST_STEPS = 100_000
CHUNK = 256
_REASONS = {
    1: "the step became shorter than time can tell; a value is not finite, or the equations have no solution here",
    2: f"more than {MOST_STEPS:,} steps were needed",
}

Progress = Callable[[int, int], None]
"""Called with how many patients are done and how many there are."""


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


class Simulation:
    """Patients of one model on their way through time.

    model       what to simulate
    parameters  name -> a number, or an array with one value a patient; what is not named has the model's value
    doses       for everybody, or one list a patient; more can be added with `give`
    begin       where time starts, in days; states: initial states (n_patients, n_states), by the model itself if None
    rtol        relative tolerance; threads: cores by default. The result does not depend on threads
    device      "cpu"; "gpu", a graphics card; or "auto": a card where there is one and the patients are many
    keep        keep patients that fail (their values are not a number from then on), instead of raising DataError

    `time` is where it stands, `states` (n_patients, n_states) and `inputs` how things are there.

    Raises DataError for names, values or shapes that do not fit, and for a dose before `begin`.
    """

    def __init__(
        self,
        model: Compiled,
        parameters: Mapping[str, Any],
        doses: Iterable[Change] | Sequence[Iterable[Change]] = (),
        *,
        begin: float = 0.0,
        states: Array | None = None,
        rtol: float = RTOL,
        threads: int | None = None,
        device: str = "cpu",
        keep: bool = False,
    ) -> None:
        self.model, self.rtol, self.keep, self.threads = model, rtol, keep, threads or cores()
        self.parameters = checked(model, parameters)
        self.count = count_of(self.parameters, 1 if states is None else len(states))
        self.on_gpu = on_gpu(device, self.count)
        self.time = begin
        self.doses = [list(self._timely(own)) for own in per_patient(doses, self.count)]
        self.states = model.initial(self.named(), self.count) if states is None else np.array(states, float)
        if self.states.shape != (self.count, len(model.states)):
            expected = f"{self.count} patients by {len(model.states)} states"
            raise DataError(f"the initial states have the shape {self.states.shape}; expected {expected}")
        if not (np.isfinite(rtol) and rtol > 0):
            raise DataError(f"the relative tolerance must be a number above 0, and it is {rtol:g}")
        self.inputs = self._stacked(model.inputs)
        self.failures: dict[int, Failure] = {}
        self._constants = self._stacked(model.constants)
        self._atol = model.tolerances(rtol)

    def _stacked(self, names: Iterable[str]) -> Array:
        """Values of parameters, shape (n_patients, n_names)."""
        columns = [np.broadcast_to(self.value(name), self.count) for name in names]
        return np.stack(columns, axis=1) if columns else np.zeros((self.count, 0))

    def value(self, name: str) -> Array:
        """A parameter's value, a number or one a patient."""
        told = {**self.model.constants, **self.model.inputs}
        return self.parameters.get(name, np.asarray(told[name], float))

    def named(self) -> dict[str, Array]:
        """Every parameter by name."""
        return {name: self.value(name) for name in (*self.model.constants, *self.model.inputs)}

    def give(self, doses: Iterable[Change], patients: Iterable[int] | None = None) -> None:
        """Add doses for some patients or for all. Raises DataError for a time that is past, or for no such patient."""
        added = self._timely(doses)
        treated = range(self.count) if patients is None else list(patients)
        if wrong := [patient for patient in treated if not 0 <= patient < self.count]:
            raise DataError(f"there is no patient {wrong[0]}; there are {self.count}, counted from 0")
        for patient in treated:
            self.doses[patient] += added

    def _timely(self, doses: Iterable[Change]) -> list[Change]:
        given = list(doses)
        if any(dose.time < self.time for dose in given):
            raise DataError(f"a dose cannot be given before day {self.time:.6g}, which is where the simulation stands")
        return given

    def advance(
        self,
        to: float,
        times: Sequence[float] | Array | None = None,
        outputs: Sequence[str] | None = None,
        progress: Progress | None = None,
    ) -> Trajectories:
        """Go on to day `to`; give `outputs` (all states and assigned quantities by default) at `times`.

        A value at the time of a dose is that from just before it; a dose at `to` is given when the simulation goes on.
        Raises DataError for names or times that do not fit, or (unless failures are kept) for a patient that fails.
        """
        if not np.isfinite(to) or to < self.time:
            raise DataError(f"day {to:g} cannot be reached: the simulation stands at day {self.time:.6g}")
        wanted = self.model.states + self.model.assigned if outputs is None else tuple(outputs)
        columns = Columns(self.model, wanted)
        grid = np.array([] if times is None else times, float)
        if not ((np.diff(grid) > 0).all() and (grid >= self.time).all() and (grid <= to).all()):
            raise DataError(f"output times must rise and lie between day {self.time:.6g} and day {to:.6g}")
        parts = [self._leg(until, grid[(grid >= a) & ((grid < until) | (until == to))], columns, progress)
                 for a, until in self._legs(to)]  # fmt: skip
        return reduce(Trajectories.then, parts)

    def _legs(self, to: float) -> list[tuple[float, float]]:
        """The stretches between the model's own events, which happen at times known beforehand."""
        from icans.mechanism.own_events import own_event_times

        stops = [t for t in own_event_times(self) if self.time < t < to]
        edges = [self.time, *stops, to]
        return list(pairwise(edges))

    def _leg(self, to: float, grid: Array, columns: Columns, progress: Progress | None) -> Trajectories:
        from icans.mechanism.own_events import apply_own_events

        if to > self.time:
            apply_own_events(self)
        if not self.on_gpu:
            ready(self.model)
        slots = (*self.model.states, *self.model.inputs)
        table = dose_table(self.doses, slots, self.time, to)
        values = np.full((self.count, grid.size, len(columns.names)), np.nan)
        steps = np.zeros(self.count, np.int64)
        run = _Chunks(self, to, grid, table, columns, values, steps)
        run.all(progress)
        self.time = to
        found = tuple(sorted(run.failures, key=lambda f: f.patient))
        if found and not self.keep:
            raise DataError(*map(str, found[:5]))
        new = tuple(f for f in found if f.patient not in self.failures)
        self.failures |= {f.patient: f for f in new}
        return Trajectories(grid, columns.names, values, new, steps)


class Columns:
    """Where each wanted output comes from: a state, an input, or an assigned quantity."""

    def __init__(self, model: Compiled, names: tuple[str, ...]) -> None:
        rows = {name: i for i, name in enumerate((*model.states, "time", *model.inputs))}
        seen = {name: i for i, name in enumerate(model.assigned)}
        for name in names:
            if name not in rows and name not in seen:
                raise DataError(f"the model has no quantity '{name}'; {nearest(name, [*rows, *seen])}")
        self.names = names
        self.direct = [(k, rows[n]) for k, n in enumerate(names) if n in rows]
        self.calculated = [(k, seen[n]) for k, n in enumerate(names) if n in seen]
        self.codes = np.array([rows[n] if n in rows else len(rows) + seen[n] for n in names], np.int64)


class _Chunks:
    """One stretch of time for all patients, some hundred at a time, on several threads."""

    def __init__(
        self, simulation: Simulation, to: float, grid: Array, table: DoseTable, columns: Columns, values: Array,
        steps: NDArray[np.int64],
    ) -> None:  # fmt: skip
        self.simulation, self.to, self.grid, self.table = simulation, to, grid, table
        self.columns, self.values, self.steps = columns, values, steps
        self.failures: list[Failure] = []

    def all(self, progress: Progress | None) -> None:
        if self.simulation.on_gpu:
            return self.on_card(progress)
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
        return None

    def chunk(self, first: int, last: int) -> int:
        """Integrate the patients `first` to `last`, fill in their outputs, and move their states on."""
        own, kernel, count = self.simulation, self.simulation.model.kernel, last - first
        dose_from = self.table.first[first : last + 1]
        parameters = np.concatenate([own._constants[first:last], own.inputs[first:last]], axis=1)
        width = own.states.shape[1] + 1 + own.inputs.shape[1]
        rows = np.full((count, self.grid.size, width), np.nan)
        end, failed = np.zeros((count, width)), np.zeros(count)
        status = np.zeros((count, 4), np.int64)
        kernel.integrate(
            0, count, own.time, self.to, self.grid, parameters, np.ascontiguousarray(own.states[first:last]),
            dose_from, self.table.time, self.table.slot, self.table.amount, own.rtol, own._atol, MOST_STEPS,
            rows, end, status, failed,
        )  # fmt: skip
        self.fill(first, last, parameters, rows)
        self.settle(first, last, end, status, failed)
        return count

    def on_card(self, progress: Progress | None) -> None:
        own, count = self.simulation, self.simulation.count
        parameters = np.concatenate([own._constants, own.inputs], axis=1)
        end, failed = np.zeros((count, own.states.shape[1] + 1 + own.inputs.shape[1])), np.zeros(count)
        status = np.zeros((count, 4), np.int64)
        integrate_on_gpu(
            own.model.cuda_kernel, 0, count, own.time, self.to, self.grid, parameters, own.states, self.table.first,
            self.table.time, self.table.slot, self.table.amount, own.rtol, own._atol, MOST_STEPS, self.columns.codes,
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
        names = (*self.simulation.model.states, "time")
        return names[int(state)]

    def fill(self, first: int, last: int, parameters: Array, rows: Array) -> None:
        for k, column in self.columns.direct:
            self.values[first:last, :, k] = rows[:, :, column]
        if self.columns.calculated and self.grid.size:
            places = np.array([column for _, column in self.columns.calculated], np.int64)
            seen = np.zeros((last - first, self.grid.size, places.size))
            self.simulation.model.kernel.observe_rows(0, last - first, parameters, rows, places, seen)
            # A condition on what is not a number would be false, and the rest of a formula a number again.
            seen[np.isnan(rows).any(axis=2)] = np.nan
            for i, (k, _) in enumerate(self.columns.calculated):
                self.values[first:last, :, k] = seen[:, :, i]


def checked(model: Compiled, parameters: Mapping[str, Any]) -> dict[str, Array]:
    """Parameters as arrays of one length. Raises DataError for unknown names, lengths or values that do not fit."""
    known = {*model.constants, *model.inputs}
    found: dict[str, Array] = {}
    for name, value in parameters.items():
        if name in model.derived:
            raise DataError(f"parameter '{name}' follows from others and cannot be set")
        if name not in known:
            raise DataError(f"the model has no parameter '{name}'; {nearest(name, known)}")
        try:
            found[name] = np.asarray(value, float)
        except (TypeError, ValueError):
            raise DataError(f"parameter '{name}' is not a number") from None
        if not np.isfinite(found[name]).all():
            raise DataError(f"parameter '{name}' is not a finite number")
    sizes = {v.size for v in found.values() if v.ndim}
    if len(sizes) > 1 or any(v.ndim > 1 for v in found.values()):
        raise DataError(f"parameters have values for different numbers of patients: {sorted(sizes)}")
    return found


def count_of(parameters: Mapping[str, Array], otherwise: int = 1) -> int:
    """How many patients checked parameters speak of; `otherwise` where each is one number for all."""
    return next((v.size for v in parameters.values() if v.ndim), otherwise)
