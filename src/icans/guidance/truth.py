"""What is true of one patient now: conditions and numbers over a state of one row, with their inputs and gaps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from icans.grading.grade import dtype
from icans.grading.wording import grade_words, value_words
from icans.guidance.vocabulary import GRADES, label_of
from icans.record.catalogue import catalogue
from icans.rules.condition import condition
from icans.rules.definition import Definition, with_definitions
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
    picked = [column for term in asked for column in _columns(state, term)]
    return state.lazy().select(pl.repeat(0, pl.len(), dtype=pl.UInt8).alias("__row"), *picked)


def _columns(state: pl.DataFrame, term: Term) -> list[pl.Expr]:
    if not term.span:
        known = term.name in state.columns
        return [pl.col(term.name) if known else pl.lit(None, dtype=dtype(term)).alias(term.name)]
    ends = []
    for end, limit in ((lo(term.name), term.limits[0]), (hi(term.name), term.limits[1])):
        default = pl.lit(float("-inf" if end == lo(term.name) else "inf") if limit is None else float(limit))
        known_end = pl.col(end).cast(pl.Float64).fill_null(default) if end in state.columns else default
        ends.append(known_end.alias(end))
    return ends


def truths(
    state: pl.DataFrame, nodes: Mapping[str, Node], definitions: Sequence[Definition] = ()
) -> dict[str, bool | None]:
    """name -> whether its condition holds for a state of one row; None where what is unknown decides."""
    if not nodes:
        return {}
    every = [*nodes.values(), *(node for d in definitions for node in d.nodes())]
    frame = with_definitions(completed(state, every, {d.name for d in definitions}), definitions)
    return frame.select(condition(node).alias(name) for name, node in nodes.items()).collect().row(0, named=True)


def value(state: pl.DataFrame, node: Node) -> tuple[float, float]:
    """The interval of a number for a state of one row."""
    ends = span(node)
    low, high = completed(state, [node]).select(ends.lo.alias("lo"), ends.hi.alias("hi")).collect().row(0)
    return float(low), float(high)


def inputs(state: pl.DataFrame, nodes: Iterable[Node]) -> dict[str, str]:
    """label -> value in words of the known items and grades that expressions ask for, in the order they name them."""
    return known(state, names(nodes))


def known(state: pl.DataFrame, asked: Iterable[str]) -> dict[str, str]:
    """label -> value in words of those of some items and grades that are known."""
    found: dict[str, str] = {}
    for name in asked:
        if name in GRADES:
            if lo(name) in state.columns and state[lo(name)][0] is not None:
                found[label_of(name)] = grade_words(state[lo(name)][0], state[hi(name)][0])
        elif name in state.columns and state[name][0] is not None:
            found[label_of(name)] = value_words(name, state[name][0])
    return found


def missing(state: pl.DataFrame, nodes: Iterable[Node]) -> tuple[str, ...]:
    """The items that expressions ask for and the state does not have."""
    return tuple(n for n in names(nodes) if n in catalogue() and (n not in state.columns or state[n][0] is None))


def names(nodes: Iterable[Node]) -> tuple[str, ...]:
    """Every item or grade that expressions ask for, each once; names of definitions are left out."""
    known = catalogue()
    return tuple(dict.fromkeys(t.name for node in nodes for t in terms(node) if t.name in known or t.name in GRADES))
