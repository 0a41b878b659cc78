"""The steady state in which a patient is when the cells come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from icans.errors import DataError
from icans.mechanism.compiler.compiled import Compiled
from icans.mechanism.simulation.given import checked, count_of
from icans.mechanism.simulation.patients import RTOL, Simulation
from icans.mechanism.simulation.trajectories import Array, Failure


@cache
def _told() -> Mapping[str, Any]:
    return yaml.safe_load(files("icans.mechanism.simulation").joinpath("start.yaml").read_text("utf-8"))


def steady_start(
    model: Compiled,
    parameters: Mapping[str, Any],
    *,
    rtol: float = RTOL,
    threads: int | None = None,
    device: str = "cpu",
    keep: bool = False,
) -> tuple[Array, tuple[Failure, ...]]:
    """The states at day 0, shape (n_patients, n_states), and who failed before it, if kept (his are not a number).

    Patients whose body is not at rest without tumour and cells (a chronic insult of the endothelium, few platelets,
    inflammation before the infusion) are run for 60 days like that, untreated; the others start where the model says.
    What depends on tumour or cells then gets its value for day 0. See start.yaml.

    Raises DataError for parameters that do not fit, or (unless kept) for a patient who fails before day 0.
    """
    told = _told()
    given = checked(model, parameters)
    count = count_of(given)
    named = {**model.constants, **model.inputs, **given}
    without = {**named, **dict.fromkeys(told["absent"], 0.0)}
    first, alone = model.initial(named, count), model.initial(without, count)
    reset = [model.states.index(name) for name in told["reset"]]
    with np.errstate(all="ignore"):  # who cannot be simulated is found, and named, by the simulation
        rates = model.plain.rates(0.0, alone.T, without)
    speed = np.stack([np.broadcast_to(r, count) for r in rates], axis=1)
    speed[:, reset] = 0.0
    resting = np.abs(speed) <= told["rest"] * np.maximum(np.abs(alone), 1.0)
    moving = np.flatnonzero(~resting.all(axis=1))
    failures: tuple[Failure, ...] = ()
    if moving.size:
        alone[moving], failures = _run_in(model, given, alone, moving, rtol, threads, device)
        if failures and not keep:
            raise DataError(*map(str, failures[:5]))
        alone[:, reset] = first[:, reset]
    depends = first != model.initial(without, count)
    at_day_0 = np.where(depends, first, alone)
    at_day_0[np.isnan(alone).any(axis=1)] = np.nan
    return at_day_0, failures


def _run_in(
    model: Compiled, given: Mapping[str, Array], states: Array, moving: NDArray[np.intp], rtol: float,
    threads: int | None, device: str,
) -> tuple[Array, tuple[Failure, ...]]:  # fmt: skip
    """The states of the patients `moving` after their days without tumour and cells, and who of them failed."""
    told = _told()
    own = {name: value[moving] if value.ndim else value for name, value in given.items()}
    own |= {name: np.zeros(moving.size) for name in told["absent"]}
    begin = -float(told["run_in_days"])
    run = Simulation(
        model, own, begin=begin, states=states[moving], rtol=rtol, threads=threads, device=device, keep=True
    )
    run.advance(0.0)
    return run.states, tuple(replace(f, patient=int(moving[f.patient])) for f in run.failures.values())
