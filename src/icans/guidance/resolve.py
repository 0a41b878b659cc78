"""From the rules that hold to what is told: the lists answered, steroids joined, each action once, over a table.

A rule holds, does not, or may (what is unknown decides). A list gives one answer; where it is open, several are
possible. An action is told where it is told in every way the open ends may go, not told where it is in none, and
unknown between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce

import polars as pl

from icans.guidance.actions import STEROID, actions
from icans.guidance.guideline import RUNNING, Guideline, Rule

FORBIDDEN = "MUST_NOT"
STRENGTHS = ("MUST", "CONSIDER", "OPTIONAL")
"""How strongly an action is told, the strongest first."""
_RANK = {"NONE": 0, "OPTIONAL": 1, "CONSIDER": 2, "MUST": 3}
_STEROID_LISTS = ("steroid_crs", RUNNING, "steroid_icans")
"""Of two answers alike that of the first counts."""


@dataclass(frozen=True)
class Group:
    """Entries of which one answers: those of a list, or of the two steroid lists joined.

    codes  the actions it decides on
    """

    name: str
    entries: tuple[Rule, ...]
    codes: frozenset[str]


def told_name(code: str, strength: str) -> str:
    """The column that says whether an action is told at least so strongly, or forbidden."""
    return f"{strength}:{code}"


def possible_name(group: str, rule: str) -> str:
    """The column that says whether an entry may be the answer of its group."""
    return f"{group}:{rule}"


@cache
def groups(guideline: Guideline) -> tuple[Group, ...]:
    """The lists of a guideline as groups: each by itself, and the steroid regimens of all lists as one."""
    found = []
    for name, entries in guideline.lists.items():
        codes = frozenset(_codes(entries))
        if name in _STEROID_LISTS:
            codes -= _regimens(entries)
        found.append(Group(name, entries, codes))
    both = tuple(rule for name in _STEROID_LISTS for rule in guideline.lists.get(name, ()))
    return (*found, Group(STEROID, both, frozenset(_regimens(both))))


def _codes(rules: Sequence[Rule]) -> Iterator[str]:
    return (told.code for rule in rules for told in rule.told)


def _regimens(rules: Sequence[Rule]) -> set[str]:
    return {code for code in _codes(rules) if actions()[code].kind == STEROID}


@cache
def codes(guideline: Guideline) -> tuple[str, ...]:
    """Every action a guideline tells or forbids, in the order of what is done."""
    named = set(_codes(list(guideline.every_rule())))
    return tuple(code for code in sorted(actions(), key=lambda c: actions()[c].order) if code in named)


def answered(truths: pl.LazyFrame, guideline: Guideline) -> pl.LazyFrame:
    """The table of `evaluate.fired` with what follows from it.

    `MUST:TOCI` ...   for every action and strength: whether it is told at least so strongly (MUST_NOT: forbidden);
                      null where what is unknown decides. A column is there only where some rule says so.
    `icu:RULE` ...    for every entry of a group: whether it may be the answer
    """
    for columns in _steps(guideline):
        truths = truths.with_columns(columns)
    return truths


@cache
def _steps(guideline: Guideline) -> tuple[tuple[pl.Expr, ...], ...]:
    """The columns of `answered`, in groups of which each asks only for those before it."""
    possible = (
        pl.col(rule.id).fill_null(True).alias(possible_name(name, rule.id))
        for name, entries in guideline.lists.items()
        for rule in entries
    )
    told = (_told(code, strength, guideline) for code in codes(guideline) for strength in (*STRENGTHS, FORBIDDEN))
    told_columns = tuple(column for column in told if column is not None)
    return tuple(possible), tuple(_winners(guideline)), tuple(_counts(guideline)), told_columns


def _winners(guideline: Guideline) -> Iterator[pl.Expr]:
    """Which steroid answers may be the joined one: the stronger of the lists counts, once.

    Of a list of which several entries may apply, the weakest bounds what can still win.
    """
    weakest = []
    for name in _STEROID_LISTS:
        ways = [
            pl.when(pl.col(possible_name(name, rule.id))).then(_intensity(name, rule)).otherwise(float("inf"))
            for rule in guideline.lists.get(name, ())
        ]
        weakest.append(pl.min_horizontal(ways))
    bound = pl.max_horizontal(weakest)
    for name in _STEROID_LISTS:
        for rule in guideline.lists.get(name, ()):
            wins = pl.col(possible_name(name, rule.id)) & (bound <= _intensity(name, rule))
            yield wins.alias(possible_name(STEROID, rule.id))


def _intensity(name: str, rule: Rule) -> float:
    """Strength first, then the dexamethasone equivalent of a day; of two alike that of the first list."""
    dex = max((actions()[code].dex_mg_per_day for code in _regimens([rule])), default=0.0)
    return _RANK.get(rule.strength, 0) * 1e6 + dex - 0.1 * _STEROID_LISTS.index(name)


def _told(code: str, strength: str, guideline: Guideline) -> pl.Expr | None:
    """Told by a rule that stands alone, or by every possible answer of a group."""
    alone = [pl.col(r.id) for r in _naming(guideline).get(code, ()) if tells(r, code, strength)]
    ways = [way for group in groups(guideline) if (way := _by_group(group, code, strength)) is not None]
    if not alone and not ways:
        return None
    return reduce(lambda a, b: a | b, [*alone, *ways]).alias(told_name(code, strength))


@cache
def _naming(guideline: Guideline) -> Mapping[str, Sequence[Rule]]:
    """code -> the rules that stand alone and name it."""
    found: dict[str, list[Rule]] = {}
    for rule in guideline.rules:
        for code in dict.fromkeys(told.code for told in rule.told):
            found.setdefault(code, []).append(rule)
    return found


def _by_group(group: Group, code: str, strength: str) -> pl.Expr | None:
    """Told where every possible answer of a group tells it, not told where none does, unknown between."""
    if code not in group.codes:
        return None
    telling = [possible_name(group.name, r.id) for r in group.entries if tells(r, code, strength)]
    if not telling:
        return None
    count = pl.sum_horizontal([pl.col(name).cast(pl.UInt8) for name in telling])
    return pl.when(count == 0).then(False).when(count == pl.col(_count_name(group.name))).then(True)


def _count_name(group: str) -> str:
    return f"count of {group}"


def _counts(guideline: Guideline) -> Iterator[pl.Expr]:
    """How many entries of each group may be the answer."""
    for group in groups(guideline):
        ways = [pl.col(possible_name(group.name, rule.id)).cast(pl.UInt8) for rule in group.entries]
        yield pl.sum_horizontal(ways).alias(_count_name(group.name))


def tells(rule: Rule, code: str, strength: str) -> bool:
    """True where a rule tells an action at least so strongly, or forbids it."""
    if all(told.code != code for told in rule.told):
        return False
    if FORBIDDEN in (strength, rule.strength):
        return strength == rule.strength
    return _RANK[rule.strength] >= _RANK[strength]
