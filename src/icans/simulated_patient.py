"""A simulated patient: his trajectory, what a ward would chart of it, and the grades of that chart.

The grades come from the chart by the same scales as a patient's; the mechanism knows nothing of grades.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from icans.grading.course import course
from icans.mechanism.bedside.chart import Chart, Facts
from icans.mechanism.bedside.record_folder import write_record
from icans.mechanism.bedside.signs import chart
from icans.mechanism.simulation.in_silico import simulate
from icans.mechanism.simulation.trajectories import Array, Trajectories
from icans.mechanism.treatment.regimen import Dose, Order
from icans.record.csv import read_folder

Treatment = tuple[str, Mapping[str, float], Sequence[Order]]
"""A label, further changes to the parameters (an engineered cell), and what is given."""
_JUST_AFTER = 1e-3  # days; a value at a dose's own time is from just before it


@dataclass(frozen=True)
class SimulatedPatient:
    """One virtual patient under one treatment.

    label        of the treatment; parameters: changes to the model's table, by name
    orders       what was given; facts: who he is made up to be, for the chart
    trajectories of one patient, with every quantity of the model
    """

    label: str
    parameters: Mapping[str, float]
    orders: tuple[Order, ...]
    facts: Facts
    trajectories: Trajectories
    seed: int | None = None

    @cached_property
    def chart(self) -> Chart:
        """The signs that would be charted; with measurement noise where there is a seed."""
        return chart(self.trajectories, self.facts, orders=self.orders, seed=self.seed)

    @cached_property
    def course(self) -> pl.DataFrame:
        """CRS and ICANS over time, graded from the chart; see `grading.course.COURSE`."""
        with tempfile.TemporaryDirectory() as scratch:
            write_record(Path(scratch) / "record", self.chart)
            return course(read_folder(Path(scratch) / "record")).grades


def simulate_patients(
    treatments: Sequence[Treatment],
    parameters: Mapping[str, float],
    facts: Facts,
    *,
    days: float = 30.0,
    times: Sequence[float] | None = None,
    seed: int | None = None,
) -> list[SimulatedPatient]:
    """The same virtual patient under several treatments, simulated together.

    parameters  the patient: changes to the model's table

    Raises DataError as `mechanism.simulate` does.
    """
    changed = [{**parameters, **further} for _, further, _ in treatments]
    names = sorted({name for own in changed for name in own})
    base = _defaults(names)
    columns = {name: [own.get(name, base[name]) for own in changed] for name in names}
    doses = [[dose for order in orders for dose in order.doses(facts.weight)] for _, _, orders in treatments]
    together = simulate(columns, doses, days=days, times=_grid(days, doses) if times is None else times)
    return [
        SimulatedPatient(label, own, tuple(orders), facts, together.only(place), seed)
        for place, ((label, _, orders), own) in enumerate(zip(treatments, changed, strict=True))
    ]


def _grid(days: float, doses: Sequence[Sequence[Dose]]) -> Array:
    """Times close enough to draw and to chart from: about 600, every quarter day, and just before and after doses."""
    moments = np.array(sorted({dose.time for own in doses for dose in own if dose.time < days}))
    grids = (np.linspace(0.0, days, 601), np.arange(0.0, days, 0.25), moments, moments + _JUST_AFTER)
    together = np.unique(np.concatenate(grids).round(9))
    return together[together <= days]


def _defaults(names: Sequence[str]) -> dict[str, float]:
    """The model's own values; names that it does not know are left to the simulation to report."""
    from icans.mechanism.simulation.model_loading import load

    model = load()
    told = {**model.constants, **model.inputs}
    return {name: told.get(name, 0.0) for name in names}
