"""What a record says of one item now: a value, one that is too old, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from icans.grading.wording import encoded_words, value_words
from icans.guidance.situation import Seen, Situation
from icans.guidance.vocabulary import label_of
from icans.record.catalogue import catalogue

KNOWN, TOO_OLD, UNKNOWN = "known", "too old", "unknown"


@dataclass(frozen=True)
class Recorded:
    """What the record says of one item.

    status  known, too old (seen, but no longer valid) or unknown (never seen)
    words   the value in words, also where it is too old; None where it is unknown
    time    when it was seen; None where it was never seen, or derived
    """

    item: str
    label: str
    status: str
    words: str | None
    time: datetime | None


def recorded(item: str, situation: Situation, seen: Mapping[str, Seen]) -> Recorded:
    """What the record says of one item: its value now, or the last one where that is too old, or nothing.

    seen  `situation.seen()`, made once for many items
    """
    value, last = situation.known(item), seen.get(item)
    time = last.time if last else None
    if value is not None:
        return Recorded(item, label_of(item), KNOWN, _words(item, value), time)
    if last is not None:
        return Recorded(item, label_of(item), TOO_OLD, encoded_words(catalogue()[item], last.value), time)
    return Recorded(item, label_of(item), UNKNOWN, None, None)


def _words(item: str, value: float | bool | str | int) -> str:
    """The value in words; a day, which is counted in whole ones but known to the hour, with one decimal."""
    if catalogue()[item].kind == "whole" and isinstance(value, float) and not value.is_integer():
        return f"{value:.1f}"
    return value_words(item, value)
