"""What several commands ask of their options."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from icans.errors import DataError
from icans.record.time import to_utc

_A_YEAR = 24 * 365


def check_hours(every: float | None) -> None:
    """Raise DataError where `--every` is no sensible length of a window."""
    if every is not None and not 0 < every <= _A_YEAR:
        raise DataError("--every is a number of hours above 0, for example --every 12")


def moment(at: str | None) -> datetime | None:
    """The moment that `--at` names, in UTC. Raises DataError where it is no time with an offset."""
    if at is None:
        return None
    found = to_utc(pl.Series([at], dtype=pl.String), None)
    if problem := found.problem[0]:
        raise DataError(f"--at: {problem}")
    return found.utc[0]
