"""The parameters of a search, read and checked. What is not known is refused: a filter that is ignored misleads."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from icans.record.fhir.moments import moment
from icans.web.fhir.kinds import Kind
from icans.web.fhir.problems import Issue, Refused

PAGE = 100
LARGEST_PAGE = 1000

_PREFIX = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb)?(.+)", re.DOTALL)
_MINUTE = re.compile(r"(.{10}T\d\d:\d\d)(Z|[+-]\d\d:\d\d)")
_EARLIEST, _LATEST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


class Token(NamedTuple):
    """`code`, `system|code`, `|code` (no system) or `system|` (any code of it); None: any."""

    system: str | None
    code: str | None


class When(NamedTuple):
    """A comparison with the time from `start` up to `end`, which is as long as what was written is exact."""

    prefix: str
    start: datetime
    end: datetime

    def holds(self, first: datetime, last: datetime) -> bool:
        """Whether it holds for what lasted from `first` to `last`. Source: FHIR R4, search, prefixes."""
        return {
            "eq": self.start <= first and last < self.end,
            "ne": not (self.start <= first and last < self.end),
            "gt": last >= self.end,
            "ge": last >= self.start,
            "lt": first < self.start,
            "le": first < self.end,
            "sa": first >= self.end,
            "eb": last < self.start,
        }[self.prefix]


@dataclass(frozen=True)
class Asked:
    """A search. Every list holds alternatives; each parameter that was given must be met.

    pairs    the parameters as they were given, for the links of the answer
    after    where the last page ended, None for the first
    summary  only how many there are
    """

    pairs: tuple[tuple[str, str], ...]
    tokens: tuple[tuple[str, tuple[Token, ...]], ...] = ()
    dates: tuple[tuple[str, tuple[When, ...]], ...] = ()
    patients: tuple[str, ...] | None = None
    words: tuple[tuple[str, tuple[str, ...]], ...] = ()
    count: int = PAGE
    after: str | None = None
    sort: str = "_lastUpdated"
    down: bool = False
    summary: bool = False

    def ids(self) -> tuple[str, ...] | None:
        """The ids asked for; None where none were."""
        found = [t.code or "" for name, tokens in self.tokens if name == "_id" for t in tokens]
        return tuple(found) if any(name == "_id" for name, _ in self.tokens) else None


@dataclass
class _Reading:
    tokens: list[tuple[str, tuple[Token, ...]]] = field(default_factory=list)
    dates: list[tuple[str, tuple[When, ...]]] = field(default_factory=list)
    words: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    patients: set[str] | None = None


def asked(kind: Kind, pairs: Iterable[tuple[str, str]], base: str) -> Asked:
    """A search of a type. base: the address of the service, for references that hold it.

    Raises Refused (400) naming each parameter that is not known or cannot be read.
    """
    given = tuple((name, value) for name, value in pairs if name != "_format")
    reading, issues, control = _Reading(), [], {}
    for name, value in given:
        try:
            if name in ("_count", "_after", "_sort", "_summary", "_total"):
                control |= _control(kind, name, value)
            else:
                _filter(kind, name, value, base, reading)
        except ValueError as error:
            issues.append(Issue(f"{name[:60]}: {error}"))
    if issues:
        raise Refused(400, *issues)
    patients = None if reading.patients is None else tuple(sorted(reading.patients))
    return Asked(given, tuple(reading.tokens), tuple(reading.dates), patients, tuple(reading.words), **control)


def _filter(kind: Kind, name: str, value: str, base: str, reading: _Reading) -> None:
    how = kind.asked_by.get(name)
    if how is None:
        raise ValueError(f"{kind.name} is not searched by it; there are {', '.join(sorted(kind.asked_by))}")
    if "\0" in value:
        raise ValueError("no control characters")
    parts = [part for part in value.split(",") if part]
    if not parts:
        raise ValueError("a value is needed")
    if how == "token":
        reading.tokens.append((name, tuple(_token(part) for part in parts)))
    elif how == "date":
        reading.dates.append((name, tuple(_when(part) for part in parts)))
    elif how == "reference":
        named = {_patient(part, base) for part in parts}
        reading.patients = named if reading.patients is None else reading.patients & named
    else:
        reading.words.append((name, tuple(parts)))


def _control(kind: Kind, name: str, value: str) -> dict[str, object]:
    if name == "_count":
        if not value.isascii() or not value.isdigit() or len(value) > 6:
            raise ValueError(f"a number from 0 to {LARGEST_PAGE}")
        return {"count": min(int(value), LARGEST_PAGE)} if int(value) else {"summary": True}
    if name == "_summary":
        if value not in ("count", "false"):
            raise ValueError("count or false")
        return {"summary": True} if value == "count" else {}
    if name == "_total":
        if value not in ("none", "estimate", "accurate"):
            raise ValueError("none, estimate or accurate; the total is always given")
        return {}
    if name == "_after":
        return {"after": value}
    sorts = ("_lastUpdated", *((kind.date,) if kind.date else ()))
    if value.removeprefix("-") not in sorts:
        raise ValueError(f"one of {', '.join(sorts)}, each also with a minus before it")
    return {"sort": value.removeprefix("-"), "down": value.startswith("-")}


def _token(text: str) -> Token:
    if "|" not in text:
        return Token(None, text)
    system, _, code = text.partition("|")
    return Token(system, code or None)


def _patient(text: str, base: str) -> str:
    return text.removeprefix(f"{base}/").removeprefix("Patient/")


def _when(text: str) -> When:
    """A date of a search. Raises ValueError."""
    found = _PREFIX.fullmatch(text)
    prefix, written = (found[1] or "eq", found[2]) if found else ("eq", text)
    if len(written) > 10 and written[10:11] == "T" and " " in written:
        raise ValueError("write the plus of its zone as %2B")
    minute = _MINUTE.fullmatch(written)
    read = moment(f"{minute[1]}:00{minute[2]}" if minute else written)
    start = min(max(read.time, _EARLIEST), _LATEST)
    return When(prefix, start, start + _length(read.precision, start, written, bool(minute)))


def _length(precision: str, start: datetime, written: str, minute: bool) -> timedelta:
    if precision == "year":
        return timedelta(days=366 if calendar.isleap(start.year) else 365) if start.year < 9999 else timedelta(1)
    if precision == "month":
        return timedelta(days=calendar.monthrange(start.year, start.month)[1]) if start.year < 9999 else timedelta(1)
    if precision == "day":
        return timedelta(days=1)
    if minute:
        return timedelta(minutes=1)
    return timedelta(microseconds=1) if "." in written else timedelta(seconds=1)


def times_of(content: dict[str, object], names: Sequence[str]) -> Iterator[tuple[datetime, datetime]]:
    """(first, last) of each element of a resource that is a dateTime, an instant or a Period."""
    for name in names:
        value = content.get(name)
        if isinstance(value, str):
            yield from _span(value, value)
        elif isinstance(value, dict):
            yield from _span(value.get("start"), value.get("end"))


def _span(start: object, end: object) -> Iterator[tuple[datetime, datetime]]:
    try:
        first = _when(str(start)).start if start else _EARLIEST
        last = _when(str(end)) if end else None
    except ValueError:
        return
    yield first, _LATEST if last is None else last.end - timedelta(microseconds=1)
