"""Random numbers that depend on a seed, a name and a patient's number, and on nothing else.

Each name has its own stream of Philox 4x64, keyed by a hash of seed and name; the patient's number is the place in the
stream. So patient 7 is the same patient whether he is drawn alone, in another order or among a million, and a new
parameter in the table changes nobody's other parameters.
"""

from __future__ import annotations

import hashlib
import operator

import numpy as np
from numpy.typing import NDArray

from icans.errors import DataError

Array = NDArray[np.float64]

_PER_STEP = 4  # numbers that one step of the counter gives


def uniforms(seed: int, name: str, first: int, count: int) -> Array:
    """Numbers above 0 and below 1, shape (count,), of the patients `first` to `first + count - 1`.

    seed, first, count  whole numbers, 0 or more. Raises DataError where one is not.
    """
    seed, first, count = whole("seed", seed), whole("first patient", first), whole("number of patients", count)
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    stream = np.random.Philox(key=np.frombuffer(digest[:16], dtype="<u8"))
    stream.advance(first // _PER_STEP)
    skip = first % _PER_STEP
    raw = stream.random_raw(skip + count)[skip:]
    # 52 bits and a half step: neither end is ever reached, so that no patient gets an infinite effect.
    return ((raw >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


def whole(what: str, value: object) -> int:
    """A whole number, 0 or more. Raises DataError saying which number is not."""
    try:
        if isinstance(value, bool):
            raise TypeError
        number = operator.index(value)  # pyright: ignore[reportArgumentType] - what is no number is refused here
    except TypeError:
        raise DataError(f"the {what} must be a whole number, 0 or more, and it is {value!r}") from None
    if number < 0:
        raise DataError(f"the {what} must be 0 or more, and it is {number}")
    return number
