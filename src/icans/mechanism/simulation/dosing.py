"""Doses of many patients as the arrays that a kernel reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from icans.errors import DataError
from icans.mechanism.nearest import nearest
from icans.mechanism.simulation.trajectories import Array


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


Doses = tuple[Change, ...]
"""The doses of one patient; patients with the same doses share one, which is then looked through once."""


def per_patient(doses: Iterable[Change] | Sequence[Iterable[Change]]) -> list[Doses] | Doses:
    """Doses as one tuple a patient, or one for everybody where a flat list was given.

    Raises DataError for texts and other things that are no doses.
    """
    given = list(doses)
    if all(_is_dose(dose) for dose in given):
        return tuple(given)  # type: ignore[arg-type]
    each = [tuple(own) if isinstance(own, Iterable) and not isinstance(own, str) else (own,) for own in given]
    wrong = [dose for own in each for dose in own if not _is_dose(dose)]
    if isinstance(doses, str) or wrong:
        raise DataError("doses are not texts here; read texts with `doses('tocilizumab 8 mg/kg day 3', weight=80)`")
    return each  # type: ignore[return-value]


def _is_dose(thing: object) -> bool:
    return all(hasattr(thing, name) for name in ("time", "target", "amount"))


def dose_table(
    doses: Sequence[Doses], states: Sequence[str], inputs: Sequence[str], begin: float, end: float
) -> DoseTable:
    """The doses with begin <= time < end.

    Raises DataError for a target that is no state and no input, a time or amount that is not finite, and a negative
    dose into a state.
    """
    known = {name: i for i, name in enumerate((*states, *inputs))}
    different = {
        id(own): _columns(own, known, len(states), begin, end) for own in {id(own): own for own in doses}.values()
    }
    rows = [different[id(own)] for own in doses]
    first = np.cumsum([0, *(times.size for times, _, _ in rows)])
    time, slot, amount = (np.concatenate([np.empty(0), *(row[k] for row in rows)]) for k in range(3))
    return DoseTable(first, time, slot.astype(np.int64), amount)


def _columns(own: Doses, known: Mapping[str, int], states: int, begin: float, end: float) -> tuple[Array, Array, Array]:
    """Time, slot and amount of one patient's doses; the first `states` slots are states."""
    for dose in own:
        if dose.target not in known:
            raise DataError(f"a dose into '{dose.target}': no such state or input; {nearest(dose.target, known)}")
        if not np.isfinite([dose.time, dose.amount]).all():
            raise DataError(f"a dose into '{dose.target}' has a time or an amount that is not a finite number")
        if dose.amount < 0 and known[dose.target] < states:
            raise DataError(f"a dose into '{dose.target}' is negative; only an infusion's rate is taken away again")
    # A dose of nothing would still end a step, and so change the result in its last digits.
    due = sorted((d for d in own if begin <= d.time < end and d.amount != 0), key=lambda d: d.time)
    rows = np.array([(d.time, known[d.target], d.amount) for d in due], float).reshape(-1, 3)
    return rows[:, 0], rows[:, 1], rows[:, 2]
