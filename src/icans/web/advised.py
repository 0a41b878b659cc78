"""The actions of an advice as the app asks about them: which need an answer, and which answer still holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from icans.guidance.advice import Advice, Advised

ANSWERABLE = ("MUST", "CONSIDER")
"""What is told for sure and can be acknowledged or overridden; a MUST waits for it."""


@dataclass(frozen=True)
class Action:
    """One action that is told for sure.

    advice   digest of what was told: code, strength, dose, rules, and since when the grades stand: another dose, or
             another grade, is another action
    key      as `Line.key` has it
    """

    advice: str
    key: str
    strength: str
    says: str
    dose: str
    tier: str
    rules: tuple[str, ...]

    @property
    def is_must(self) -> bool:
        """Whether it waits for an answer."""
        return self.strength == "MUST"


@dataclass(frozen=True)
class Answered:
    """An answer that still holds: what, by whom, when, why."""

    id: str
    kind: str
    by: str
    at: datetime
    reason: str | None


def actions(advice: Advice | None, since: Mapping[str, datetime | None]) -> tuple[Action, ...]:
    """What is told for sure and can be answered, in the order of the advice.

    since  outcome -> when its present grade began: once a grade has changed, everything asks again, so that what was
           answered for a first seizure is not taken for answered at a second one
    """
    told = advice.actions if advice else ()
    began = [f"{outcome} {time and time.isoformat()}" for outcome, time in sorted(since.items())]
    return tuple(_action(a, began) for a in told if a.certain and a.strength in ANSWERABLE)


def possible(advice: Advice | None) -> int:
    """How many MUST actions are told only if what is unknown turns out so."""
    return len(advice.told("MUST", certain=False)) if advice else 0


def _action(told: Advised, began: list[str]) -> Action:
    rules = tuple(dict.fromkeys(r.rule for r in told.reasons))
    parts = (told.code, told.strength, told.dose, told.arithmetic, *rules, *began)
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
    return Action(digest, f"{told.code} {told.strength}", told.strength, told.does, told.dose, told.tier, rules)


def holding(answers: Iterable[Mapping[Any, Any]], now: datetime, hours: float) -> dict[str, Answered]:
    """advice -> the newest answer, where it is not older than `hours`."""
    found = {}
    for one in answers:
        if now - one["at"] <= timedelta(hours=hours):
            found[one["advice"]] = Answered(one["id"], one["kind"], one["by"], one["at"], one["reason"])
    return found


def waiting(told: Iterable[Action], held: Mapping[str, Answered]) -> list[Action]:
    """The actions that must be done and that nobody has answered."""
    return [a for a in told if a.is_must and a.advice not in held]
