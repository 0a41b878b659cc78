"""What can be read off a curve: its extremes, when it first passes a limit, how long it stays beyond.

Curves have the shape (n_patients, n_times) on common times, and run straight from point to point.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def peak(times: Array, values: Array) -> tuple[Array, Array]:
    """The highest value of each curve and when it is first reached, each of shape (n_patients,)."""
    place = values.argmax(axis=1)
    return values[np.arange(len(values)), place], times[place]


def lowest(times: Array, values: Array) -> tuple[Array, Array]:
    """The lowest value of each curve and when it is first reached, each of shape (n_patients,)."""
    place = values.argmin(axis=1)
    return values[np.arange(len(values)), place], times[place]


def onset(times: Array, excess: Array) -> Array:
    """When `excess` first reaches 0 from below, shape (n_patients,); not a number where it never does.

    A curve that starts at 0 or above has its onset at the first time.
    """
    beyond = excess >= 0
    after = beyond.argmax(axis=1)
    before = np.maximum(after - 1, 0)
    row = np.arange(len(excess))
    low, high = excess[row, before], excess[row, after]
    share = np.divide(-low, high - low, out=np.ones(len(excess)), where=high > low)
    found = times[before] + share * (times[after] - times[before])
    return np.where(beyond.any(axis=1), found, np.nan)


def time_beyond(times: Array, excess: Array) -> Array:
    """How long `excess` is 0 or above, all stretches together, shape (n_patients,)."""
    start, end = excess[:, :-1], excess[:, 1:]
    size = np.abs(start) + np.abs(end)
    above = np.maximum(start, 0.0) + np.maximum(end, 0.0)
    share = np.divide(above, size, out=np.ones_like(size), where=size > 0)
    return share @ np.diff(times)
