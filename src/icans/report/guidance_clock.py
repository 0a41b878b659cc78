"""Times as the guidance says them: the day after the infusion, and how far from now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from icans.report.words import day, day_of, length, moment


@dataclass(frozen=True)
class Clock:
    """The moment that is explained, and the infusion that days are counted from (None: not known)."""

    now: datetime
    infusion: datetime | None

    def when(self, time: datetime) -> str:
        """`day 2.5, 2025-03-05 22:00 UTC`, the day only where the infusion is known."""
        return ", ".join(w for w in (day(day_of(time, self.infusion)) if self.infusion else "", moment(time)) if w)

    def from_now(self, time: datetime) -> str:
        """`3 h ago`, `now` (within half an hour), `in 2 d 4 h`."""
        away = time - self.now
        if abs(away) < timedelta(minutes=30):
            return "now"
        apart = length(abs(away) / timedelta(hours=1))
        return f"{apart} ago" if away < timedelta(0) else f"in {apart}"
