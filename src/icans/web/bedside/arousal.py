"""How awake a patient is, asked before either test, and what is recorded where a test cannot be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from icans.record.catalogue import catalogue
from icans.web.bedside.document import consciousness
from icans.web.bedside.question import Cited, cited, source_in


@dataclass(frozen=True)
class Way:
    """Why a test cannot be done, and what is recorded then: a level, another cause, or only a reason."""

    name: str
    then: Cited
    says: str
    level: str
    cause: str
    asks_level: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Cause:
    """An answer to what else may explain a low level; records: item -> word."""

    name: str
    says: str
    records: Mapping[str, str]


@dataclass(frozen=True)
class Arousal:
    """How awake the patient is.

    levels    value of the item `consciousness` -> words on its button; short: value -> words of the catalogue
    cause     the question for another cause; causes: its answers
    untested  ways in which a test is not done
    """

    levels: Mapping[str, str]
    short: Mapping[str, str]
    cause: Cited
    causes: tuple[Cause, ...]
    untested: tuple[Way, ...]


def arousal() -> Arousal:
    """How awake the patient is, asked before either test, and the ways a test is not done."""
    found = consciousness()
    ways = tuple(
        Way(
            name=way["name"],
            then=Cited(way["then"], source_in(way["source"], found), way["mark"]),
            says=way["says"],
            level=way.get("level", ""),
            cause=way.get("cause", ""),
            asks_level=way.get("asks_level", False),
            reasons=tuple(way.get("reasons", ())),
        )
        for way in found["untested"]
    )
    causes = tuple(Cause(**answer) for answer in found["cause"]["answers"])
    item = catalogue()["consciousness"]
    short = {value: item.say(item.encode(value)) for value in item.values}
    return Arousal(found["levels"]["says"], short, cited(found["cause"], found), causes, ways)
