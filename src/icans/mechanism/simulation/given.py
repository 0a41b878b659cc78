"""The parameters that a caller gives, checked against the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from icans.errors import DataError
from icans.mechanism.compiler.compiled import Compiled
from icans.mechanism.nearest import nearest
from icans.mechanism.simulation.trajectories import Array


def checked(model: Compiled, parameters: Mapping[str, Any]) -> dict[str, Array]:
    """Parameters as arrays of one length. Raises DataError for unknown names, lengths or values that do not fit."""
    known = {*model.constants, *model.inputs}
    if not isinstance(parameters, Mapping):
        raise DataError("parameters are a mapping of names to numbers, such as `product('cd28') | {'burden': 200.0}`")
    found: dict[str, Array] = {}
    for name, value in parameters.items():
        if name in model.derived:
            raise DataError(f"parameter '{name}' follows from others and cannot be set")
        if name not in known:
            raise DataError(f"the model has no parameter '{name}'; {nearest(name, known)}")
        try:
            found[name] = np.asarray(value, float)
        except (TypeError, ValueError):
            raise DataError(f"parameter '{name}' is not a number") from None
        if not np.isfinite(found[name]).all():
            raise DataError(f"parameter '{name}' is not a finite number")
    sizes = {v.size for v in found.values() if v.ndim}
    if len(sizes) > 1 or any(v.ndim > 1 for v in found.values()):
        raise DataError(f"parameters have values for different numbers of patients: {sorted(sizes)}")
    return found


def positive(name: str, value: Any) -> float:
    """A number above 0. Raises DataError for anything else, by the name of what it is."""
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not number or not np.isfinite(value) or value <= 0:
        raise DataError(f"{name} must be a number above 0, and it is {value!r}")
    return float(value)


def count_of(parameters: Mapping[str, Array], otherwise: int = 1) -> int:
    """How many patients checked parameters speak of; `otherwise` where each is one number for all."""
    return next((v.size for v in parameters.values() if v.ndim), otherwise)
