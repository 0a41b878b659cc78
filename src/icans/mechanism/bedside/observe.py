"""Reading a simulated course as a hospital would: at some times, with error, within the limits of the assay.

Without a seed there is no error: a reading is the value of the model (of a log-normal one its median), still within
the limits. With a seed the error of a patient depends on the seed, the number of the patient and the quantity alone,
so it is the same whichever other patients are in the batch.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from icans.errors import DataError
from icans.mechanism.bedside.observation_models import Reading, findings, ice_items, reading

Floats = NDArray[np.float64]


class Course(Protocol):
    """A simulation: times in days after infusion, shape (n_times,), and values by name, (n_patients, n_times)."""

    @property
    def times(self) -> Floats:
        """Days after infusion, ascending."""
        ...

    def __getitem__(self, name: str, /) -> Floats:
        """The values of a state or observable."""
        ...


@dataclass(frozen=True)
class Observed:
    """What was read, each of shape (n_patients, n_times).

    values    in the unit of the reading; the limit itself where censored
    censored  -1: the true value lies below the limit, 1: above it, 0: it is the reading
    """

    values: Floats
    censored: NDArray[np.int8]


def observe(
    course: Course,
    name: str,
    times: ArrayLike,
    *,
    seed: int | None = None,
    patients: Sequence[int] | None = None,
    antipyretics: Sequence[float] = (),
) -> Observed:
    """What is read of one quantity.

    name          of a reading in `observations.yaml`: il6, temperature, map ...
    times         days after infusion, within the course, shape (n_times,)
    seed          0 or more; None: no error
    patients      the numbers of the patients of the course, for the error; 0, 1, 2 ... by default
    antipyretics  days on which one was given: it lowers a temperature for some hours

    Raises DataError for a reading that does not exist, times outside the course, a wrong seed or number of a patient.
    """
    model, when = reading(name), np.asarray(times, dtype=np.float64)
    _inside(course, when)
    value = sample(course, model.of, np.maximum(when - model.lag_hours / 24, course.times[0]))
    if model.name == "temperature":
        value = value - _lowered(when, antipyretics)
    value = _possible(model, value)
    if model.plus_half_lloq and model.lloq is not None:
        value = value + model.lloq / 2
    if seed is not None:
        value = _possible(model, _with_error(model, value, _streams(model.name, len(value), seed, patients)))
    return _censored(model, value)


def observe_ice(
    course: Course, times: ArrayLike, *, seed: int | None = None, patients: Sequence[int] | None = None
) -> Floats:
    """The points of the ICE items, shape (n_patients, n_times, n_items), items as in `ice_items()`.

    Without a seed the expected points. With one whole points, drawn for each item from a binomial distribution with the
    chance of the model over that of full function, so that a healthy patient scores 10: our assumption, for section 4
    leaves out the second. A patient who cannot be roused gets 0. Raises DataError as `observe` does.
    """
    when = np.asarray(times, dtype=np.float64)
    _inside(course, when)
    items = ice_items()
    expected = np.stack([sample(course, item.of, when) for item in items], axis=-1)
    if seed is not None:
        for place, item in enumerate(items):
            chance = np.clip(expected[..., place] / (item.points * item.healthy), 0.0, 1.0)
            streams = _streams(item.of, len(expected), seed, patients)
            drawn = [s.binomial(item.points, row) for s, row in zip(streams, chance, strict=True)]
            expected[..., place] = np.stack(drawn)
    return np.where(unarousable(course, when)[..., None], 0.0, expected)


def unarousable(course: Course, times: ArrayLike) -> NDArray[np.bool_]:
    """Whether a patient cannot be roused, shape (n_patients, n_times)."""
    limit = findings()["unarousable_below"]
    return sample(course, limit["of"], times) < limit["value"]


def sample(course: Course, name: str, times: ArrayLike) -> Floats:
    """A quantity of the course at `times`, straight lines between the times of the course: (n_patients, n_times)."""
    when = np.asarray(times, dtype=np.float64)
    return np.stack([np.interp(when, course.times, row) for row in np.atleast_2d(course[name])])


def stream(seed: int, patient: int, name: str) -> np.random.Generator:
    """The random numbers of one patient for one quantity. Raises DataError for a seed or number below 0."""
    for what, number in (("seed", seed), ("number of a patient", patient)):
        if number != int(number) or not 0 <= number < 2**64:
            raise DataError(f"the {what} is {number}; expected a whole number from 0, below 2^64")
    key = np.array([seed, patient], dtype=np.uint64)
    counter = np.array([0, 0, 0, zlib.crc32(name.encode())], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=counter))


def _inside(course: Course, times: Floats) -> None:
    first, last = float(course.times[0]), float(course.times[-1])
    if times.size and not (times.min() >= first and times.max() <= last):
        raise DataError(
            f"the simulation covers day {first:g} to {last:g}; day {_outside(times, first, last):g} is outside"
        )


def _outside(times: Floats, first: float, last: float) -> float:
    return float(times[~((times >= first) & (times <= last))][0])


def _streams(name: str, patients: int, seed: int, numbers: Sequence[int] | None) -> list[np.random.Generator]:
    if numbers is not None and len(numbers) != patients:
        raise DataError(f"{len(numbers)} numbers of patients for a simulation of {patients}; expected one each")
    return [stream(seed, number, name) for number in (range(patients) if numbers is None else numbers)]


def _possible(model: Reading, value: Floats) -> Floats:
    return np.clip(
        value, -np.inf if model.floor is None else model.floor, np.inf if model.ceiling is None else model.ceiling
    )


def _with_error(model: Reading, value: Floats, streams: Sequence[np.random.Generator]) -> Floats:
    number = value.shape[1]
    if model.error == "chance":
        return np.stack([s.random(number) < row for s, row in zip(streams, value, strict=True)]).astype(np.float64)
    error = model.sd * np.stack([s.standard_normal(number) for s in streams])
    return value + error if model.error == "normal" else value * np.exp(error)


def _censored(model: Reading, value: Floats) -> Observed:
    low = -np.inf if model.lloq is None else model.lloq
    high = np.inf if model.uloq is None else model.uloq
    side = np.where(value < low, -1, np.where(value > high, 1, 0)).astype(np.int8)
    return Observed(np.clip(value, low, high), side)


def _lowered(times: Floats, given: Sequence[float]) -> Floats:
    """How far antipyretics lower the temperature at each time: doses within the same hours do not add up."""
    effect = findings()["antipyretic"]
    acts = np.zeros(times.shape, dtype=bool)
    for day in given:
        acts |= (times > day) & (times <= day + effect["hours"] / 24)
    return np.where(acts, float(effect["falls"]), 0.0)
