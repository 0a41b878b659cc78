"""A small vocabulary without medicine, and the plain way to evaluate a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from icans.rules.condition import condition
from icans.rules.parse import parse
from icans.rules.span import span
from icans.rules.vocabulary import Term, hi, lo

TERMS = (
    Term("flow", "number", limits=(0, None)),
    Term("warmth", "number", limits=(10, 50)),
    Term("change", "number"),
    Term("score", "whole", limits=(0, 10)),
    Term("points", "whole", limits=(0, 4)),
    Term("wet", "yes_no"),
    Term("cold", "yes_no"),
    Term("device", "choice", ("none", "cannula", "mask", "tube")),
    Term("drugs", "set", ("a", "b", "c")),
    Term("range", "number", span=True),
)
NAMES = {term.name: term for term in TERMS}
SWITCHES = {"C1": True, "C2": False}
_TYPES = {"number": pl.Float64(), "whole": pl.Float64(), "yes_no": pl.Boolean(), "set": pl.UInt32()}

Interval = tuple[float, float]


def table(**columns: Sequence[object]) -> pl.DataFrame:
    """A table with a column for each name given; a range is a list of (lo, hi)."""
    found: list[pl.Series] = []
    for name, values in columns.items():
        term = NAMES[name]
        if term.span:
            ends = [(None, None) if v is None else v for v in values]
            found += [
                pl.Series(column, [end[i] for end in ends], dtype=pl.Float64)  # type: ignore[index]
                for i, column in enumerate((lo(name), hi(name)))
            ]
        else:
            dtype = pl.Enum(list(term.values)) if term.kind == "choice" else _TYPES[term.kind]
            found.append(pl.Series(name, values, dtype=dtype))
    return pl.DataFrame(found)


def truth(text: str, columns: Mapping[str, Sequence[object]]) -> list[bool | None]:
    """The condition `text` over each row."""
    given = table(**columns)
    return given.select(pl.lit(0).repeat_by(pl.len()).explode(), it=condition(parse(text, NAMES, SWITCHES)))[
        "it"
    ].to_list()


def interval(text: str, columns: Mapping[str, Sequence[object]]) -> list[Interval]:
    """The number `text` over each row."""
    found = span(parse(text, NAMES, SWITCHES))
    given = table(**columns).with_columns(__lo=found.lo.cast(pl.Float64), __hi=found.hi.cast(pl.Float64))
    return [(low, high) for low, high in given.select("__lo", "__hi").rows()]
