"""A course made for a test: a healthy patient whose quantities are set by hand, without running the model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Setting = float | Callable[[Floats], Floats]

HEALTHY: dict[str, float] = {
    "CART": 0.0, "IL6": 3.0, "IFN": 5.0, "GM": 1.0, "VC": 180.0, "A2": 1200.0, "A1": 6000.0, "CRP": 1.2, "Fer": 150.0,
    "Temp": 36.7, "MAP": 92.0, "SpO2": 97.5, "CSF_protein": 404.0, "Qalb": 0.0055, "IL6c": 1.33, "IL1c": 0.134,
    "EEG_frequency": 9.5, "P_periodic": 0.05, "Fr": 1.0, "Fm": 1.0, "ICP": 10.0, "Hz": 0.0,
    "ICE_orientation": 4.0, "ICE_naming": 3.0, "ICE_command": 1.0, "ICE_writing": 1.0, "ICE_attention": 1.0,
}  # fmt: skip
"""Section 2.1 of the literature review of the model, full ICE."""


POINTS = {"ICE_orientation": 4.0, "ICE_naming": 3.0, "ICE_command": 1.0, "ICE_writing": 1.0, "ICE_attention": 1.0}


class MadeCourse:
    """A course of `patients` that are all alike: every quantity is a number, or a function of the days.

    ice  the expected ICE: every item loses the same share of its points
    """

    def __init__(
        self, days: float = 10.0, *, patients: int = 1, ice: Callable[[Floats], Floats] | None = None, **set_to: Setting
    ) -> None:
        self.times: Floats = np.linspace(0.0, days, round(days * 240) + 1)  # every 6 minutes
        self.patients = patients
        self.ice = ice
        self.set_to: dict[str, Setting] = {**HEALTHY, **set_to}

    def __getitem__(self, name: str, /) -> Floats:
        value = self.set_to[name]
        row = value(self.times) if callable(value) else np.full(self.times.shape, value)
        if self.ice is not None and name in POINTS:
            row = POINTS[name] * self.ice(self.times) / 10.0
        return np.tile(row, (self.patients, 1))
