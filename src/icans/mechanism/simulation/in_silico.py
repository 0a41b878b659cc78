"""Simulate virtual patients: the front door of the mechanism."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from icans.mechanism.simulation.dosing import Change
from icans.mechanism.simulation.given import positive
from icans.mechanism.simulation.model_loading import load
from icans.mechanism.simulation.patients import RTOL, Simulation
from icans.mechanism.simulation.steady import steady_start
from icans.mechanism.simulation.stretch import Progress
from icans.mechanism.simulation.trajectories import Array, Trajectories


def start(
    parameters: Mapping[str, Any],
    doses: Iterable[Change] | Sequence[Iterable[Change]] = (),
    *,
    rtol: float = RTOL,
    threads: int | None = None,
    device: str = "cpu",
    keep: bool = False,
) -> Simulation:
    """Virtual patients at day 0, in the steady state of their covariates, ready to `advance` and to be treated.

    parameters  name -> number or array over patients: changes to the table's values (`products.product("cd28")`)
    doses       for all, or one list a patient; `regimen.doses` reads them from text
    device      where to calculate: see `Simulation`
    """
    model = load()
    states, failures = steady_start(model, parameters, rtol=rtol, threads=threads, device=device, keep=keep)
    run = Simulation(model, parameters, doses, states=states, rtol=rtol, threads=threads, device=device, keep=keep)
    run.failures, run.untold = {f.patient: f for f in failures}, failures
    return run


def simulate(
    parameters: Mapping[str, Any],
    doses: Iterable[Change] | Sequence[Iterable[Change]] = (),
    *,
    days: float = 30.0,
    times: Sequence[float] | Array | None = None,
    outputs: Sequence[str] | None = None,
    rtol: float = RTOL,
    threads: int | None = None,
    device: str = "cpu",
    keep: bool = False,
    progress: Progress | None = None,
) -> Trajectories:
    """Simulate virtual patients from the infusion on.

    parameters  name -> number or array over patients: changes to the table's values
    doses       for everybody, or one list a patient
    days        how long; times: when to look (every 6 h by default); outputs: what (everything by default)
    rtol        relative tolerance of the steps; threads: how many cores; keep: keep patients that fail
    device      "cpu", "gpu" or "auto": where to calculate; see `Simulation`

    Raises DataError for unknown names, values that are not finite, days that are not positive, failures.

        trajectories = simulate(product("cd28") | {"burden": [25.0, 200.0]}, doses("tocilizumab 8 mg/kg day 3", 80.0))
        trajectories["IL6"].max(axis=1)
    """
    days = positive("days", days)
    grid = np.linspace(0.0, days, max(round(days * 4), 1) + 1) if times is None else np.asarray(times, float)
    run = start(parameters, doses, rtol=rtol, threads=threads, device=device, keep=keep)
    return run.advance(days, grid, outputs, progress)
