"""From a course told in a few points to the numbers and words that a nurse would write down at a round."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

Points = Mapping[int, Any]
"""Hours ago -> value."""

_ICE = ("ice_orientation", "ice_naming", "ice_commands", "ice_writing", "ice_attention")
_CAPD = (
    "capd_eye_contact", "capd_purposeful", "capd_aware", "capd_communicates",
    "capd_restless", "capd_inconsolable", "capd_underactive", "capd_slow",
)  # fmt: skip
_PARTS = {"ice": _ICE, "capd": _CAPD}
_WARMEST_HOUR = 17


@dataclass(frozen=True)
class About:
    """How a number moves about its course.

    noise     at random by so much either way; share: or by this share of the number
    day       over the day by so much, highest at 17:00; lowest at 05:00
    decimals  how it is written; at_most: what it cannot exceed
    """

    noise: float = 0.0
    share: float = 0.0
    day: float = 0.0
    decimals: int = 0
    at_most: float = math.inf

    def written(self, value: float, hour: float, random: Random) -> str:
        """The number as it is written down at an hour of the day."""
        wide = self.noise + self.share * value
        about = random.uniform(-wide, wide) + self.day * math.cos((hour - _WARMEST_HOUR) / 24 * 2 * math.pi)
        return f"{min(value + about, self.at_most):.{self.decimals}f}"


def along(points: float | Points, ago: float) -> float:
    """The number of a course so many hours ago: a straight line between two points, held beyond the ends."""
    if not isinstance(points, Mapping):
        return float(points)
    told = sorted(points.items())
    if ago <= told[0][0]:
        return float(told[0][1])
    for (late, end), (early, start) in pairwise(told):
        if ago <= early:
            return end + (start - end) * (ago - late) / (early - late)
    return float(told[-1][1])


def in_force(steps: Any, ago: float) -> Any:
    """The word in force so many hours ago: the newest that had begun; None where none had, or it was taken away."""
    if not isinstance(steps, Mapping):
        return steps
    begun = [since for since in steps if since >= ago]
    return steps[min(begun)] if begun else None


def items_of(name: str, value: Any) -> dict[str, str]:
    """The items that a word of the file stands for: `ice` and `capd` for their parts, or for the total where it is one
    number; else itself. None for what is None."""
    if value is None:
        return {}
    if name not in _PARTS:
        return {name: str(value)}
    words = str(value).split()
    return {f"{name}_total": words[0]} if len(words) == 1 else dict(zip(_PARTS[name], words, strict=True))
