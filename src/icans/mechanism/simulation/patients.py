"""A simulation of many patients that can be stopped, looked at, treated, and gone on with."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import pairwise
from typing import Any

import numpy as np

from icans.errors import DataError
from icans.mechanism.compiler.compiled import Compiled
from icans.mechanism.simulation.columns import Columns
from icans.mechanism.simulation.compiling import ready
from icans.mechanism.simulation.dosing import Change, per_patient
from icans.mechanism.simulation.given import checked, count_of, positive
from icans.mechanism.simulation.gpu import on_gpu
from icans.mechanism.simulation.stretch import Progress, Stretch
from icans.mechanism.simulation.trajectories import Array, Failure, Trajectories

RTOL = 3e-6
"""Relative tolerance of a step. With it 99 in 100 virtual patients are within 1e-4 of every state's maximum."""


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
        self.model, self.keep, self.time = model, keep, float(begin)
        self.rtol = positive("the relative tolerance", rtol)
        self.threads = cores() if threads is None else int(positive("the number of threads", threads))
        self.parameters = checked(model, parameters)
        given = per_patient(doses)
        people = len(given) if isinstance(given, list) else 1
        self.count = count_of(self.parameters, people if states is None or len(states) == 1 else len(states))
        self.doses = given if isinstance(given, list) else [given] * self.count
        if len(self.doses) != self.count:
            raise DataError(f"there are doses for {people} patients, but {self.count} patients")
        for own in {id(own): own for own in self.doses}.values():
            self._check_times(own)
        self.on_gpu = on_gpu(device, self.count)
        self.states = self._start(states)
        self.inputs = self._stacked(model.inputs)
        self.failures: dict[int, Failure] = {}
        self.untold: tuple[Failure, ...] = ()
        self.constants = self._stacked(model.constants)
        self.atol = model.tolerances(rtol)

    def _start(self, states: Array | None) -> Array:
        """The initial states, (n_patients, n_states); one row is for everybody."""
        if states is None:
            return self.model.initial(self.named(), self.count)
        given = np.array(states, float)
        shape = (self.count, len(self.model.states))
        if given.shape not in ((1, shape[1]), shape):
            expected = f"{shape[0]} patients by {shape[1]} states"
            raise DataError(f"the initial states have the shape {given.shape}; expected {expected}")
        return np.broadcast_to(given, shape).copy()

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
        added = tuple(doses)
        self._check_times(added)
        treated = range(self.count) if patients is None else list(patients)
        if wrong := [patient for patient in treated if not 0 <= patient < self.count]:
            raise DataError(f"there is no patient {wrong[0]}; there are {self.count}, counted from 0")
        for patient in treated:
            self.doses[patient] = (*self.doses[patient], *added)

    def _check_times(self, doses: Iterable[Change]) -> None:
        if any(dose.time < self.time for dose in doses):
            raise DataError(f"a dose cannot be given before day {self.time:.6g}, which is where the simulation stands")

    def advance(
        self,
        to: float,
        times: Sequence[float] | Array | None = None,
        outputs: Sequence[str] | None = None,
        progress: Progress | None = None,
    ) -> Trajectories:
        """Go on to day `to`; give `outputs` (all states and assigned quantities by default) at `times`.

        A value at the time of a dose is that from just before it; a dose at `to` is given when the simulation goes on.
        A value at the time of an event of the model is that from just after it.

        Raises DataError for names or times that do not fit, or (unless failures are kept) for a patient that fails.
        """
        to = float(to)
        if not np.isfinite(to) or to < self.time:
            raise DataError(f"day {to:g} cannot be reached: the simulation stands at day {self.time:.6g}")
        if isinstance(outputs, str):
            raise DataError(f"outputs are a list of names, as ['{outputs}'], and this is one text")
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
        from icans.mechanism.simulation.own_events import own_event_times

        stops = [t for t in own_event_times(self) if self.time < t < to]
        edges = [self.time, *stops, to]
        return list(pairwise(edges))

    def _leg(self, to: float, grid: Array, columns: Columns, progress: Progress | None) -> Trajectories:
        from icans.mechanism.simulation.own_events import apply_own_events

        if to > self.time:
            apply_own_events(self)
        if not self.on_gpu:
            ready(self.model)
        stretch = Stretch(self, to, grid, columns)
        stretch.run(progress)
        self.time = to
        if stretch.failures and not self.keep:
            raise DataError(*map(str, stretch.failures[:5]))
        new = (*self.untold, *(f for f in stretch.failures if f.patient not in self.failures))
        self.failures |= {f.patient: f for f in new}
        self.untold = ()
        return Trajectories(grid, columns.names, stretch.values, new, stretch.steps)
