"""Checks a guideline on a grid of states: rules that never hold, states without an answer, contradictions, repeats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from operator import or_

import polars as pl

from icans.grading.scale import SWITCH
from icans.grading.wording import value_words
from icans.guidance.evaluate import fired
from icans.guidance.grid import grid, names_in
from icans.guidance.guideline import Guideline, Rule
from icans.guidance.vocabulary import GRADES, label_of
from icans.rules.vocabulary import lo

ACTS = ("MUST", "CONSIDER", "OPTIONAL")


@dataclass(frozen=True)
class Contradiction:
    """One action that two rules say must and must not be done in the same state, with one such state in words."""

    action: str
    must: str
    must_not: str
    states: int
    state: str


@dataclass(frozen=True)
class GridReport:
    """What was found on the grid of a guideline.

    states          how many states were tried
    never           ids of rules that held in none of them
    waiting         the same for rules that ask for a convention, and may hold where it is changed
    without_answer  in words: pairs of grades with CRS or ICANS in which nothing is told in some state
    contradictions  an action that must and must not be done in one state
    repeats         pairs of ids that say the same under the same condition
    """

    guideline: str
    states: int
    never: tuple[str, ...]
    waiting: tuple[str, ...]
    without_answer: tuple[str, ...]
    contradictions: tuple[Contradiction, ...]
    repeats: tuple[tuple[str, str], ...]

    @property
    def sound(self) -> bool:
        """True where nothing was found; a rule that waits for a convention is no fault."""
        return not (self.never or self.without_answer or self.contradictions or self.repeats)

    def words(self) -> tuple[str, ...]:
        """Every finding as a sentence; none where the guideline is sound."""
        return (
            *(f"{self.guideline}: {id} holds in no state of the grid" for id in self.never),
            *(f"{self.guideline}: nothing is told in {state}" for state in self.without_answer),
            *(
                f"{self.guideline}: {c.action} is a must by {c.must} and a must not by {c.must_not}, as in: {c.state}"
                for c in self.contradictions
            ),
            *(f"{self.guideline}: {one} and {other} say the same" for one, other in self.repeats),
        )


def check(guideline: Guideline, states: pl.DataFrame | None = None) -> GridReport:
    """Try a guideline on every state of its grid, or on given states.

    states  typed as a table of states, with crs__lo, crs__hi, icans__lo, icans__hi
    """
    tried = grid(guideline) if states is None else states
    held = holding(guideline, tried)
    idle = [rule for rule in guideline.every_rule() if not held[rule.id].any()]
    return GridReport(
        guideline.name,
        tried.height,
        tuple(rule.id for rule in idle if not SWITCH.search(rule.when_text)),
        tuple(rule.id for rule in idle if SWITCH.search(rule.when_text)),
        tuple(_without_answer(guideline, tried, held)),
        tuple(_contradictions(guideline, tried, held)),
        tuple(_repeats(guideline)),
    )


def holding(guideline: Guideline, states: pl.DataFrame) -> pl.DataFrame:
    """A Boolean column a rule, by id: where it surely applies; of a list only the first entry that holds does."""
    return fired(states, guideline).collect().with_columns(pl.all().fill_null(False))


def _without_answer(guideline: Guideline, states: pl.DataFrame, held: pl.DataFrame) -> Iterator[str]:
    acting = [held[rule.id] for rule in guideline.every_rule() if rule.strength in ACTS]
    told = reduce(or_, acting, pl.repeat(False, states.height, eager=True))
    ill = (states[lo("crs")] >= 1) | (states[lo("icans")] >= 1)
    pairs = states.select(lo(name) for name in GRADES).filter(~told & ill).unique().sort(lo("crs"), lo("icans"))
    for crs, icans in pairs.iter_rows():
        yield f"CRS grade {crs:g}, ICANS grade {icans:g}"


def _contradictions(guideline: Guideline, states: pl.DataFrame, held: pl.DataFrame) -> Iterator[Contradiction]:
    """A must not of TOCI_OVER_CAP forbids TOCI too: the longer code adds the reason."""
    every = list(guideline.every_rule())
    demands = [(told.code, rule) for rule in every if rule.strength == "MUST" for told in rule.told]
    bans = [(told.code, rule) for rule in every if rule.strength == "MUST_NOT" for told in rule.told]
    for code, rule in demands:
        for banned, other in bans:
            if banned != code and not banned.startswith(f"{code}_"):
                continue
            both = held[rule.id] & held[other.id]
            if both.any():
                names = names_in(rule.when, guideline) | names_in(other.when, guideline)
                state = _words(states.row(int(both.arg_max() or 0), named=True), names)
                yield Contradiction(banned, rule.id, other.id, int(both.sum()), state)


def _words(state: Mapping[str, object], names: set[str]) -> str:
    """What a state has of some names: 'CRS grade 2; Fever 96 h'."""
    grades = [f"{GRADES[name]} {state[lo(name)]:g}" for name in GRADES if name in names]
    items = [
        f"{label_of(name)} {value_words(name, state[name])}"
        for name in sorted(names - set(GRADES))
        if state.get(name) is not None
    ]
    return "; ".join((*grades, *items))


def _repeats(guideline: Guideline) -> Iterator[tuple[str, str]]:
    for one, other in combinations(guideline.rules, 2):
        if _content(one) == _content(other):
            yield one.id, other.id
    for entries in guideline.lists.values():
        for one, other in combinations(entries, 2):
            if one.when_text == other.when_text:
                yield one.id, other.id


def _content(rule: Rule) -> tuple[object, ...]:
    told = tuple((told.code, tuple(told.details.items())) for told in rule.told)
    return rule.when_text, rule.strength, told, rule.part
