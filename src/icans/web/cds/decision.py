"""What a decision list of a guideline answers for one state."""

from __future__ import annotations

import polars as pl

from icans.guidance.guideline import Guideline, Rule
from icans.guidance.truth import truths

FORBIDDEN = "MUST_NOT"


def possible_answers(listed: str, state: pl.DataFrame, guideline: Guideline) -> tuple[Rule, ...]:
    """The entries of a list that may be its answer: one where it is settled, none where there is no such list.

    The first that holds decides; one that may hold leaves those below it possible.
    """
    entries = guideline.lists.get(listed, ())
    holds = truths(state, {rule.id: rule.when for rule in entries if rule.when is not None}, guideline.definitions)
    possible: list[Rule] = []
    for rule in entries:
        truth = True if rule.when is None else holds[rule.id]
        if truth is not False:
            possible.append(rule)
        if truth is True:
            break
    return tuple(possible)


def is_forbidden(answers: tuple[Rule, ...]) -> bool:
    """Whether every possible answer is that it must not be done."""
    return bool(answers) and all(rule.strength == FORBIDDEN for rule in answers)
