"""When things were seen: the newest observation of each item, of the record as it stood at a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import polars as pl

from icans.guidance.situation import Situation
from icans.record.catalogue import catalogue

Times = Mapping[str, datetime]
"""item -> when it was last seen."""


def last_seen(situation: Situation, until: datetime | None = None) -> Times:
    """When each item was last seen up to a moment, now if none is given; implausible values do not count."""
    upto = situation.now if until is None else min(until, situation.now)
    usable = situation.records.observations.filter(pl.col("time") <= upto, ~pl.col("implausible").fill_null(False))
    return dict(usable.group_by("item").agg(pl.col("time").max()).iter_rows())


def slot_seen(slot: Sequence[str], times: Times) -> datetime | None:
    """When a part of a check was last seen, by any of its items; None: never."""
    return max((times[item] for item in slot if item in times), default=None)


def slot_label(slot: Sequence[str]) -> str:
    """What a part of a check is called: its first item, and the first of each other group that will do as well."""
    groups = {catalogue()[item].group: catalogue()[item].label for item in reversed(slot)}
    first = catalogue()[slot[0]]
    return " or ".join([first.label, *(label for group, label in groups.items() if group != first.group)])


def whole_seen(slots: Sequence[Sequence[str]], times: Times) -> datetime | None:
    """When a check was last done in full: the oldest of its parts; None where a part never was."""
    found = [slot_seen(slot, times) for slot in slots]
    known = [t for t in found if t is not None]
    return min(known) if known and len(known) == len(found) else None


def ago(span: timedelta) -> str:
    """A span as it is said: '20 min', '6.5 h', '3 days'."""
    hours = span.total_seconds() / 3600
    if hours < 1:
        return f"{hours * 60:.0f} min"
    return f"{hours:.3g} h" if hours < 48 else f"{hours / 24:.0f} days"
