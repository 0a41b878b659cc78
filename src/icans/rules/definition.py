"""Definitions: quantities that a rule file names before it uses them, and their columns over a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from icans.rules.condition import condition
from icans.rules.document import Reader
from icans.rules.expression import Node, terms
from icans.rules.ladder import Ladder, ladder_span, read_ladder
from icans.rules.span import span
from icans.rules.vocabulary import Term, hi, lo


@dataclass(frozen=True)
class Definition:
    """A named quantity of a rule file: a condition or number (`node`), or a number by decision list (`ladder`)."""

    name: str
    label: str
    node: Node | None
    ladder: Ladder | None
    text: str
    source: str
    where: str
    mark: str

    def nodes(self) -> Iterator[Node]:
        """Every expression of the definition."""
        if self.node is not None:
            yield self.node
        if self.ladder is not None:
            yield from ladder_nodes(self.ladder)


def ladder_nodes(ladder: Ladder) -> Iterator[Node]:
    """Every expression of a decision list."""
    for entry in ladder.entries:
        if entry.when is not None:
            yield entry.when
        yield entry.low
        yield entry.high


def read_definition(entry: dict[str, Any], reader: Reader) -> Definition | None:
    """A definition out of its YAML, declared in the vocabulary of the reader; None, and the mistakes noted."""
    name = str(entry.get("name", "a definition without a name"))
    reader.only(entry, ("name", "label", "kind", "is", "list", "source", "mark", "note"), name)
    if name in reader.vocabulary:
        reader.mistakes.add("is the name of something else already", entry, name)
    kind = entry.get("kind")
    if kind not in ("yes_no", "number") or ("is" in entry) == ("list" in entry):
        reader.mistakes.add("needs kind yes_no or number, and either 'is' or 'list'", entry, name)
        return None
    node, ladder = None, None
    if "is" in entry:
        node = (reader.truth if kind == "yes_no" else reader.number)(entry["is"], entry, name)
    else:
        listed = entry["list"] if isinstance(entry["list"], list) else ()
        cited = any(isinstance(e, Mapping) and "id" in e for e in listed)
        label = str(entry.get("label", name))
        ladder = read_ladder(entry["list"], reader, name, label, value="value", cited=cited)
    source, where, mark = reader.citation(entry, name)
    # Declared even if broken, so that one mistake is not told again wherever the name is used.
    reader.vocabulary[name] = Term(name, kind, span=kind == "number")
    if node is None and ladder is None:
        return None
    text = str(entry.get("is", "")).strip()
    return Definition(name, str(entry.get("label", name)), node, ladder, text, source, where, mark)


def stages(definitions: Sequence[Definition]) -> list[list[Definition]]:
    """The definitions in groups, each asking only for those before it: one pass over the table a group."""
    waiting, done, groups = list(definitions), set[str](), []
    names = {d.name for d in waiting}
    while waiting:
        ready = [d for d in waiting if not (_asked(d) & names) - done]
        groups.append(ready)
        done |= {d.name for d in ready}
        waiting = [d for d in waiting if d.name not in done]
    return groups


def _asked(definition: Definition) -> set[str]:
    return {t.name for node in definition.nodes() for t in terms(node)}


def definition_columns(definition: Definition) -> list[pl.Expr]:
    """The column of a condition, or the two of a number known as an interval."""
    if definition.node is not None and definition.node.kind == "yes_no":
        return [condition(definition.node).alias(definition.name)]
    if definition.node is not None:
        value = span(definition.node)
    else:
        assert definition.ladder is not None
        value = ladder_span(definition.ladder)
    return [value.lo.alias(lo(definition.name)), value.hi.alias(hi(definition.name))]


def with_definitions(frame: pl.LazyFrame, definitions: Sequence[Definition]) -> pl.LazyFrame:
    """The table with the columns of every definition."""
    for group in stages(definitions):
        frame = frame.with_columns([column for d in group for column in definition_columns(d)])
    return frame
