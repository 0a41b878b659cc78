"""What is kept of each virtual patient's course: one row a patient, found from arrays over patients and times."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from icans.errors import DataError
from icans.population.curves import lowest, onset, peak, time_beyond
from icans.population.settings import Findings, settings
from icans.population.uniform import uniforms

if TYPE_CHECKING:
    from icans.mechanism.simulation.trajectories import Trajectories

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

CHANCE = "chance of a seizure"
"""The name of the stream of random numbers that decides whether a seizure happens."""


def needed() -> tuple[str, ...]:
    """The states and observables that `endpoints` reads; a simulation need give no more."""
    names = [measure.name for measure in settings().measures]
    return tuple(dict.fromkeys([*names, "Temp", "ICE", "MAP", "SpO2", "Fr", "ICP", "Hz"]))


def endpoints(courses: Trajectories, seed: int, first: int) -> pl.DataFrame:
    """One row a patient, the first of them with the number `first`.

    courses  what `needed` names, at common times (days); 6 h apart, peaks are within about 1 % and their days 3 h
    seed     decides, with the patient's number, whether a seizure happens

    Columns: patient; failed (the simulation gave no number somewhere, and all else is null); peaks, lows and last
    values of `population.yaml`, with their days; fever, its onset and days; low_ice (9 or less), its onset and days;
    icans (grade 1 or more), its onset, grade, whether it is severe, and whether it came without fever; P_seizure and
    seizure; crs_grade. An onset is null where there is none. Raises DataError where there is only one time.
    """
    if len(courses.times) < 2:
        raise DataError(f"endpoints need a course over two or more times, and there are {len(courses.times)}")
    found = {name: np.ascontiguousarray(courses[name]) for name in needed()}
    failed = ~np.all([np.isfinite(values).all(axis=1) for values in found.values()], axis=0)
    known = {name: values[~failed] for name, values in found.items()} if failed.any() else found
    numbers = np.arange(first, first + failed.size)
    chance = uniforms(seed, CHANCE, first, failed.size)[~failed]
    columns = _measures(courses.times, known) | _findings(courses.times, known, chance, settings().findings)
    rows = pl.DataFrame({"patient": numbers[~failed]} | columns)
    onsets = [name for name in rows.columns if name.endswith("_onset")]
    everybody = pl.DataFrame({"patient": numbers, "failed": failed})
    return everybody.join(
        rows.with_columns(pl.col(onsets).fill_nan(None)), on="patient", how="left", maintain_order="left"
    )


def _measures(times: Array, known: Mapping[str, Array]) -> dict[str, Array]:
    columns: dict[str, Array] = {}
    for measure in settings().measures:
        curve = known[measure.name]
        if measure.of == "end":
            columns[measure.column] = curve[:, -1]
        else:
            value, day = (peak if measure.of == "peak" else lowest)(times, curve)
            columns |= {measure.column: value, f"{measure.column}_day": day}
    return columns


def _findings(
    times: Array, known: Mapping[str, Array], chance: Array, limits: Findings
) -> dict[str, Array | Flags | NDArray[np.int8]]:
    warm, dull = known["Temp"] - limits.fever, limits.low_ice - known["ICE"]
    fever_onset, dull_onset = onset(times, warm), onset(times, dull)
    fever = np.isfinite(fever_onset)
    likely = -np.expm1(-known["Hz"])
    seizure = chance < likely[:, -1]
    grade = icans_grade(known, seizure, limits)
    icans = grade >= 1
    # The first seizure is when its chance reaches the number drawn: the inverse of its distribution.
    signs = (likely - chance[:, None], limits.arousal - known["Fr"], known["ICP"] - limits.pressure_in_skull)
    first = np.fmin.reduce([dull_onset, *(onset(times, sign) for sign in signs)])
    return {
        "fever": fever,
        "fever_onset": fever_onset,
        "fever_days": time_beyond(times, warm),
        "low_ice": np.isfinite(dull_onset),
        "low_ice_onset": dull_onset,
        "low_ice_days": time_beyond(times, dull),
        "icans": icans,
        "icans_onset": np.where(icans, first, np.nan),
        "icans_grade": grade,
        "icans_severe": grade >= limits.severe,
        "icans_without_fever": icans & ~fever,
        "P_seizure": likely[:, -1],
        "seizure": seizure,
        "crs_grade": crs_grade(known, limits),
    }


def icans_grade(known: Mapping[str, Array], seizure: Flags, limits: Findings) -> NDArray[np.int8]:
    """0 to 4, like ASTCT 2019 on expected values: the worst of ICE, seizure, arousal and pressure in the skull."""
    trough = known["ICE"].min(axis=1)
    grade = np.sum([trough <= points for points in limits.ice_grades], axis=0)
    grade = np.where(seizure, np.maximum(grade, limits.seizure_grade), grade)
    worst = (known["Fr"].min(axis=1) < limits.arousal) | (known["ICP"].max(axis=1) > limits.pressure_in_skull)
    return np.where(worst, np.maximum(grade, limits.worst), grade).astype(np.int8)


def crs_grade(known: Mapping[str, Array], limits: Findings) -> NDArray[np.int8]:
    """0 without fever, 1 with it, more where pressure or saturation falls below a limit after fever has begun."""
    since = np.maximum.accumulate(known["Temp"] >= limits.fever, axis=1)
    grade: NDArray[np.int8] = np.asarray(since.any(axis=1), np.int8)
    for step in limits.crs_grades:
        low = (known["MAP"] < step.pressure) | (known["SpO2"] < step.saturation)
        grade[(since & low).any(axis=1)] = step.grade
    return grade
