"""The cells of one column of a table of states, as the type its item has there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress

import polars as pl

from icans.record.catalogue import Item, catalogue

CAPD_RESPONSES = "capd_item_responses"
CAPD_ITEMS = ("capd_eye_contact", "capd_purposeful", "capd_aware", "capd_communicates",
              "capd_restless", "capd_inconsolable", "capd_underactive", "capd_slow")  # fmt: skip
_FEW = 8
CAPD_LETTERS = {"n": "never", "r": "rarely", "s": "sometimes", "o": "often", "a": "always"}


def typed_cell(kind: pl.DataType, column: str, item: Item, lists: Mapping[str, float] | None = None) -> pl.Expr:
    """The quick way for cells written as the catalogue writes them; null where that fails.

    lists  for a set, every list of words that occurs and its number, see `list_words`
    """
    cell = pl.col(column)
    if kind == pl.Null:
        return pl.lit(None, dtype=item_type(item)).alias(item.name)
    if item.kind in ("number", "whole"):
        number = cell.cast(pl.Float64, strict=False)
        if kind.is_integer():
            return number.alias(item.name)
        return pl.when(number.is_finite()).then(number).alias(item.name)
    if item.kind == "yes_no":
        return _yes_no(kind, cell).alias(item.name)
    if item.kind == "choice":
        text = cell if kind == pl.String else cell.cast(pl.String)
        return text.cast(item_type(item), strict=False).alias(item.name)
    if kind == pl.UInt32:  # as this module writes it
        return cell.alias(item.name)
    text = cell.list.join(";") if isinstance(kind, pl.List) else cell.cast(pl.String)
    return _numbered(text, lists or {"none": 0.0}).alias(item.name)


def _numbered(text: pl.Expr, lists: Mapping[str, float]) -> pl.Expr:
    """The number of each cell's words; comparing is quicker than looking up while there are few different ones."""
    if len(lists) > _FEW:
        return text.replace_strict(lists, default=None, return_dtype=pl.UInt32)
    found = pl.when(False).then(pl.lit(None, dtype=pl.UInt32))
    for words, number in lists.items():
        found = found.when(text == words).then(pl.lit(int(number), dtype=pl.UInt32))
    return found.otherwise(None)


def list_words(cells: pl.Series, item: Item) -> dict[str, float]:
    """Every list of words that occurs in the cells of a set -> its number; what is not understood is left out."""
    text = cells.list.join(";") if isinstance(cells.dtype, pl.List) else cells.cast(pl.String)
    found = {}
    for words in text.unique().drop_nulls().to_list():
        with suppress(ValueError):
            found[words] = item.encode(words)
    return found


def _yes_no(kind: pl.DataType, cell: pl.Expr) -> pl.Expr:
    if kind == pl.Boolean:
        return cell
    if kind.is_numeric():
        return pl.when(cell == 1).then(True).when(cell == 0).then(False)
    text = cell if kind == pl.String else cell.cast(pl.String)
    return pl.when(text == "yes").then(True).when(text == "no").then(False)


def item_type(item: Item) -> pl.DataType:
    """The Polars type of an item in a table of states."""
    if item.kind == "choice":
        return pl.Enum(list(item.values))
    return {"yes_no": pl.Boolean(), "set": pl.UInt32()}.get(item.kind, pl.Float64())


def capd_answers(cells: pl.Series) -> list[pl.Series]:
    """Eight answers from one word such as 'A;A;O;O;R;N;S;S'; null where it is not such a word."""
    text = cells.cast(pl.String)
    letters = {cell: re.sub(r"[\s;,]", "", cell.lower()) for cell in text.unique().drop_nulls().to_list()}
    right = {cell: word for cell, word in letters.items() if re.fullmatch("[nrsoa]{8}", word)}
    return [
        text.replace_strict(
            {cell: CAPD_LETTERS[word[place]] for cell, word in right.items()},
            default=None,
            return_dtype=item_type(catalogue()[name]),
        ).alias(name)
        for place, name in enumerate(CAPD_ITEMS)
    ]


def as_type(values: pl.Series, item: Item) -> pl.Series:
    """Numbers as `Item.encode` gives them, in the type of the item in a table of states."""
    if item.kind == "choice":
        return values.cast(pl.UInt32).replace_strict(
            dict(enumerate(item.values)), default=None, return_dtype=item_type(item)
        )
    return values.cast(item_type(item))
