"""How grades, times and names are written, the same on every page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta, tzinfo

_OUTCOMES = {"crs": "CRS", "icans": "ICANS"}
_zone: ContextVar[tzinfo] = ContextVar("zone", default=UTC)
HIGHEST_KNOWN = 4
"""An interval from 0 to here or higher says nothing: grade 5 is death, which is never merely possible."""


def outcome_name(outcome: str) -> str:
    """`icans` -> `ICANS`."""
    return _OUTCOMES.get(outcome, outcome.replace("_", " ").replace("-", " ").upper())


def in_order(outcomes: Iterable[str]) -> list[str]:
    """Outcomes as they are shown: CRS, ICANS, then the others by name."""
    names = set(outcomes)
    return [o for o in _OUTCOMES if o in names] + sorted(names - set(_OUTCOMES))


def says_nothing(low: int | None, high: int | None) -> bool:
    """True where an interval of grades leaves everything open."""
    return low is None or high is None or (low == 0 and high >= HIGHEST_KNOWN)


def interval(low: int | None, high: int | None) -> str:
    """`2`, `2 to 3`, or `unknown` where everything is open."""
    if says_nothing(low, high):
        return "unknown"
    return f"{low}" if low == high else f"{low} to {high}"


def short_interval(low: int | None, high: int | None) -> str:
    """`2`, `2–3` or `?`, for narrow places."""
    if says_nothing(low, high):
        return "?"
    return f"{low}" if low == high else f"{low}–{high}"


def score_value(low: float | None, high: float | None) -> str:
    """A score, or what is known of it: `12.4`, `3 to 9`, `at least 3`, `at most 9`, `unknown`."""
    if low is None and high is None:
        return "unknown"
    if low is None:
        return f"at most {_rounded(high)}"
    if high is None:
        return f"at least {_rounded(low)}"
    return _rounded(low) if low == high else f"{_rounded(low)} to {_rounded(high)}"


def _rounded(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


@contextmanager
def shown_in(zone: tzinfo) -> Iterator[None]:
    """Within it `moment` and `hour` write times of a zone, by its own name; elsewhere they write UTC."""
    before = _zone.set(zone)
    try:
        yield
    finally:
        _zone.reset(before)


def moment(time: datetime | None) -> str:
    """`2025-03-04 14:00 UTC`; nothing where there is no time."""
    return f"{time.astimezone(_zone.get()):%Y-%m-%d %H:%M %Z}" if time else ""


def hour(time: datetime, now: datetime) -> str:
    """`14:00 UTC` where it is the day of `now`, else as `moment`."""
    here, today = time.astimezone(_zone.get()), now.astimezone(_zone.get())
    return f"{here:%H:%M %Z}" if here.date() == today.date() else moment(time)


def day_of(time: datetime, origin: datetime) -> float:
    """Days from `origin` (the infusion) to `time`."""
    return (time - origin) / timedelta(days=1)


def day(value: float | None) -> str:
    """`day 2.5`; nothing where the infusion is not known."""
    return "" if value is None else f"day {value:.1f}".replace("-", "−").removesuffix(".0")


def length(hours: float | None) -> str:
    """`9 h`, `3 d`, `3 d 4 h`; nothing where it is not known."""
    if hours is None:
        return ""
    days, rest = divmod(round(hours), 24)
    if not days:
        return f"{rest} h"
    return f"{days} d {rest} h" if rest else f"{days} d"


def plain(name: str) -> str:
    """`nasal_cannula` -> `nasal cannula`."""
    return name.replace("_", " ")


def capital(words: str) -> str:
    """`fever of 38.0 °C` -> `Fever of 38.0 °C`; the rest stays."""
    return words[:1].upper() + words[1:]
