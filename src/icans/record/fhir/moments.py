"""FHIR dates and times as moments in UTC.

A FHIR dateTime is a year, a month, a day, or a time with its offset from UTC. A coarser one is kept with
how exact it is, because what may be made of it differs: an observation needs at least a day, a birth date
does with a year.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

_PARTIAL = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in UTC and how exactly it is known: year, month, day or instant.

    A coarse time is the start of its year, month or day in UTC: a rule of this reader, since a FHIR date
    has no offset.
    """

    time: datetime
    precision: str


@lru_cache(maxsize=8192)
def moment(text: str) -> Moment:
    """Read a FHIR date, dateTime or instant.

    Raises ValueError with what is expected where it is none, or where a time has no offset from UTC.
    """
    if len(text) <= 10:
        return _partial(text)
    try:
        time = datetime.fromisoformat(text)
        if time.tzinfo is not None and text[10] == "T":
            return Moment(time.astimezone(UTC), "instant")
    except (ValueError, OverflowError):
        raise ValueError("a FHIR date and time is expected, such as 2025-03-01T08:30:00+01:00") from None
    raise ValueError("a time needs its offset from UTC, such as Z or +01:00 (the time zone is missing)")


def _partial(text: str) -> Moment:
    match = _PARTIAL.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        year, month, day = match.groups()
        start = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
    except ValueError:
        raise ValueError("a FHIR date is expected, such as 2025-03-01") from None
    return Moment(start, "day" if day else "month" if month else "year")


def middle(seen: Moment) -> date:
    """The day in the middle of the year or month of a coarse date; the day itself of an exact one."""
    start = seen.time.date()
    if seen.precision == "year":
        return date(start.year, 7, 2)
    if seen.precision == "month":
        return start + timedelta(days=calendar.monthrange(start.year, start.month)[1] // 2)
    return start
