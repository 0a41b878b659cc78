"""Events that an SBML model brings along: changes at times that follow from its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from icans.errors import DataError

if TYPE_CHECKING:
    from icans.mechanism.simulation.patients import Simulation


def own_event_times(simulation: Simulation) -> list[float]:
    """The times of the model's events, rising. Raises DataError where they differ between patients."""
    return sorted(set(_times(simulation)))


def _times(simulation: Simulation) -> list[float]:
    if not simulation.model.events:
        return []
    found = []
    for k, time in enumerate(simulation.model.plain.event_times(simulation.named())):
        values = np.unique(np.asarray(time, float))
        if values.size > 1:
            raise DataError(f"event {k + 1} of the model happens at different times in different patients")
        found.append(float(values[0]))
    return found


def apply_own_events(simulation: Simulation) -> None:
    """Let the events happen that are due where the simulation stands, all from the values before them.

    One whose trigger is true from the very start does not happen: in SBML it has to turn true.
    """
    model = simulation.model
    now = [k for k, time in enumerate(_times(simulation)) if time == simulation.time]
    due = [k for k in now if simulation.time > 0.0 or model.plain.EVENT_AT_START[k]]
    names = (*model.states, *model.inputs)
    before = np.concatenate([simulation.states, simulation.inputs], axis=1)
    values = {**simulation.named(), **dict(zip(names[len(model.states) :], before.T[len(model.states) :], strict=True))}
    after = before.copy()
    failed = list(simulation.failures)
    for k in due:
        with np.errstate(all="ignore"):
            new = getattr(model.plain, f"event_{k}")(simulation.time, before.T[: len(model.states)], values)
        for name, value in zip(model.plain.EVENT_TARGETS[k], new, strict=True):
            after[:, names.index(name)] = value
    after[failed] = before[failed]
    simulation.states, simulation.inputs = after[:, : len(model.states)], after[:, len(model.states) :]
