"""What the FHIR reader used, left out and found wrong, counted while it reads."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from icans.record.record import ReadingLog


class Place(NamedTuple):
    """Where a resource stands: the file ('' in memory), and its line or its entry in the bundle."""

    file: str
    where: str = ""
    number: int = 0

    def __str__(self) -> str:
        """Such as `vitals.ndjson line 7`."""
        return f"{self.file} {self.where} {self.number}".lstrip() if self.where else self.file


class LeftOut(Exception):
    """Something that is not used; the text is the reason under which it is counted."""


class Wrong(Exception):
    """A mistake of the source that its owner should mend; the text says what was expected."""


class Log:
    """Counts of what was used and left out, and the mistakes and remarks, gathered over a reading.

    A mistake that is made many times is reported once, with the first place and how many more there are.
    """

    def __init__(self) -> None:
        self.used: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self._notices: Counter[str] = Counter()
        self._problems: dict[tuple[str, str], list[Place]] = {}

    def problem(self, place: Place, text: str) -> None:
        """Note a mistake of the source at `place`."""
        self._problems.setdefault((place.file, text), []).append(place)

    def notice(self, text: str, times: int = 1) -> None:
        """Note something the reader took for granted."""
        self._notices[text] += times

    def finished(self) -> ReadingLog:
        """The log of the whole reading."""
        return ReadingLog(
            used=dict(sorted(self.used.items())),
            skipped=dict(sorted(self.skipped.items())),
            problems=tuple(_said(places, text) for (_, text), places in self._problems.items()),
            notices=tuple(f"{text} ({n} times)" if n > 1 else text for text, n in self._notices.items()),
        )


def _said(places: list[Place], text: str) -> str:
    more = f" and {len(places) - 1} more places" if len(places) > 1 else ""
    return f"{places[0]}{more}: {text}"
