"""The names that guidelines, work-up, plans and evidence may use: the items of a record, and the grades."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from icans.record.catalogue import catalogue
from icans.rules.vocabulary import Term

GRADES: Mapping[str, str] = {"crs": "CRS grade", "icans": "ICANS grade"}
"""A grade as a rule asks for it, an interval of 0 to 5, and what it is called in front of a user."""


@cache
def vocabulary() -> Mapping[str, Term]:
    """Every item, and `crs` and `icans` as intervals (columns crs__lo, crs__hi ...)."""
    items = {i.name: Term(i.name, i.kind, i.values, i.limits) for i in catalogue().values()}
    return {**items, **{name: Term(name, "number", limits=(0, 5), span=True) for name in GRADES}}


def label_of(name: str) -> str:
    """What a name of the vocabulary is called in front of a user."""
    return GRADES[name] if name in GRADES else catalogue()[name].label
