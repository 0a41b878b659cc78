"""What is true of one patient now: conditions and numbers over a state of one row, with their inputs and gaps."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import polars as pl

from icans.grading.grade import dtype
from icans.grading.wording import grade_words, value_words
from icans.guidance.vocabulary import GRADES, label_of
from icans.record.catalogue import catalogue
from icans.rules.condition import condition
from icans.rules.definition import Definition, definition_columns, stages
from icans.rules.expression import Node, terms
from icans.rules.span import span
from icans.rules.vocabulary import Term, hi, lo


def completed(state: pl.DataFrame, nodes: Iterable[Node], own: Iterable[str] = ()) -> pl.LazyFrame:
    """The columns that expressions ask for: those of the table, and for what it lacks unknown ones.

    own  names that are no columns yet, because definitions will add them
    """
    return with_terms(state, asked_terms(nodes, own))


def asked_terms(nodes: Iterable[Node], own: Iterable[str] = ()) -> tuple[Term, ...]:
    """Every name that expressions ask for, each once, without those of definitions."""
    asked = {t.name: t for node in nodes for t in terms(node)}
    return tuple(term for name, term in asked.items() if name not in own)


def with_terms(state: pl.DataFrame, asked: Iterable[Term]) -> pl.LazyFrame:
    """The columns of some names: those of the table, and for what it lacks unknown ones."""
    return state.lazy().select(_picked(state, asked))


def _asked_of(state: pl.DataFrame, asked: Iterable[Term]) -> pl.DataFrame:
    """The same at once: to plan a query over one row would take longer than to ask it."""
    return state.select(_picked(state, asked))


def _picked(state: pl.DataFrame, asked: Iterable[Term]) -> list[pl.Expr]:
    have = set(state.columns)
    return [_ROW, *(column for term in asked for column in _columns(have, term))]


_ROW = pl.repeat(0, pl.len(), dtype=pl.UInt8).alias("__row")
"""Keeps the number of rows where no name is asked for."""


def _columns(have: Collection[str], term: Term) -> tuple[pl.Expr, ...]:
    if not term.span:
        return (_column(term, term.name in have),)
    low, high = lo(term.name), hi(term.name)
    return (_end(low, term.limits[0], "-inf", low in have), _end(high, term.limits[1], "inf", high in have))


@cache
def _column(term: Term, is_there: bool) -> pl.Expr:
    return pl.col(term.name) if is_there else pl.lit(None, dtype=dtype(term)).alias(term.name)


@cache
def _end(name: str, limit: float | None, beyond: str, is_there: bool) -> pl.Expr:
    """One end of an interval; where it is not known the limit of the name, or infinity."""
    default = pl.lit(float(beyond) if limit is None else float(limit))
    return (pl.col(name).cast(pl.Float64).fill_null(default) if is_there else default).alias(name)


@dataclass(frozen=True, eq=False)
class _Question:
    """Conditions and definitions, told apart by the objects they are: their trees are too deep to compare each time."""

    nodes: Mapping[str, Node]
    definitions: Sequence[Definition]

    def key(self) -> tuple[object, ...]:
        return (*self.nodes, *map(id, self.nodes.values()), None, *map(id, self.definitions))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Question) and self.key() == other.key()

    def __hash__(self) -> int:
        return hash(self.key())


@dataclass(frozen=True)
class _Prepared:
    """What a question asks for, and its columns: definitions in passes over the table, then one a condition."""

    asked: tuple[Term, ...]
    passes: tuple[tuple[pl.Expr, ...], ...]
    conditions: tuple[pl.Expr, ...]


@lru_cache(maxsize=256)
def _prepared(question: _Question) -> _Prepared:
    every = [*question.nodes.values(), *(node for d in question.definitions for node in d.nodes())]
    return _Prepared(
        asked_terms(every, {d.name for d in question.definitions}),
        tuple(tuple(c for d in group for c in definition_columns(d)) for group in stages(question.definitions)),
        tuple(condition(node).alias(name) for name, node in question.nodes.items()),
    )


def truths(
    state: pl.DataFrame, nodes: Mapping[str, Node], definitions: Sequence[Definition] = ()
) -> dict[str, bool | None]:
    """name -> whether its condition holds for a state of one row; None where what is unknown decides."""
    if not nodes:
        return {}
    ready = _prepared(_Question(dict(nodes), tuple(definitions)))
    frame = _asked_of(state, ready.asked)
    for columns in ready.passes:
        frame = frame.with_columns(columns)
    return frame.select(ready.conditions).row(0, named=True)


def value(state: pl.DataFrame, node: Node) -> tuple[float, float]:
    """The interval of a number for a state of one row."""
    return spans(state, {"value": node})["value"]


def spans(state: pl.DataFrame, nodes: Mapping[str, Node]) -> dict[str, tuple[float, float]]:
    """name -> the interval of a number, for a state of one row."""
    if not nodes:
        return {}
    asked, ends = _numbers(_Question(dict(nodes), ()))
    # The ends of a calculation repeat themselves: here the plan of a query saves more than it takes.
    row = with_terms(state, asked).select(ends).collect().row(0)
    return {name: (float(low), float(high)) for name, low, high in zip(nodes, row[::2], row[1::2], strict=True)}


@lru_cache(maxsize=256)
def _numbers(question: _Question) -> tuple[tuple[Term, ...], tuple[pl.Expr, ...]]:
    ends = ((lo(name), hi(name), span(node)) for name, node in question.nodes.items())
    columns = tuple(end for low, high, s in ends for end in (s.lo.alias(low), s.hi.alias(high)))
    return asked_terms(question.nodes.values()), columns


def inputs(state: pl.DataFrame, nodes: Iterable[Node]) -> dict[str, str]:
    """label -> value in words of the known items and grades that expressions ask for, in the order they name them."""
    return known(state, names(nodes))


def known(state: pl.DataFrame, asked: Iterable[str]) -> dict[str, str]:
    """label -> value in words of those of some items and grades that are known."""
    found: dict[str, str] = {}
    row = values(state)
    for name in asked:
        if name in GRADES:
            if row.get(lo(name)) is not None:
                found[label_of(name)] = grade_words(row[lo(name)], row[hi(name)])
        elif row.get(name) is not None:
            found[label_of(name)] = value_words(name, row[name])
    return found


def missing(state: pl.DataFrame, nodes: Iterable[Node]) -> tuple[str, ...]:
    """The items that expressions ask for and the state does not have."""
    row, items = values(state), catalogue()
    return tuple(name for name in names(nodes) if name in items and row.get(name) is None)


_newest: list[tuple[pl.DataFrame, dict[str, Any]]] = []


def values(state: pl.DataFrame) -> Mapping[str, Any]:
    """column -> value of a state of one row; taken out of the table once for the state that was asked for last."""
    if not _newest or _newest[-1][0] is not state:
        _newest[:] = [(state, state.row(0, named=True))]
    return _newest[-1][1]


def names(nodes: Iterable[Node]) -> tuple[str, ...]:
    """Every item or grade that expressions ask for, each once; names of definitions are left out."""
    known = catalogue()
    return tuple(dict.fromkeys(t.name for node in nodes for t in terms(node) if t.name in known or t.name in GRADES))
