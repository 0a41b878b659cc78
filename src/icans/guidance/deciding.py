"""Which missing value decides: every gap is filled with each value the rules tell apart, all in one table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import polars as pl

from icans.grading.grade import dtype
from icans.grading.what_if import values_words
from icans.guidance.advice import Deciding
from icans.guidance.answer import Answer, Resolved, Row, answer_of, told_at
from icans.guidance.evaluate import asked, asked_names, defined, fired
from icans.guidance.guideline import Guideline
from icans.guidance.resolve import FORBIDDEN, STRENGTHS, answered, told_name
from icans.guidance.vocabulary import GRADES, label_of, vocabulary
from icans.record.catalogue import catalogue
from icans.rules.cells import calculated_limits, cells
from icans.rules.expression import Logic, Node, Recorded, children, terms
from icans.rules.vocabulary import hi, lo

_MOST_SHOWN = 3


@dataclass(frozen=True)
class _Filled:
    """One gap filled with one value, and the row of answers that gives."""

    item: str
    value: float
    row: Row


@dataclass(frozen=True)
class Settled:
    """The answer of a state, and what filling single gaps settles.

    row      the state's own row of `resolve.answered`; answer: its actions, those that cases settle made certain
    decided  (code, whether it is forbidden) -> what decides on an action that stays open
    """

    row: Row
    answer: Answer
    decided: Mapping[tuple[str, bool], tuple[Deciding, ...]]


def settled(state: pl.DataFrame, guideline: Guideline, *, by_cases: bool = True) -> Settled:
    """The answer of a state of one row, and what each missing value decides.

    by_cases  False: by the rules alone, in half the time, without what decides. Otherwise an action that is told
              whatever the value of one gap is certain too, although the rules alone cannot see it
    """
    row, filled = _tried(state, guideline) if by_cases else _untried(state, guideline)
    answer = answer_of(row, guideline)
    tried: dict[str, list[_Filled]] = {}
    for one in filled:
        tried.setdefault(one.item, []).append(one)
    actions: list[Resolved] = []
    decided: dict[tuple[str, bool], tuple[Deciding, ...]] = {}
    for action in answer.actions:
        key = (action.code, action.strength == FORBIDDEN)
        sure = "" if action.certain else _certain_by_cases(key, tried)
        actions.append(replace(action, strength=sure, certain=True) if sure else action)
        if not action.certain and not sure:
            decided[key] = tuple(_deciding(key, tried))[:_MOST_SHOWN]
    return Settled(row, replace(answer, actions=tuple(actions)), decided)


def _untried(state: pl.DataFrame, guideline: Guideline) -> tuple[Row, list[_Filled]]:
    return answered(fired(state, guideline), guideline).collect().row(0, named=True), []


def _tried(state: pl.DataFrame, guideline: Guideline) -> tuple[Row, list[_Filled]]:
    """The row of the state, and of every gap filled with every value, all worked out in one table."""
    gaps = [n for n in may_decide(guideline) if (_open_grade(state, n) if n in GRADES else _is_gap(state, n))]
    cuts = calculated_limits(defined(state, guideline), asked(guideline), gaps)
    plan = [(name, value) for name in gaps for value in _values(name, state, guideline, cuts.get(name, ()))]
    filled = pl.concat([state] * len(plan)).with_columns(_columns(plan, state)) if plan else state.clear()
    rows = pl.concat([state, filled], how="diagonal")
    own, *others = answered(fired(rows, guideline), guideline).collect().rows(named=True)
    return own, [_Filled(name, value, row) for (name, value), row in zip(plan, others, strict=True)]


def _open_grade(state: pl.DataFrame, name: str) -> bool:
    return state[lo(name)][0] != state[hi(name)][0]


def _is_gap(state: pl.DataFrame, name: str) -> bool:
    """True for an item that is unknown, unless another account of it is known, or there is nothing to know."""
    account, needs = catalogue()[name].account_of, catalogue()[name].needs
    if needs and not _unknown(state, needs) and state[needs][0] in (0, "none"):
        return False
    others = (n for n in _accounts(account) if n != name) if account else ()
    return _unknown(state, name) and all(_unknown(state, other) for other in others)


def _unknown(state: pl.DataFrame, name: str) -> bool:
    return name not in state.columns or state[name][0] is None


@cache
def _accounts(of: str) -> tuple[str, ...]:
    return tuple(item.name for item in catalogue().values() if item.account_of == of)


@cache
def may_decide(guideline: Guideline) -> tuple[str, ...]:
    """What a guideline asks for, without what counts only once it is recorded (`any_known(x) and x`)."""
    asked_freely = {name for node in asked(guideline) for name in _unguarded(node, frozenset())}
    return tuple(name for name in asked_names(guideline) if name in asked_freely)


def _unguarded(node: Node, guards: frozenset[str]) -> Iterator[str]:
    if isinstance(node, Recorded):
        return
    if isinstance(node, Logic) and node.operator == "and":
        guards |= {term.name for part in node.parts if isinstance(part, Recorded) for term in part.terms}
    below = children(node)
    for child in below:
        yield from _unguarded(child, guards)
    if not below:
        yield from (term.name for term in terms(node) if term.name not in guards)


def _values(name: str, state: pl.DataFrame, guideline: Guideline, cuts: Sequence[float]) -> Sequence[float]:
    if name in GRADES:
        return [float(g) for g in range(int(state[lo(name)][0]), int(state[hi(name)][0]) + 1)]
    item = catalogue()[name]
    if item.kind == "choice":
        return [float(i) for i in range(len(item.values))]
    return _cells(guideline, name, tuple(cuts))


@cache
def _cells(guideline: Guideline, name: str, cuts: tuple[float, ...]) -> Sequence[float]:
    return cells(vocabulary()[name], asked(guideline), cuts)


def _columns(plan: Sequence[tuple[str, float]], state: pl.DataFrame) -> list[pl.Series]:
    columns = []
    for name in dict.fromkeys(n for n, _ in plan):
        if name in GRADES:
            for end in (lo(name), hi(name)):
                columns.append(pl.Series(end, [v if n == name else state[end][0] for n, v in plan], dtype=pl.Float64))
        else:
            values = [catalogue()[name].cell(v) if n == name else None for n, v in plan]
            columns.append(pl.Series(name, values, dtype=dtype(vocabulary()[name])))
    return columns


def _told(key: tuple[str, bool], row: Row) -> tuple[str, str] | None:
    code, forbidden = key
    if not forbidden:
        return told_at(row, code)
    ban = row.get(told_name(code, FORBIDDEN), False)
    return None if ban is False else (FORBIDDEN if ban else "", FORBIDDEN)


def _certain_by_cases(key: tuple[str, bool], tried: Mapping[str, Sequence[_Filled]]) -> str:
    """The strength an action has at least, where it is certain for every value of one gap; '' elsewhere."""
    order = (FORBIDDEN, *STRENGTHS)
    for cases in tried.values():
        sure: list[str] = []
        for one in cases:
            told = _told(key, one.row)
            if not told or not told[0]:
                break
            sure.append(told[0])
        else:
            return max(sure, key=order.index)
    return ""


def _deciding(key: tuple[str, bool], tried: Mapping[str, Sequence[_Filled]]) -> Iterator[Deciding]:
    for item, cases in tried.items():
        own = [(one.value, _told(key, one.row)) for one in cases]
        told = [value for value, found in own if found and found[0]]
        not_told = [value for value, found in own if found is None]
        if told or (not_told and len(not_told) < len(own)):
            every = sorted(value for value, _ in own)
            yield Deciding(item, label_of(item), _words(item, told, every), _words(item, not_told, every))


def _words(name: str, values: Sequence[float], every: Sequence[float]) -> str:
    if not values:
        return ""
    if name in GRADES:
        low, high = min(values), max(values)
        return f"{low:g}" if low == high else f"{low:g} to {high:g}"
    return values_words(catalogue()[name], sorted(values), every)
