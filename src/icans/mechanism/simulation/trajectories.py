"""Trajectories: what a simulation gives, for one virtual patient or many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from icans.errors import DataError
from icans.mechanism.nearest import nearest

if TYPE_CHECKING:
    import polars as pl

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Failure:
    """A patient who could not be simulated further: who, when (days), which state, and why."""

    patient: int
    time: float
    state: str
    reason: str

    def __str__(self) -> str:
        """The failure in words."""
        return f"patient {self.patient} at day {self.time:.6g}: {self.reason}; the state that failed is {self.state}"


@dataclass(frozen=True)
class Trajectories:
    """Quantities over time.

    times     days after infusion, shape (n_times,)
    names     of the quantities; values: shape (n_patients, n_times, n_names), not a number after a failure
    failures  patients that could not be simulated to the end, empty unless failures were to be kept
    steps     accepted steps of each patient, shape (n_patients,)
    """

    times: Array
    names: tuple[str, ...]
    values: Array
    failures: tuple[Failure, ...] = ()
    steps: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def __len__(self) -> int:
        """How many patients there are."""
        return self.values.shape[0]

    def __contains__(self, name: str) -> bool:
        """Whether a quantity is among them."""
        return name in self.names

    def __getitem__(self, name: str) -> Array:
        """One quantity, shape (n_patients, n_times). Raises DataError for a name that is not there."""
        if name not in self.names:
            raise DataError(f"these trajectories do not hold '{name}'; {nearest(name, self.names)}")
        return self.values[:, :, self.names.index(name)]

    def columns(self) -> Mapping[str, Array]:
        """Name -> values, each of shape (n_patients, n_times)."""
        return {name: self.values[:, :, i] for i, name in enumerate(self.names)}

    def only(self, patient: int) -> Trajectories:
        """One patient's, as trajectories of one."""
        failed = tuple(f for f in self.failures if f.patient == patient)
        return Trajectories(
            self.times, self.names, self.values[patient : patient + 1], failed, self.steps[patient : patient + 1]
        )

    def frame(self) -> pl.DataFrame:
        """One row a patient and time: `patient`, `time`, and a column for each name."""
        import polars as pl

        patients, times = self.values.shape[:2]
        table: dict[str, NDArray] = {
            "patient": np.repeat(np.arange(patients), times),
            "time": np.tile(self.times, patients),
        }
        return pl.DataFrame(table | {name: np.ascontiguousarray(v).ravel() for name, v in self.columns().items()})

    def then(self, later: Trajectories) -> Trajectories:
        """These followed by later ones of the same patients; where both have a time, the later value counts."""
        kept = self.times < (later.times[0] if later.times.size else np.inf)
        return Trajectories(
            np.concatenate([self.times[kept], later.times]), self.names,
            np.concatenate([self.values[:, kept], later.values], axis=1),
            self.failures + later.failures, self.steps + later.steps,
        )  # fmt: skip
