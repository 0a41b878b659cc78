"""The clock of the made-up ward: everything is told in hours before now, and rounds fall on hours of the day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from icans.errors import DataError

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Clock:
    """Now, to the minute, in the zone of the ward.

    Hours of the day are those of the offset that `now` itself has: a change of clocks within the course is left out.
    """

    now: datetime

    @classmethod
    def at(cls, now: datetime) -> Clock:
        """The clock at a moment. Raises DataError for a time without a zone."""
        offset = now.utcoffset()
        if offset is None:
            raise DataError("the time of the demonstration ward has no time zone; give one, such as UTC")
        return cls(now.astimezone(timezone(offset)).replace(second=0, microsecond=0))

    def ago(self, hours: float) -> datetime:
        """The moment so many hours before now, UTC, to the minute below."""
        return (self.now - timedelta(hours=hours)).astimezone(UTC).replace(second=0, microsecond=0)

    def age(self, time: datetime) -> float:
        """How many hours before now a moment lies."""
        return (self.now - time) / _HOUR

    def infusion(self, days_ago: int, hour: int) -> datetime:
        """The last time, UTC, that the clock showed `hour` and that lies so many whole days back, so that
        it is the same day after the infusion at every hour of today. Negative days lie ahead."""
        latest = self.now - timedelta(days=days_ago)
        there = latest.replace(hour=hour, minute=0)
        return (there if there <= latest else there - timedelta(days=1)).astimezone(UTC)

    def rounds(self, every: Mapping[int, int], first: int, until: float = 0) -> Iterator[datetime]:
        """The full hours of rounds, UTC, the oldest first.

        every  hours ago -> hours between two rounds from then on
        first  an hour of the day that a round falls on; until: hours ago at which they stop
        """
        hour = (self.now - timedelta(hours=max(every))).replace(minute=0)
        while self.age(hour) >= until:
            step = self._step(every, hour)
            if step is not None and (_count(hour) - first) % step == 0:
                yield hour.astimezone(UTC)
            hour += _HOUR

    def _step(self, every: Mapping[int, int], time: datetime) -> int | None:
        begun = [since for since in every if since >= self.age(time)]
        return every[min(begun)] if begun else None


def _count(time: datetime) -> int:
    """Full hours of the clock since the first of a year long past, so that also rounds days apart have fixed days."""
    return round((time - datetime(2000, 1, 1, tzinfo=time.tzinfo)) / _HOUR)
