"""The names an expression may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """One name: its kind, its words (choice, set) and the limits its number cannot leave.

    kind    number, whole, yes_no, choice or set, as a column of a table; a set is a bit mask over `values`
    span    True where the table holds two columns, <name>__lo and <name>__hi: a number known as an interval
    switch  True for a convention left open: a column says where it stands
    """

    name: str
    kind: str
    values: tuple[str, ...] = ()
    limits: tuple[float | None, float | None] = (None, None)
    span: bool = False
    switch: bool = False

    @property
    def is_number(self) -> bool:
        """True for a quantity that can be calculated with."""
        return self.kind in ("number", "whole")


Vocabulary = Mapping[str, Term]


def lo(name: str) -> str:
    """The column that holds the lower end of a number known as an interval."""
    return f"{name}__lo"


def hi(name: str) -> str:
    """The column that holds the upper end of a number known as an interval."""
    return f"{name}__hi"
