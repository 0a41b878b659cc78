"""The conditions of the work-up made ready once: what they ask for, and their expressions over a table of two rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from icans.grading.grade import dtype
from icans.guidance.truth import names
from icans.guidance.workup.library import Library, library
from icans.rules.condition import condition
from icans.rules.definition import Definition, definition_columns, stages
from icans.rules.expression import Node, terms
from icans.rules.vocabulary import Term, hi, lo

CLOSING = ("rules_out", "rules_out_weakly", "treated")
"""The conditions that close a cause."""

Row = Mapping[str, bool | None]

Values = Mapping[str, Any]
"""The one row of a state: column -> value."""


@dataclass(frozen=True)
class Asks:
    """What an entry asks for: items and grades of all its conditions, and of those that close it; windows of these."""

    items: tuple[str, ...]
    closing: tuple[str, ...]
    windows: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """The library with its expressions.

    blank       every column a condition may ask for, with its value where nothing is known; schema: its types
    stages      the columns of the definitions, one pass over the table a stage
    conditions  one column a condition: 'ID condition' for a cause, the id for what a test must wait for
    asks        id of a cause or of what a test must wait for -> what it asks for
    """

    library: Library
    blank: Mapping[str, float | None]
    schema: Mapping[str, pl.DataType]
    stages: tuple[tuple[pl.Expr, ...], ...]
    conditions: tuple[pl.Expr, ...]
    asks: Mapping[str, Asks]

    def held(self, values: Values, fresh: Values) -> tuple[Row, Row]:
        """condition -> whether it holds (None: what is unknown decides), of two states of one row."""
        rows = [[self._value(state, name) for name in self.blank] for state in (values, fresh)]
        frame = pl.DataFrame(rows, schema=self.schema, orient="row")
        for columns in self.stages:
            frame = frame.with_columns(columns)
        first, second = frame.select(self.conditions).rows(named=True)
        return first, second

    def _value(self, state: Values, name: str) -> Any:
        value = state.get(name)
        return self.blank[name] if value is None else value


@cache
def plan() -> Plan:
    """The work-up of the files, ready to be asked."""
    return planned(library())


def planned(shelf: Library) -> Plan:
    """A library made ready."""
    rule, holds = shelf.attribution, [hold for gate in shelf.gates for hold in gate.holds]
    nodes = {f"{c.id} {key}": node for c in shelf.causes for key, node in c.nodes.items()}
    nodes |= {hold.id: hold.clear for hold in holds}
    nodes |= {"asked": rule.asked.node, "explained": rule.explained.node}
    windows = {window.name for window in shelf.windows}
    asks = {c.id: _asks(c.nodes.values(), c.asked(*CLOSING), shelf.definitions, windows) for c in shelf.causes}
    asks |= {hold.id: _asks([hold.clear], [hold.clear], shelf.definitions, windows) for hold in holds}
    every = [*nodes.values(), *(node for d in shelf.definitions for node in d.nodes())]
    own = {definition.name for definition in shelf.definitions}
    asked = {t.name: t for node in every for t in terms(node) if t.name not in own}
    passes = [tuple(c for d in group for c in definition_columns(d)) for group in stages(shelf.definitions)]
    conditions = tuple(condition(node).alias(name) for name, node in nodes.items())
    return Plan(shelf, *_blank(asked.values()), tuple(passes), conditions, asks)


def _asks(every: Iterable[Node], closing: Iterable[Node], known: Sequence[Definition], windows: set[str]) -> Asks:
    ends = list(_with_inner(closing, known))
    asked = dict.fromkeys(t.name for node in ends for t in terms(node) if t.name in windows)
    return Asks(names(_with_inner(every, known)), names(ends), tuple(asked))


def _with_inner(nodes: Iterable[Node], definitions: Sequence[Definition]) -> Iterator[Node]:
    """Expressions and those of the definitions they use, each once."""
    by_name = {definition.name: definition for definition in definitions}
    waiting, done = list(nodes), set[str]()
    while waiting:
        node = waiting.pop(0)
        yield node
        for name in dict.fromkeys(term.name for term in terms(node)):
            if name in by_name and name not in done:
                done.add(name)
                waiting += by_name[name].nodes()


def _blank(asked: Iterable[Term]) -> tuple[dict[str, float | None], dict[str, pl.DataType]]:
    values: dict[str, float | None] = {}
    types: dict[str, pl.DataType] = {}
    for term in asked:
        if not term.span:
            values[term.name], types[term.name] = None, dtype(term)
            continue
        low, high = term.limits
        values |= {
            lo(term.name): float("-inf") if low is None else float(low),
            hi(term.name): float("inf") if high is None else float(high),
        }
        types |= dict.fromkeys((lo(term.name), hi(term.name)), pl.Float64())
    return values, types
