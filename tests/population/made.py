"""A small table, and a made-up run whose courses can be computed in the head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from icans.mechanism.simulation.trajectories import Array, Trajectories
from icans.population.endpoints import needed


@dataclass(frozen=True)
class Row:
    """As much of a parameter of the table as drawing needs."""

    name: str
    value: float
    log_sd: float | None = None


# Values and log-sd of section 2.12.
TABLE = (
    Row("f_bl", 0.145, 0.5),
    Row("rho", 1.87, 0.1),
    Row("k_out", 0.504, 0.2),
    Row("vl", 4.5, 0.35),
    Row("va", 3.55, 0.35),
    Row("vr", 1.3, 0.4),
    Row("d_T", 0.154),
    Row("burden", 200.0),
    Row("PLT", 200.0),
    Row("EASIX", 1.0),
)

HEALTHY = {
    "CART": 0, "IFN": 5, "GM": 1, "IL6": 3, "IL1": 0.5, "CRP": 1.2, "Fer": 150, "Temp": 36.7, "A2": 1200,
    "A2_A1": 0.2, "Qalb": 0.0055, "IL6c": 1.3, "G": 0, "MAP": 92, "SpO2": 97.5, "J": 1, "ICE": 9.95, "B": 0,
    "Fr": 1, "ICP": 9, "Hz": 0,
}  # fmt: skip


def courses(times: list[float], changed: Mapping[str, Sequence[Sequence[float]]]) -> Trajectories:
    """Courses of patients who are healthy but for what is named: name -> a list over times for each patient."""
    patients = len(next(iter(changed.values())))
    curves = [np.array(changed.get(name, [[HEALTHY[name]] * len(times)] * patients), float) for name in needed()]
    return Trajectories(np.array(times), needed(), np.stack(curves, axis=2))


def run(parameters: Mapping[str, Array]) -> Trajectories:
    """IL-6 is 100 * rho on day 1 and falls to rho; the temperature rises with burden; all else is healthy."""
    rho, burden = parameters["rho"], parameters["burden"]
    healthy = np.full(len(rho), 36.7)
    il6 = np.stack([0 * rho, 100 * rho, rho], axis=1)
    warm = np.stack([healthy, 36.7 + burden / 100, healthy], axis=1)
    return courses([0, 1, 2], {"IL6": il6.tolist(), "Temp": warm.tolist()})
