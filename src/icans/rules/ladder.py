"""Decision lists: entries tried from the top; the first whose condition holds gives the value.

A condition that is unknown leaves two ways open, its own value and whatever the rest of the list gives, so
the result is an interval. A value may itself be an interval: [2, 4] where the source leaves it open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from icans.rules.condition import condition
from icans.rules.document import Reader
from icans.rules.expression import Constant, Node
from icans.rules.span import Span, span


@dataclass(frozen=True)
class Entry:
    """One line of a decision list.

    when       its condition, None for the last line, which always holds
    low, high  the value, or the ends of the interval it gives
    """

    id: str
    when: Node | None
    low: Node
    high: Node
    says: str = ""
    source: str = ""
    where: str = ""
    mark: str = ""
    convention: str | None = None
    when_text: str = ""
    value_text: str = ""


@dataclass(frozen=True)
class Ladder:
    """A named decision list. `label` is what it is called in front of a user."""

    name: str
    label: str
    entries: tuple[Entry, ...]


CITED = ("id", "when", "says", "source", "mark", "convention", "note")


def read_ladder(
    raw: object, reader: Reader, name: str, label: str, *, value: str = "grade", cited: bool = True
) -> Ladder | None:
    """A decision list out of its YAML; None, and the mistakes noted, where it cannot be used.

    value  the key that holds the value; cited: whether each entry must carry id, says, source and mark
    """
    if not isinstance(raw, list) or not raw or not all(isinstance(e, Mapping) for e in raw):
        reader.mistakes.add("needs a list of entries", None, name)
        return None
    entries = [_read_entry(e, reader, f"{name}[{i}]", value, cited) for i, e in enumerate(raw)]
    _check_order(raw, reader, name)
    if any(entry is None for entry in entries):
        return None
    return Ladder(name, label, tuple(e for e in entries if e is not None and not _never(e)))


def _never(entry: Entry) -> bool:
    return isinstance(entry.when, Constant) and entry.when.value is False


def _read_entry(entry: Mapping[str, Any], reader: Reader, place: str, value: str, cited: bool) -> Entry | None:
    name = str(entry.get("id", place))
    reader.only(entry, (*CITED, value), name)
    if value not in entry:
        reader.mistakes.add(f"has no '{value}'", entry, name)
        return None
    if cited and not {"id", "says"} <= entry.keys():
        reader.mistakes.add("needs an id and a sentence in 'says'", entry, name)
    source, where, mark = reader.citation(entry, name) if cited else ("", "", "")
    convention = entry.get("convention")
    if convention is not None and convention not in reader.switches:
        reader.mistakes.add(f"names the convention '{convention}', which is not declared", entry, name)
    when = reader.truth(entry["when"], entry, name) if "when" in entry else None
    given = entry[value]
    ends = given if isinstance(given, list) else [given, given]
    if len(ends) != 2:
        reader.mistakes.add(f"'{value}' is one value or [lowest, highest]", entry, name)
        return None
    low = reader.number(ends[0], entry, name)
    high = low if ends[1] == ends[0] else reader.number(ends[1], entry, name)
    if low is None or high is None or ("when" in entry and when is None):
        return None
    return Entry(
        name, when, low, high, str(entry.get("says", "")), source, where, mark, convention,
        str(entry.get("when", "")), str(given),
    )  # fmt: skip


def _check_order(raw: Sequence[Mapping[str, Any]], reader: Reader, name: str) -> None:
    for entry in raw[:-1]:
        if "when" not in entry:
            reader.mistakes.add("always holds, so the entries below it are never reached", entry, name)
    if "when" in raw[-1]:
        reader.mistakes.add(
            "the last entry has a 'when': what if none holds? End with one that has none", raw[-1], name
        )
    seen: set[str] = set()
    for entry in (e for e in raw if "when" in e):
        when = str(entry["when"])
        if when in seen:
            reader.mistakes.add(f"repeats the condition '{when}', so it is never reached", entry, name)
        seen.add(when)


def ladder_span(ladder: Ladder) -> Span:
    """The interval a decision list gives, over a table."""
    result = _value(ladder.entries[-1])
    for entry in reversed(ladder.entries[:-1]):
        result = _above(entry, result)
    return result


def _value(entry: Entry) -> Span:
    low = span(entry.low)
    if entry.high == entry.low:
        return low
    high = span(entry.high)
    return Span(low.lo, high.hi, min(low.least, high.least), max(low.most, high.most))


def _above(entry: Entry, rest: Span) -> Span:
    """The list with `entry` put on top of `rest`. The static bounds save a comparison of the two ways."""
    value = _value(entry)
    if entry.when is None or (isinstance(entry.when, Constant) and entry.when.value):
        return value
    holds = condition(entry.when)
    fails = ~holds
    if value.least >= rest.most:
        low = pl.when(holds).then(value.lo).otherwise(rest.lo)
        high = pl.when(fails).then(rest.hi).otherwise(value.hi)
    elif value.most <= rest.least:
        low = pl.when(fails).then(rest.lo).otherwise(value.lo)
        high = pl.when(holds).then(value.hi).otherwise(rest.hi)
    else:
        low = _either(holds, fails, value.lo, rest.lo, pl.min_horizontal(value.lo, rest.lo))
        high = _either(holds, fails, value.hi, rest.hi, pl.max_horizontal(value.hi, rest.hi))
    return Span(low, high, min(value.least, rest.least), max(value.most, rest.most))


def _either(holds: pl.Expr, fails: pl.Expr, value: pl.Expr, rest: pl.Expr, both: pl.Expr) -> pl.Expr:
    return pl.when(holds).then(value).when(fails).then(rest).otherwise(both)


def is_settled(ladder: Ladder) -> pl.Expr:
    """True where the first entry that holds or may hold surely holds: nothing unknown decides which one speaks."""
    settled = pl.lit(True)
    for entry in reversed(ladder.entries[:-1]):
        if entry.when is None or (isinstance(entry.when, Constant) and entry.when.value is True):
            settled = pl.lit(True)
        else:
            holds = condition(entry.when)
            settled = pl.when(~holds).then(settled).otherwise(holds.fill_null(False))
    return settled


def first_open(ladder: Ladder) -> pl.Expr:
    """The place of the first entry that holds or may hold (UInt8): the one that speaks for a row."""
    place = pl.lit(len(ladder.entries) - 1, dtype=pl.UInt8)
    for i in range(len(ladder.entries) - 2, -1, -1):
        when = ladder.entries[i].when
        if when is None or (isinstance(when, Constant) and when.value is not False):
            place = pl.lit(i, dtype=pl.UInt8)
        else:
            place = pl.when(~condition(when)).then(place).otherwise(pl.lit(i, dtype=pl.UInt8))
    return place
