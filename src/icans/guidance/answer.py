"""One row of an answered table as actions: what is certain, what is only possible, and by which rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from icans.guidance.actions import STEROID
from icans.guidance.guideline import Guideline, Rule
from icans.guidance.resolve import FORBIDDEN, STRENGTHS, codes, groups, possible_name, told_name

Row = Mapping[str, bool | None]
"""A row of `resolve.answered`: rules, actions by strength, and entries of groups."""


@dataclass(frozen=True)
class Resolved:
    """One action of an answer.

    strength  MUST, CONSIDER, OPTIONAL or MUST_NOT: what is sure of it; where it is only possible, the most it may be
    most      the most it may be
    certain   False where some way of filling the gaps does without it
    rules     the rules that tell it, or may
    """

    code: str
    strength: str
    most: str
    certain: bool
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Answer:
    """What a guideline answers: the actions in the order of what is done, and the answers of its lists.

    tocilizumab, icu   the strengths that are possible, one where it is settled
    steroid            (strength, action or NONE) of each joined regimen that is possible
    """

    actions: tuple[Resolved, ...]
    tocilizumab: tuple[str, ...]
    icu: tuple[str, ...]
    steroid: tuple[tuple[str, str], ...]


def answer_of(row: Row, guideline: Guideline) -> Answer:
    """The answer of one row."""
    possible = {
        group.name: [rule for rule in group.entries if row[possible_name(group.name, rule.id)]]
        for group in groups(guideline)
    }
    regimens = next(group.codes for group in groups(guideline) if group.name == STEROID)
    steroid = [(r.strength, next((t.code for t in r.told if t.code in regimens), "NONE")) for r in possible[STEROID]]
    return Answer(
        tuple(_resolved(row, guideline)), _strengths(possible["tocilizumab"]), _strengths(possible["icu"]),
        tuple(dict.fromkeys(steroid)),
    )  # fmt: skip


def _strengths(rules: list[Rule]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule.strength for rule in rules))


def _resolved(row: Row, guideline: Guideline) -> Iterator[Resolved]:
    forbidden: list[Resolved] = []
    for code in codes(guideline):
        if (told := told_at(row, code)) is not None:
            sure, most = told
            yield Resolved(code, sure or most, most, bool(sure), _rules(row, code, guideline, forbidding=False))
        ban = row.get(told_name(code, FORBIDDEN), False)
        if ban is not False:
            rules = _rules(row, code, guideline, forbidding=True)
            forbidden.append(Resolved(code, FORBIDDEN, FORBIDDEN, ban is True, rules))
    yield from forbidden


def told_at(row: Row, code: str) -> tuple[str, str] | None:
    """How strongly an action is surely told ('' where it is not sure) and at most; None where it surely is not."""
    most = ""
    for strength in STRENGTHS:
        truth = row.get(told_name(code, strength), False)
        if truth is not False:
            most = most or strength
            if truth is True:
                return strength, most
    return ("", most) if most else None


def _rules(row: Row, code: str, guideline: Guideline, *, forbidding: bool) -> tuple[Rule, ...]:
    """The rules that tell (or forbid) an action and hold or may; of steroid answers those that may win."""
    return tuple(
        rule
        for rule, joined in _telling(guideline, code)
        if (rule.strength == FORBIDDEN) is forbidding
        and row[rule.id] is not False
        and (not joined or row[possible_name(STEROID, rule.id)])
    )


@cache
def _telling(guideline: Guideline, code: str) -> tuple[tuple[Rule, bool], ...]:
    """The rules that name an action, and whether each is an answer of the joined steroid lists."""
    steroids = next(group for group in groups(guideline) if group.name == STEROID)
    joined = {rule.id for rule in steroids.entries} if code in steroids.codes else set[str]()
    named = (rule for rule in guideline.every_rule() if any(told.code == code for told in rule.told))
    return tuple((rule, rule.id in joined) for rule in named)
