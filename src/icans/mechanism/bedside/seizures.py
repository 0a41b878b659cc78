"""Seizures drawn from their hazard: the model gives its integral, Hz, and chance gives the moments."""

from __future__ import annotations

import numpy as np

from icans.mechanism.bedside.observe import Course, stream


def seizures(course: Course, place: int, *, seed: int | None, patient: int) -> tuple[float, ...]:
    """The days on which one patient has a seizure, ascending; none without a seed.

    place    of the patient in the course
    patient  his number: the draws depend on it and the seed alone

    The seizures are a Poisson process with the hazard of the model: the integral of the hazard between two of them is
    exponential with mean 1. Raises DataError for a wrong seed or number.
    """
    if seed is None:
        return ()
    hazard = np.atleast_2d(course["Hz"])[place]
    # As it rises without ever falling, the integral tells the day, between two times by a straight line.
    draws = stream(seed, patient, "seizures")
    found: list[float] = []
    reached = float(hazard[0]) + draws.standard_exponential()
    while reached < hazard[-1]:
        found.append(float(np.interp(reached, hazard, course.times)))
        reached += draws.standard_exponential()
    return tuple(found)
