"""The ward form: a table of states as people write one, turned into the items of the catalogue before it is read.

What each column and word means stands in `form.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl
import yaml

from icans.record.catalogue import products
from icans.record.mistakes import problems_of
from icans.record.names import find_product

_EMPTY = ("", "na")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Says = Mapping[str, str]


@dataclass(frozen=True)
class Field:
    """One column of the form. tells: a table that has it is a form; note: what is taken to stand for what."""

    column: str
    tells: bool = False
    words: Mapping[str, _Says] = field(default_factory=dict)
    starts: tuple[Mapping[str, Any], ...] = ()
    number: Mapping[str, Any] = field(default_factory=dict)
    text: Mapping[str, Any] = field(default_factory=dict)
    product: str = ""
    note: str = ""

    def expected(self) -> str:
        """What a cell may hold, in words."""
        if self.number:
            return "a number"
        if self.product:
            return f"a CAR-T product by any of its names ({', '.join(products())}), or the word other"
        started = [f"{s['with']}N{s['ends']}" for s in self.starts]
        return f"one of: {', '.join([*self.words, *started])}"

    def read(self, cell: str) -> _Says | None:
        """What a cell says of items; None where it is not understood. An empty one says nothing."""
        if self.text:
            return (
                {} if cell in self.text["unknown"] else {self.text["item"]: "no" if cell in self.text["no"] else "yes"}
            )
        if cell in _EMPTY:
            return {}
        if self.product:
            named = "other" if cell == "other" else find_product(cell)
            return None if named is None else {self.product: named}
        if self.number:
            return self._number(cell)
        return self.words[cell] if cell in self.words else self._started(cell)

    def _number(self, cell: str) -> _Says | None:
        number = _float(cell)
        if number is None:
            return None
        times = self.number.get("times")
        return {self.number["item"]: cell if times is None else f"{number * times:.12g}"}

    def _started(self, cell: str) -> _Says | None:
        for start in self.starts:
            if cell.startswith(start["with"].lower()):
                number = cell.removeprefix(start["with"].lower()).removesuffix(start["ends"].lower())
                if _float(number) is not None:
                    return {**start["says"], start["number"]: number}
                return start["says"] if number == "" else None
        return None


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


@cache
def fields() -> Mapping[str, Field]:
    """The columns of the form, by name."""
    entries = yaml.load(files("icans.record").joinpath("form.yaml").read_text("utf-8"), _Loader)
    return {e["column"]: Field(**{**e, "starts": tuple(e.get("starts") or ())}) for e in entries}


def is_form(columns: list[str]) -> bool:
    """True where a table has a column that only the form has."""
    return any(fields()[c].tells for c in columns if c in fields())


@dataclass(frozen=True)
class Translated:
    """A table with the columns of the form as items."""

    frame: pl.DataFrame
    problems: tuple[str, ...]
    notices: tuple[str, ...]


def translated(frame: pl.DataFrame, file: str, rows: pl.Series) -> Translated:
    """The table with every column of the form replaced by columns of items, as words; an item that the table has under
    its own name too keeps what is written there.

    file, rows  what to call the table, and the number of each row, in the words of a problem
    """
    problems: list[str] = []
    columns: dict[str, pl.Series] = {}
    used = [fields()[c] for c in frame.columns if c in fields()]
    for one in used:
        cells = frame[one.column].cast(pl.String).str.strip_chars().fill_null("")
        said = {cell: one.read(cell.lower()) for cell in cells.unique().to_list()}
        problems += _problems(one, cells, said, file, rows)
        for name, column in _columns(cells, said):
            columns[name] = _over(columns.get(name), column)
    rest = frame.drop([one.column for one in used])
    for name in columns.keys() & set(rest.columns):
        columns[name] = _over(columns[name], _filled(rest[name]))
    notices = [f"{file}, column {one.column}: {one.note}" for one in used if one.note]
    return Translated(rest.with_columns(s.alias(n) for n, s in columns.items()), tuple(problems), tuple(notices))


def _columns(cells: pl.Series, said: Mapping[str, _Says | None]) -> Iterator[tuple[str, pl.Series]]:
    names = dict.fromkeys(name for says in said.values() for name in says or {})
    for name in names:
        words = {cell: str(says[name]) for cell, says in said.items() if says and name in says}
        yield name, cells.replace_strict(words, default=None, return_dtype=pl.String)


def _filled(cells: pl.Series) -> pl.Series:
    """The cells as words, null where nothing is written."""
    words = cells.cast(pl.String).str.strip_chars()
    return pl.select(pl.when(~words.str.to_lowercase().is_in(list(_EMPTY))).then(words)).to_series()


def _over(before: pl.Series | None, now: pl.Series) -> pl.Series:
    """An item that two columns speak of: a 'yes' of either counts, else the one that says something."""
    if before is None:
        return now
    yes = pl.when((before == "yes") | (now == "yes")).then(pl.lit("yes"))
    return pl.select(yes.otherwise(pl.coalesce(now, before))).to_series()


def _problems(one: Field, cells: pl.Series, said: Mapping[str, _Says | None], file: str, rows: pl.Series) -> list[str]:
    wrong = {cell: one.expected() for cell, says in said.items() if says is None}
    if not wrong:
        return []
    problem = cells.replace_strict(wrong, default=None, return_dtype=pl.String)
    return problems_of(pl.DataFrame({"row": rows, "problem": problem}), file, one.column)
