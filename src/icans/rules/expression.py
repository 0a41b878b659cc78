"""The typed tree of an expression. Every node has a kind: 'yes_no' or 'number'."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from icans.rules.vocabulary import Term


@dataclass(frozen=True)
class Number:
    """A number written in the rule."""

    value: float
    kind = "number"


@dataclass(frozen=True)
class Constant:
    """True, False or unknown (None), before any table is seen: the position of a switch, or the word `unknown`."""

    value: bool | None
    kind = "yes_no"


@dataclass(frozen=True)
class Quantity:
    """A number of the table."""

    term: Term
    kind = "number"


@dataclass(frozen=True)
class Finding:
    """A yes or no of the table."""

    term: Term
    kind = "yes_no"


@dataclass(frozen=True)
class Among:
    """A choice is one of some words."""

    term: Term
    words: frozenset[str]
    kind = "yes_no"


@dataclass(frozen=True)
class Members:
    """How many of some words a set holds (`what` is 'count'), whether any ('any_of'), whether none at all ('empty')."""

    what: str
    term: Term
    words: frozenset[str] = frozenset()

    @property
    def kind(self) -> str:
        """A count is a number, the others are yes or no."""
        return "number" if self.what == "count" else "yes_no"


@dataclass(frozen=True)
class Rank:
    """The place of a choice in its list, 0 for the first."""

    term: Term
    kind = "number"


@dataclass(frozen=True)
class Recorded:
    """At least one of some names is recorded."""

    terms: tuple[Term, ...]
    kind = "yes_no"


@dataclass(frozen=True)
class Compare:
    """A comparison of two numbers: operator is <, <=, >, >=, == or !=."""

    operator: str
    left: Node
    right: Node
    kind = "yes_no"


@dataclass(frozen=True)
class Logic:
    """operator is 'and', 'or' or 'not'."""

    operator: str
    parts: tuple[Node, ...]
    kind = "yes_no"


@dataclass(frozen=True)
class Calculation:
    """A number from numbers: + - * / min max floor log2."""

    operator: str
    parts: tuple[Node, ...]
    kind = "number"


@dataclass(frozen=True)
class Accounts:
    """Several accounts of one quantity.

    'first_known' takes the first that is recorded; 'reconcile' the interval that all allow or, where they
    contradict each other, the one that spans them.
    """

    what: str
    parts: tuple[Node, ...]

    @property
    def kind(self) -> str:
        """The kind of what it joins."""
        return self.parts[0].kind


@dataclass(frozen=True)
class ByConvention:
    """One of two readings, by a convention that is left open: a column says for each row where it stands."""

    term: Term
    on: Node
    off: Node

    @property
    def kind(self) -> str:
        """The kind of its readings."""
        return self.on.kind


Node = (
    Number
    | Constant
    | Quantity
    | Finding
    | Among
    | Members
    | Rank
    | Recorded
    | Compare
    | Logic
    | Calculation
    | Accounts
    | ByConvention
)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below a node."""
    if isinstance(node, Compare):
        return (node.left, node.right)
    if isinstance(node, Logic | Calculation | Accounts):
        return node.parts
    if isinstance(node, ByConvention):
        return (node.on, node.off)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def terms(node: Node) -> Iterator[Term]:
    """Every name an expression uses, in the order it names them, repeats included."""
    for part in walk(node):
        if isinstance(part, Recorded):
            yield from part.terms
        elif isinstance(part, Quantity | Finding | Among | Members | Rank | ByConvention):
            yield part.term
