"""What a value did over the last hours: its lowest, its highest, or how far it changed, as intervals.

A value holds from when it was seen until the next one, or until it is out of date. Where values do not cover all of
the hours, only one end is known (reading W3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import polars as pl

from icans.guidance.situation import Situation
from icans.record.catalogue import catalogue, nearest
from icans.rules.document import LINE, Reader
from icans.rules.vocabulary import Term, hi, lo

TAKEN = ("lowest", "highest", "change")
_UNBOUNDED = float("inf")


@dataclass(frozen=True)
class Window:
    """A number worked out of the values of one item over the last hours.

    take     lowest, highest or change (highest minus lowest)
    weights  other items whose sum with these weights, seen together, is another account of the item
    """

    name: str
    label: str
    item: str
    hours: float
    take: str
    weights: Mapping[str, float]


def read_window(entry: Mapping[str, Any], reader: Reader) -> Window | None:
    """A window out of its YAML, declared in the vocabulary of the reader; None, and the mistakes noted."""
    name = str(entry.get("name", "a window without a name"))
    reader.only(entry, ("name", "label", "item", "hours", "take", "from"), name)
    weights = {k: float(v) for k, v in (entry.get("from") or {}).items() if k != LINE}
    wrong = [i for i in (str(entry.get("item")), *weights) if i not in catalogue()]
    for item in wrong:
        reader.mistakes.add(f"'{item}' is not an item.{nearest(item, catalogue())}", entry, name)
    # Declared even if broken, so that one mistake is not told again wherever the name is used.
    reader.vocabulary[name] = Term(name, "number", span=True)
    hours, take = entry.get("hours"), entry.get("take")
    if not isinstance(hours, int | float) or hours <= 0 or take not in TAKEN or "label" not in entry:
        reader.mistakes.add(f"needs a label, hours above 0, and take: {', '.join(TAKEN)}", entry, name)
        return None
    return None if wrong else Window(name, entry["label"], str(entry["item"]), float(hours), str(take), weights)


def window_values(windows: Sequence[Window], situation: Situation) -> dict[str, float]:
    """Two columns a window: the ends of what is known of it."""
    items = {item for window in windows for item in (window.item, *window.weights)}
    usable = ~pl.col("implausible") & (pl.col("time") <= situation.now) & pl.col("item").is_in(list(items))
    seen: dict[str, dict[datetime, float]] = {item: {} for item in items}
    for item, time, value in situation.records.observations.filter(usable).select("item", "time", "value").iter_rows():
        seen[item][time] = value
    values: dict[str, float] = {}
    for window in windows:
        low, high = _ends(window, _series(window, seen), situation.now)
        values |= {lo(window.name): low, hi(window.name): high}
    return values


def _series(window: Window, seen: Mapping[str, Mapping[datetime, float]]) -> list[tuple[datetime, float]]:
    """Every value of the item with its time, measured or summed from others, in the order of time."""
    found, parts = dict(seen[window.item]), [seen[item] for item in window.weights]
    for time in set.intersection(*map(set, parts)) if parts else ():
        summed = sum(w * part[time] for w, part in zip(window.weights.values(), parts, strict=True))
        found.setdefault(time, summed)
    return sorted(found.items())


def _ends(window: Window, series: list[tuple[datetime, float]], now: datetime) -> tuple[float, float]:
    start = now - timedelta(hours=window.hours)
    before = [pair for pair in series if pair[0] <= start][-1:]
    held = [*before, *(pair for pair in series if pair[0] > start)]
    if not held:
        return (0.0, _UNBOUNDED) if window.take == "change" else (-_UNBOUNDED, _UNBOUNDED)
    lowest, highest = min(v for _, v in held), max(v for _, v in held)
    covered = bool(before) and _covered([t for t, _ in held], now, catalogue()[window.item].valid_hours)
    if window.take == "change":
        return highest - lowest, highest - lowest if covered else _UNBOUNDED
    if window.take == "lowest":
        return lowest if covered else -_UNBOUNDED, lowest
    return highest, highest if covered else _UNBOUNDED


def _covered(times: list[datetime], now: datetime, valid: float | None) -> bool:
    """True where each value still held when the next was seen, and the newest holds now."""
    return valid is None or all(b - a <= timedelta(hours=valid) for a, b in pairwise([*times, now]))
