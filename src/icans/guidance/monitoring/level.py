"""How high the grades of a patient are now, as intervals, and since when they have been as high as a cell asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from icans.guidance.situation import Situation
from icans.guidance.vocabulary import GRADES
from icans.rules.vocabulary import hi, lo

LOWEST, HIGHEST = 0, 5


@dataclass(frozen=True)
class Level:
    """The grades now, and their course so far.

    ends    outcome -> (lowest, highest) it can be
    runs    outcome -> (min, max, time) of its grades so far, the newest first
    """

    ends: dict[str, tuple[int, int]]
    runs: Mapping[str, Sequence[tuple[int | None, int | None, datetime]]]

    def reaches(self, by: str, at: int) -> bool | None:
        """Whether the grade that a check goes by is `at` or more; None where that is not settled."""
        low, high = self.interval(by)
        return True if low >= at else False if high < at else None

    def interval(self, by: str) -> tuple[int, int]:
        """The grade a check goes by: crs, icans, or the higher of both (either)."""
        asked = [self.ends[outcome] for outcome in outcomes(by)]
        return max(low for low, _ in asked), max(high for _, high in asked)

    def since(self, by: str, at: int) -> datetime | None:
        """Since when the grade has been `at` or more, surely if it surely is; None where the course does not say."""
        place = 0 if self.reaches(by, at) else 1
        found = [self._run(o, at, place) for o in outcomes(by) if self.ends[o][place] >= at]
        return min((t for t in found if t is not None), default=None)

    def _run(self, outcome: str, at: int, place: int) -> datetime | None:
        start = None
        for row in self.runs[outcome]:
            grade = row[place]
            if not isinstance(grade, int) or grade < at:
                break
            start = row[2]
        return start

    def words(self, by: str) -> str:
        """'CRS grade 1, ICANS grade 2 to 3'."""
        parts = []
        for outcome in outcomes(by):
            low, high = self.ends[outcome]
            parts.append(f"{GRADES[outcome]} {low if low == high else f'{low} to {high}'}")
        return ", ".join(parts)

    def open(self, by: str) -> tuple[str, ...]:
        """The grades that are not settled, as they are called."""
        return tuple(GRADES[o] for o in outcomes(by) if self.ends[o][0] != self.ends[o][1])


def outcomes(by: str) -> Iterable[str]:
    """The outcomes a check goes by."""
    return ("crs", "icans") if by == "either" else (by,)


def level_of(situation: Situation) -> Level:
    """The grades of a situation; what the state does not say can be anything."""
    runs: dict[str, list[tuple[int | None, int | None, datetime]]] = {o: [] for o in outcomes("either")}
    if not situation.course.is_empty():
        for outcome, low, high, time in situation.course.select("outcome", "min", "max", "time").iter_rows():
            if outcome in runs and time <= situation.now:
                runs[outcome].append((low, high, time))
    newest_first = {o: sorted(rows, key=lambda row: row[2], reverse=True) for o, rows in runs.items()}
    return Level({o: _ends(situation.state, o) for o in runs}, newest_first)


def _ends(state: pl.DataFrame, outcome: str) -> tuple[int, int]:
    low = state[lo(outcome)][0] if lo(outcome) in state.columns else None
    high = state[hi(outcome)][0] if hi(outcome) in state.columns else None
    return (LOWEST if low is None else int(low), HIGHEST if high is None else int(high))
