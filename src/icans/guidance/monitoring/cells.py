"""One cell of the table of checks: at a grade, over a stretch of days, how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from icans.guidance.cited import Cited, read_cited
from icans.guidance.monitoring.timing import pair
from icans.guidance.monitoring.windows import stretch
from icans.rules.document import Reader
from icans.rules.expression import Node

BEFORE = -1
"""`at` of a cell for the time before the infusion."""
DO = ("once", "now", "continuous", "visit")
SETTINGS = ("inpatient", "outpatient")
_LEVELS = {"before": BEFORE, 0: 0, 1: 1, 2: 2, 3: 3}
_KEYS = (
    "at", "days", "hours", "setting", "every", "do", "moments", "recorded", "when", "ask", "optional", "says", "source",
    "mark",
)  # fmt: skip
_SPOKEN: dict[tuple[float, float], str] = {
    (24, 24): "daily", (168, 168): "weekly", (84, 84): "twice a week", (56, 84): "2 to 3 times a week",
    (48, 72): "every 2 to 3 days",
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """A cell. It holds from its grade upwards.

    name      of its check, with its place in the list of cells
    at        BEFORE, 0, 1, 2 or 3 (3 and above)
    days      the stretch from the infusion; None: always
    kind      every, once, now, continuous, visit or moments
    every     hours, (shortest, longest), of kind every
    moments   days, of kind moments
    recorded  of kind continuous: hours after which the record should show it again; None: the usual
    when      condition; says: it in words. ask: it in words where only a person can say
    """

    name: str
    at: int
    days: tuple[float, float] | None
    setting: str | None
    kind: str
    every: tuple[float, float] | None
    moments: tuple[float, ...]
    recorded: float | None
    when: Node | None
    ask: str
    optional: bool
    says: str
    cited: Cited

    @property
    def words(self) -> str:
        """'every 4 h', 'once, if unexplained', 'at each visit'."""
        return self.said(self.how)

    def said(self, how: str) -> str:
        """`how` with its condition, and whether it has to be done at all."""
        words = ", ".join(p for p in (how, self.ask or self.says) if p)
        return f"may be done: {words}" if self.optional else words

    @property
    def how(self) -> str:
        """How often, without a condition: 'every 4 h', 'once'."""
        if self.kind == "every" and self.every is not None:
            return often(self.every)
        if self.kind == "moments":
            return f"on day {', '.join(f'{day:g}' for day in self.moments)}"
        return {"now": "at once", "visit": "at each visit"}.get(self.kind, self.kind)


def often(every: tuple[float, float]) -> str:
    """An interval in hours as it is said: (4, 4) 'every 4 h', (24, 24) 'daily', (0.25, 0.25) 'every 15 min'."""
    if every in _SPOKEN:
        return _SPOKEN[every]
    low, high = every
    if high < 1:
        low, high, unit = low * 60, high * 60, "min"
    else:
        unit = "h"
    return f"every {low:g} {unit}" if low == high else f"every {low:g} to {high:g} {unit}"


def read_cell(entry: dict[str, Any], reader: Reader, name: str) -> Cell | None:
    """A cell out of its YAML; None, and the mistakes noted."""
    reader.only(entry, _KEYS, name)
    at, days, cited = entry.get("at"), stretch(entry, reader, name), read_cited(entry, reader, name)
    if at not in _LEVELS:
        reader.mistakes.add("'at' is before, 0, 1, 2 or 3", entry, name)
        return None
    if entry.get("setting") not in (None, *SETTINGS):
        reader.mistakes.add(f"'setting' is one of: {', '.join(SETTINGS)}", entry, name)
    when = reader.truth(entry["when"], entry, name) if "when" in entry else None
    if "when" in entry and "says" not in entry:
        reader.mistakes.add("a cell with 'when' says its condition in words under 'says'", entry, name)
    how = _read_how(entry, reader, name)
    if how is None:
        return None
    kind, every, moments = how
    recorded = float(entry["recorded"]) if "recorded" in entry else None
    return Cell(
        name,
        _LEVELS[at], days, entry.get("setting"), kind, every, moments, recorded, when, str(entry.get("ask", "")),
        bool(entry.get("optional")), str(entry.get("says", "")), cited,
    )  # fmt: skip


def _read_how(
    entry: Mapping[str, Any], reader: Reader, name: str
) -> tuple[str, tuple[float, float] | None, tuple[float, ...]] | None:
    if sum(key in entry for key in ("every", "do", "moments")) != 1:
        reader.mistakes.add("a cell says one of: every, do, moments", entry, name)
        return None
    if "every" in entry:
        every = pair(entry["every"])
        if every is None or every[0] <= 0:
            reader.mistakes.add("'every' is hours above 0, or [shortest, longest]", entry, name)
            return None
        return "every", every, ()
    if "moments" in entry:
        days = entry["moments"] if isinstance(entry["moments"], list) else []
        if not days or not all(isinstance(day, int | float) for day in days):
            reader.mistakes.add("'moments' is a list of days after the infusion", entry, name)
            return None
        return "moments", None, tuple(float(day) for day in days)
    if entry["do"] not in DO:
        reader.mistakes.add(f"'do' is one of: {', '.join(DO)}", entry, name)
        return None
    return str(entry["do"]), None, ()
