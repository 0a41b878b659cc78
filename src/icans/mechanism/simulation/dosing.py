"""Doses of many patients as the arrays that a kernel reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from icans.errors import DataError
from icans.mechanism.nearest import nearest


class Change(Protocol):
    """A dose: at `time` (days) `amount` is added to the state or input `target`."""

    @property
    def time(self) -> float:
        """When, in days."""
        ...

    @property
    def target(self) -> str:
        """A state or an input."""
        ...

    @property
    def amount(self) -> float:
        """How much is added, in its unit."""
        ...


class DoseTable(NamedTuple):
    """Sorted by patient and time; the doses of patient p are first[p] to first[p + 1] (not included)."""

    first: NDArray[np.int64]
    time: NDArray[np.float64]
    slot: NDArray[np.int64]
    amount: NDArray[np.float64]


def per_patient(doses: Iterable[Change] | Sequence[Iterable[Change]], count: int) -> list[list[Change]]:
    """Doses as one list a patient; a flat list is for everybody."""
    given = list(doses)
    if not given or hasattr(given[0], "target"):
        return [list(given) for _ in range(count)]  # type: ignore[arg-type]
    if len(given) != count:
        raise DataError(f"there are doses for {len(given)} patients, but {count} patients")
    return [list(own) for own in given]  # type: ignore[arg-type]


def dose_table(doses: Sequence[Sequence[Change]], slots: Sequence[str], begin: float, end: float) -> DoseTable:
    """The doses with begin <= time < end. `slots` are the states and then the inputs.

    Raises DataError for a target that is neither, or a time or amount that is not finite.
    """
    known = {name: i for i, name in enumerate(slots)}
    rows: list[tuple[float, int, float]] = []
    first = [0]
    for own in doses:
        for dose in own:
            if dose.target not in known:
                raise DataError(f"a dose into '{dose.target}': no such state or input; {nearest(dose.target, known)}")
            if not np.isfinite([dose.time, dose.amount]).all():
                raise DataError(f"a dose into '{dose.target}' has a time or an amount that is not a finite number")
        # A dose of nothing would still end a step, and so change the result in its last digits.
        due = sorted((d for d in own if begin <= d.time < end and d.amount != 0), key=lambda d: d.time)
        rows += [(d.time, known[d.target], d.amount) for d in due]
        first.append(len(rows))
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return DoseTable(
        np.array(first, np.int64),
        np.array(columns[0], float),
        np.array(columns[1], np.int64),
        np.array(columns[2], float),
    )
