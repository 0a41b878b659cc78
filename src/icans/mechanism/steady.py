"""The steady state in which a patient is when the cells come."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import yaml

from icans.mechanism.compiler.compiled import Compiled
from icans.mechanism.simulation import RTOL, Simulation, checked
from icans.mechanism.trajectories import Array


@cache
def _told() -> Mapping[str, Any]:
    return yaml.safe_load(files("icans.mechanism").joinpath("start.yaml").read_text("utf-8"))


def steady_start(
    model: Compiled, parameters: Mapping[str, Any], *, rtol: float = RTOL, threads: int | None = None
) -> Array:
    """The states at day 0, shape (n_patients, n_states).

    Patients whose body is not at rest without tumour and cells (a chronic insult of the endothelium, few platelets,
    inflammation before the infusion) are run for 60 days like that, untreated; the others start where the model says.
    What depends on tumour or cells then gets its value for day 0. See start.yaml.
    """
    told = _told()
    given = checked(model, parameters)
    count = max((v.size for v in given.values()), default=1)
    named = {**model.constants, **model.inputs, **given}
    without = {**named, **dict.fromkeys(told["absent"], 0.0)}
    first, alone = model.initial(named, count), model.initial(without, count)
    reset = [model.states.index(name) for name in told["reset"]]
    speed = np.stack([np.broadcast_to(r, count) for r in model.plain.rates(0.0, alone.T, without)], axis=1)
    speed[:, reset] = 0.0
    moving = np.flatnonzero((np.abs(speed) > told["rest"] * np.maximum(np.abs(alone), 1.0)).any(axis=1))
    if moving.size:
        own = {name: value[moving] if np.ndim(value) else value for name, value in given.items()}
        own |= {name: np.zeros(moving.size) for name in told["absent"]}
        run = Simulation(
            model, own, begin=-float(told["run_in_days"]), states=alone[moving], rtol=rtol, threads=threads
        )
        run.advance(0.0)
        alone[moving] = run.states
        alone[:, reset] = first[:, reset]
    depends = first != model.initial(without, count)
    return np.where(depends, first, alone)
