"""Units by UCUM name: from the unit a value was written in to the unit of the catalogue.

The table is `units.yaml`. Every conversion is value * scale + offset, and the result is rounded to ten
significant digits, so that 100.4 [degF] is 38.0 Cel and not a hair below the limit of fever.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl
import yaml

from icans.errors import DataError
from icans.record.catalogue import Item, catalogue

DIGITS = 10
"""Significant digits kept of a converted value."""

_TENS = re.compile(r"^[x*]?\s*10\s*(?:\^|\*\*?|e|E)\s*(\d+)")
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹µμ", "0123456789uu")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UnitError(DataError):
    """A unit that is not known, or that cannot be turned into the unit of the item."""


@dataclass(frozen=True)
class Line:
    """value in the item's unit = scale * value as written + offset."""

    scale: float
    offset: float = 0.0

    def __call__(self, value: float) -> float:
        """The converted value, rounded to `DIGITS` significant digits; untouched where nothing changes."""
        if self.scale == 1.0 and self.offset == 0.0:
            return value
        return float(f"{self.scale * value + self.offset:.{DIGITS}g}")

    def expression(self, value: pl.Expr) -> pl.Expr:
        """The same for a column."""
        if self.scale == 1.0 and self.offset == 0.0:
            return value
        return (value * self.scale + self.offset).round_sig_figs(DIGITS)


@dataclass(frozen=True)
class _Table:
    quantity: Mapping[str, str]  # unit -> kind of quantity
    base: Mapping[str, Line]  # unit -> line to the first unit of its quantity
    analytes: Mapping[str, Mapping[str, float]]
    only: Mapping[str, tuple[str, ...]]
    spellings: Mapping[str, str]


@cache
def _table() -> _Table:
    raw: dict[str, Any] = yaml.load(files("icans.record").joinpath("units.yaml").read_text("utf-8"), _Loader)
    quantity: dict[str, str] = {}
    base: dict[str, Line] = {}
    for kind, units in raw["quantities"].items():
        for unit, factor in units.items():
            quantity[unit] = kind
            base[unit] = Line(*factor) if isinstance(factor, list) else Line(float(factor))
    spellings = {other: unit for unit, others in raw["spellings"].items() for other in others}
    only = {item: tuple(units) for item, units in raw["only"].items()}
    return _Table(quantity, base, raw["analytes"], only, spellings)


@cache
def ucum(unit: str) -> str | None:
    """The UCUM name of a unit as people write it ('mcg/min' -> 'ug/min'); None where it is not known."""
    table = _table()
    flat = re.sub(r"10([⁰¹²³⁴⁵⁶⁷⁸⁹])", r"10*\1", unit).translate(_SUPERSCRIPT)
    plain = re.sub(r"\{[^}]*\}", "", flat).strip().strip(".") or "1"
    for word in (unit.strip(), plain, _TENS.sub(r"10*\1", plain), plain.replace(" ", "")):
        if word in table.quantity:
            return word
        if word in table.spellings:
            return table.spellings[word]
    return None


def accepted(item: Item) -> tuple[str, ...]:
    """The units, by UCUM name, in which a value of `item` may be written; its own first."""
    table = _table()
    own = item.unit
    if own is None or own not in table.quantity:
        return (own or "1",)
    if item.name in table.only:
        return table.only[item.name]
    kinds = {table.quantity[unit] for unit in (own, *_links(item))}
    return (own, *(unit for unit, kind in table.quantity.items() if kind in kinds and unit != own))


def _links(item: Item) -> Mapping[str, float]:
    """The other units of an analyte: unit -> how many of it are in one of the item's unit."""
    name = item.name.removesuffix("_baseline").removesuffix("_uln").removesuffix("_lln")
    return _table().analytes.get(name, {})


def _same_quantity(source: str, target: str) -> Line:
    """From one unit to another of the same kind of quantity, through the first unit of it."""
    up, down = _table().base[source], _table().base[target]
    return Line(up.scale / down.scale, (up.offset - down.offset) / down.scale)


@cache
def _line(unit: str, name: str) -> Line:
    item, table = catalogue()[name], _table()
    known = ucum(unit)
    if item.unit is None or known == item.unit:
        if item.unit is None and known not in ("1", None) and item.kind in ("number", "whole"):
            raise UnitError(f"{name} has no unit, so {_shown(unit)} does not fit; leave the unit empty")
        return Line(1.0)
    if known is None or known not in accepted(item):
        why = "is not a unit known here" if known is None else "cannot be turned into it"
        what = f"{_shown(unit)} {why}" if unit.strip() else "the unit is missing"
        raise UnitError(f"{name} is in {item.unit}: {what}. Accepted: {_list(accepted(item))}")
    if table.quantity[known] == table.quantity[item.unit]:
        return _same_quantity(known, item.unit)
    link, many = next((u, n) for u, n in _links(item).items() if table.quantity[u] == table.quantity[known])
    return Line(_same_quantity(known, link).scale / many)


def line(unit: str | None, item: Item | str) -> Line:
    """How to turn a value in `unit` into the unit of `item`.

    unit   as written, UCUM or a common spelling; None or empty is the same as '1'
    item   an item of the catalogue or its name

    A kind without a unit (yes or no, words, points) accepts any score annotation, such as '{score}'.
    Raises UnitError naming the unit and what is accepted.
    """
    name = item if isinstance(item, str) else item.name
    return _line((unit or "").strip(), name)


def convert(value: float, unit: str | None, item: Item | str) -> float:
    """`value`, written in `unit`, in the unit of `item`. Raises UnitError saying what is accepted."""
    return line(unit, item)(value)


def convert_column(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its values in the units of the catalogue, for tables of any length.

    frame   columns item (catalogue name), value (Float64), unit (as written or null); others pass through

    Adds the column unit_problem: null, or why the unit does not fit; such a value becomes null.
    Each pair of item and unit is looked up once.
    """
    pairs = frame.select("item", "unit").unique()
    rows = [(item, unit, *_line_or_problem(unit, item)) for item, unit in pairs.iter_rows()]
    types = {"item": frame.schema["item"], "unit": frame.schema["unit"]}
    floats = {"_scale": pl.Float64(), "_offset": pl.Float64()}
    lines = pl.DataFrame(rows, schema={**types, **floats, "unit_problem": pl.String()}, orient="row")
    converted = (pl.col("value") * pl.col("_scale") + pl.col("_offset")).round_sig_figs(DIGITS)
    same = (pl.col("_scale") == 1.0) & (pl.col("_offset") == 0.0)
    value = pl.when(same).then(pl.col("value")).otherwise(converted)
    joined = frame.join(lines, on=["item", "unit"], how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(value).drop("_scale", "_offset")


def _line_or_problem(unit: str | None, item: str) -> tuple[float | None, float | None, str | None]:
    try:
        found = line(unit, item)
    except UnitError as error:
        return None, None, str(error)
    return found.scale, found.offset, None


def _shown(unit: str) -> str:
    """A unit for a message. A bare number is a value in the wrong column, and is not repeated."""
    if not re.search(r"[A-Za-z%°]", unit):
        return "what is written there"
    return f"'{unit}'" if len(unit) <= 20 else f"'{unit[:20]}...'"


def _list(units: tuple[str, ...]) -> str:
    shown = ", ".join(units[:12])
    return shown if len(units) <= 12 else shown + " ..."
