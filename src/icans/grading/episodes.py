"""Where an episode begins and ends. One clock for both: it starts at the first state surely without signs.

An episode is over when its signs have been gone for the time of convention P7. Where nobody looked for so long it is
not known whether it is over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

import polars as pl

from icans.grading.answer import Episode
from icans.grading.conventions import conventions as all_conventions
from icans.grading.conventions import switches


@dataclass
class _Clock:
    """How long signs have been gone: from the first to the last state surely without, since the last sign."""

    gap: timedelta
    running: bool = False
    first_clear: datetime | None = None
    clear_since: datetime | None = None
    over: bool = False

    def sign(self) -> None:
        self.running, self.over, self.first_clear, self.clear_since = True, False, None, None

    def clear(self, time: datetime) -> None:
        self.first_clear, self.clear_since = self.first_clear or time, self.clear_since or time
        self.over = self.over or (self.running and time - self.clear_since >= self.gap)

    def unknown(self) -> None:
        """A state of which nothing sure is known: a sure pause has to begin again."""
        self.clear_since = None

    def surely_over(self) -> bool:
        return self.over

    def perhaps_over(self, time: datetime) -> bool:
        return self.running and self.first_clear is not None and time - self.first_clear >= self.gap


def fever_history(
    states: Sequence[tuple[datetime, bool | None, bool, bool]], gap: timedelta
) -> list[tuple[bool | None, datetime | None]]:
    """(earlier fever in this episode, when its first fever was) for each state of one patient, in order of time.

    states  (time, CRS fever or None where unknown, a sign of CRS is sure, surely no sign)
    gap     how long signs must be gone for the episode to be over
    """
    told: list[tuple[bool | None, datetime | None]] = []
    clock, first_fever, unsure, taken = _Clock(gap), None, False, False
    for time, fever, sign, clear in states:
        over, perhaps = clock.surely_over(), clock.perhaps_over(time)
        known = first_fever is not None
        if over:
            first_fever, unsure, known = None, False, False
        elif perhaps and sign:
            first_fever, unsure, known = None, unsure or known, False
        doubtful = unsure or (perhaps and known)
        earlier = None if doubtful else True if known else False if taken else None
        if fever:
            first_fever = first_fever or time
        told.append((earlier, first_fever))
        if sign:
            clock.sign()
        elif clear:
            clock.clear(time)
        else:
            clock.unknown()
        if fever:
            unsure = False
        taken = taken or fever is not None
    return told


def episodes(grades: pl.DataFrame, conventions: Mapping[str, bool] | None = None) -> list[Episode]:
    """The episodes of each outcome of one patient, from its grades (see `course.COURSE`).

    An episode begins at a state surely above 0; its onset is uncertain where the state before may already have been.
    It is resolved at the first state surely at 0 after its last sign, and settled once that has lasted for the time
    of convention P7. Signs that return sooner belong to it.
    """
    gap = timedelta(hours=all_conventions()["P7"].hours if switches(conventions)["P7"] else 0)
    found = []
    for (outcome,), rows in grades.sort("time").group_by("outcome", maintain_order=True):
        found += _episodes_of(str(outcome), rows.drop_nulls(["min", "max"]).rows(named=True), gap)
    return found


def _episodes_of(outcome: str, rows: Sequence[Mapping], gap: timedelta) -> list[Episode]:
    clock = _Clock(gap)
    stretches: list[tuple[int, int, bool]] = []
    for place, row in enumerate(rows):
        if row["min"] > 0:
            goes_on = bool(stretches) and not clock.perhaps_over(row["time"])
            first = stretches.pop()[0] if goes_on else place
            stretches.append((first, place, False))
            clock.sign()
        elif row["max"] == 0:
            clock.clear(row["time"])
            if stretches and clock.surely_over():
                stretches[-1] = (*stretches[-1][:2], True)
        else:
            clock.unknown()
    return [_episode(outcome, rows, gap, *stretch) for stretch in stretches]


def _until_next(rows: Sequence[Mapping]) -> list[Mapping]:
    """The states up to the next that is surely above 0."""
    return list(takewhile(lambda row: row["min"] == 0, rows))


def _long_before(end: Mapping, doubt: Mapping, gap: timedelta) -> bool:
    """True where a doubt came only after grade 0 had lasted for the time that ends an episode."""
    return doubt["time"] - end["time"] >= gap


def _episode(outcome: str, rows: Sequence[Mapping], gap: timedelta, first: int, last: int, settled: bool) -> Episode:
    inside = rows[first : last + 1]
    peak = max(inside, key=lambda r: (r["min"], r["max"]))
    later = _until_next(rows[last + 1 :])
    end = next((row for row in later if row["max"] == 0), None)
    doubts = [row for row in later if row["max"] > 0]
    begin: datetime = rows[first]["time"]
    return Episode(
        outcome=outcome,
        onset=begin,
        onset_day=rows[first]["day"],
        onset_uncertain=first > 0 and rows[first - 1]["max"] > 0,
        peak=(max(r["min"] for r in inside), max(r["max"] for r in inside)),
        peak_time=peak["time"],
        peak_day=peak["day"],
        last_sign=rows[last]["time"],
        last_sign_day=rows[last]["day"],
        resolution=end["time"] if end else None,
        resolution_day=end["day"] if end else None,
        resolution_uncertain=end is not None and bool(doubts) and not _long_before(end, doubts[0], gap),
        duration_hours=(end["time"] - begin).total_seconds() / 3600 if end else None,
        ongoing=last == len(rows) - 1,
        settled=settled,
    )
