"""Which rules of a guideline hold: over a table of states of any size, three-valued."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache

import polars as pl

from icans.grading.grade import CHARTED_BY_EXCEPTION, columns, dtype, grade_scale
from icans.grading.library import scale_named
from icans.guidance.guideline import Guideline, Rule
from icans.guidance.truth import asked_terms, names, with_terms
from icans.guidance.vocabulary import GRADES, vocabulary
from icans.record.catalogue import catalogue
from icans.rules.condition import condition
from icans.rules.definition import definition_columns, stages
from icans.rules.expression import Node
from icans.rules.vocabulary import Term, hi, lo


def with_grades(states: pl.DataFrame, guideline: Guideline, positions: Mapping[str, bool]) -> pl.DataFrame:
    """`states` with the grades that the guideline asks for: crs__lo, crs__hi, icans__lo, icans__hi (0 to 5).

    Grades that the table already has are taken as they stand.
    """
    states = states.with_columns(_constant(n, w) for n, (w, _) in _of_grading(guideline, states.columns, positions))
    found: list[pl.Series] = []
    for outcome in GRADES:
        if lo(outcome) in states.columns:
            continue
        scale = scale_named(guideline.grades[outcome], positions)
        low, high = columns(scale)
        graded = grade_scale(states, scale, {**positions, "C7": True})
        found += [graded[low].cast(pl.Float64).alias(lo(outcome)), graded[high].cast(pl.Float64).alias(hi(outcome))]
    if not found or "day" not in states.columns or not (states["day"] < 0).any():
        return states.with_columns(found)
    # Nothing before the infusion is due to the cells.
    before = (states["day"] < 0).fill_null(False)
    return states.with_columns(pl.when(~before).then(pl.lit(end)).otherwise(0.0).alias(end.name) for end in found)


def taken(guideline: Guideline, present: Collection[str], positions: Mapping[str, bool]) -> dict[str, tuple[str, str]]:
    """item -> (value, convention) taken for granted because the table has no column for what the rules ask."""
    found = dict(_of_grading(guideline, present, positions))
    for name in asked_names(guideline):
        item = catalogue().get(name)
        if item is None or name in present:
            continue
        if item.assumed and positions[item.assumed.convention]:
            found[name] = (item.assumed.value, item.assumed.convention)
        elif name in CHARTED_BY_EXCEPTION and positions["P5"]:
            found[name] = ("none", "P5")
    return found


def with_taken(states: pl.DataFrame, guideline: Guideline, positions: Mapping[str, bool]) -> pl.DataFrame:
    """`states` with a column for everything that is taken for granted."""
    found = taken(guideline, states.columns, positions)
    return states.with_columns(_constant(name, word) for name, (word, _) in found.items())


def _of_grading(
    guideline: Guideline, present: Collection[str], positions: Mapping[str, bool]
) -> Iterator[tuple[str, tuple[str, str]]]:
    if positions["G7"]:
        yield from ((name, (word, "G7")) for name, word in guideline.taken.items() if name not in present)


def _constant(name: str, word: str) -> pl.Expr:
    item = catalogue()[name]
    return pl.lit(item.cell(item.encode(word)), dtype=dtype(vocabulary()[name])).alias(name)


def fired(states: pl.DataFrame, guideline: Guideline) -> pl.LazyFrame:
    """One Boolean column a rule, by its id: true where it applies, null where what is unknown decides.

    states  typed, with the grades (see `with_grades`); an entry of a list applies where it holds and none above it
    """
    *_, held, last = _steps(guideline)
    return defined(states, guideline).with_columns(held).select(last)


def defined(states: pl.DataFrame, guideline: Guideline) -> pl.LazyFrame:
    """The columns that a guideline asks for, and those of its definitions."""
    frame = with_terms(states, _terms(guideline))
    for step in _steps(guideline)[:-2]:
        frame = frame.with_columns(step)
    return frame


@cache
def asked(guideline: Guideline) -> tuple[Node, ...]:
    """Every expression of a guideline."""
    return tuple(guideline.nodes())


@cache
def _terms(guideline: Guideline) -> tuple[Term, ...]:
    return asked_terms(asked(guideline), {d.name for d in guideline.definitions})


@cache
def _steps(guideline: Guideline) -> tuple[tuple[pl.Expr, ...], ...]:
    """The columns of `fired` in groups of which each asks only for those before it: definitions, rules, lists."""
    defined = [tuple(c for d in group for c in definition_columns(d)) for group in stages(guideline.definitions)]
    held = tuple(_holds(rule.when).alias(rule.id) for rule in guideline.every_rule())
    alone = (pl.col(rule.id) for rule in guideline.rules)
    listed = (column for entries in guideline.lists.values() for column in _first_that_holds(entries))
    return (*defined, held, (*alone, *listed))


@cache
def asked_names(guideline: Guideline) -> tuple[str, ...]:
    """Every item and grade that a guideline asks for."""
    return names(asked(guideline))


def _holds(when: Node | None) -> pl.Expr:
    return pl.repeat(True, pl.len(), dtype=pl.Boolean) if when is None else condition(when)


def _first_that_holds(entries: Sequence[Rule]) -> Iterator[pl.Expr]:
    above: pl.Expr | None = None
    for entry in entries:
        own = pl.col(entry.id)
        yield (own if above is None else own & ~above).alias(entry.id)
        above = own if above is None else above | own
