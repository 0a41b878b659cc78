"""A condition with what it asks for, worked out once when its file is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from icans.guidance.truth import inputs, missing, truths
from icans.guidance.vocabulary import label_of
from icans.rules.definition import Definition
from icans.rules.expression import Node, Recorded, terms
from icans.rules.vocabulary import Term


@dataclass(frozen=True)
class Condition:
    """A condition as it stands in a file.

    asks  every item and grade that decides it, through definitions too, in the order they are named
    uses  the definitions that it asks for, directly or through another
    """

    node: Node
    text: str
    asks: Recorded
    uses: tuple[Definition, ...]

    def inputs(self, state: pl.DataFrame) -> dict[str, str]:
        """label -> value in words of what a state knows of it."""
        return inputs(state, [self.asks])

    def missing(self, state: pl.DataFrame) -> tuple[str, ...]:
        """Labels of what a state does not know of it."""
        return tuple(label_of(name) for name in missing(state, [self.asks]))


def condition_of(node: Node, text: str, definitions: Sequence[Definition]) -> Condition:
    """The condition of an expression, with those definitions that it asks for."""
    known = {d.name: d for d in definitions}
    asked = {t.name: t for t in _asked(node, known)}
    items = Recorded(tuple(t for name, t in asked.items() if name not in known))
    return Condition(node, text.strip(), items, tuple(d for d in definitions if d.name in asked))


def _asked(node: Node, known: Mapping[str, Definition]) -> Iterator[Term]:
    """The names of an expression, each definition followed by those it asks for itself."""
    for term in terms(node):
        yield term
        if term.name in known:
            for inner in known[term.name].nodes():
                yield from _asked(inner, known)


def hold(state: pl.DataFrame, conditions: Mapping[str, Condition]) -> Mapping[str, bool | None]:
    """name -> whether its condition holds for a state of one row; None where what is unknown decides. One pass."""
    if not conditions:
        return {}
    used = {d.name: d for c in conditions.values() for d in c.uses}
    return truths(state, {name: c.node for name, c in conditions.items()}, list(used.values()))
