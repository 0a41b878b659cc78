"""A table of states: one row a state of one patient, the items as columns, CSV or Parquet.

A column is an item if it has the item's `column` or name. Empty and 'na' are unknown. Lists are separated by
semicolons ('none' is the empty list); `capd_item_responses` holds the eight CAPD answers as letters (N never,
R rarely, S sometimes, O often, A always). Every other column passes through untouched.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from icans.errors import DataError
from icans.record.catalogue import Item, catalogue
from icans.record.cells import CAPD_ITEMS, CAPD_RESPONSES, as_type, capd_answers, list_words, typed_cell
from icans.record.mistakes import problems_of
from icans.record.observed import beyond, limits_in_words
from icans.record.record import ReadingLog
from icans.record.table import read_table

_UNKNOWN = ("", "na")
_CLOSE = 0.85  # how alike a column and an item must be for a notice; column names of other meaning stay quiet


@dataclass(frozen=True)
class States:
    """States as they came and as they were understood; the same rows in the same order.

    original   every column of the input, untouched
    typed      one column an item that the input has, by the item's name: number and whole Float64, yes_no
               Boolean, choice Enum of its values, set UInt32 (bit i is value i); null is unknown
    log        problems name row and column; a cell that is not understood is unknown in `typed`
    """

    original: pl.DataFrame
    typed: pl.DataFrame
    log: ReadingLog = field(default_factory=ReadingLog)


def read_states(path: str | Path, keep_going: bool = False, *, implausible: bool = False) -> States:
    """The states in a CSV or Parquet file. Raises DataError listing all problems, unless `keep_going`.

    implausible  take implausible values as they stand; by default they are unknown, with a notice (convention P12)
    """
    table = read_table(Path(path))
    states = to_states(table.frame, table.file, table.rows, implausible=implausible)
    problems = (*table.problems, *states.log.problems)
    if problems and not keep_going:
        raise DataError(*problems)
    log = ReadingLog(states.log.used, states.log.skipped, problems, states.log.notices)
    return States(states.original, states.typed, log)


def to_states(
    frame: pl.DataFrame, file: str = "table", rows: pl.Series | None = None, *, implausible: bool = False
) -> States:
    """States from a table already in memory.

    implausible  take implausible values as they stand; by default they are unknown, with a notice (convention P12)

    file, rows   what to call it, and the number of each row, in the words of a problem
    Raises DataError where no column is an item, or where two columns mean the same item.
    """
    found = _item_columns(frame, file)
    numbers = rows if rows is not None else pl.int_range(1, len(frame) + 1, eager=True)
    lists = {
        column: list_words(frame[column], item)
        for column, item in found.items()
        if item.kind == "set" and frame.schema[column] != pl.UInt32
    }
    typed = frame.select(
        *(typed_cell(frame.schema[column], column, item, lists.get(column)) for column, item in found.items()),
        *(capd_answers(frame[CAPD_RESPONSES]) if CAPD_RESPONSES in frame.columns else ()),
    )
    typed, problems = _repaired(frame, typed, found, file, numbers)
    typed, outside = _without_impossible(typed, found, file, numbers)
    typed, doubtful = (typed, []) if implausible else _without_implausible(typed, found, file, numbers)
    known = {f"State {item.name}": len(typed) - typed[item.name].null_count() for item in found.values()}
    return States(
        frame, typed, ReadingLog(known, {}, (*problems, *outside), (*doubtful, *_strangers(frame, found, file)))
    )


def _item_columns(frame: pl.DataFrame, file: str) -> dict[str, Item]:
    """Column of the frame -> item."""
    items = catalogue()
    by_column = {item.column: item for item in items.values()} | dict(items)
    found = {column: by_column[column] for column in frame.columns if column in by_column}
    used = [item.name for item in found.values()] + list(CAPD_ITEMS if CAPD_RESPONSES in frame.columns else ())
    twice = sorted({name for name in used if used.count(name) > 1})
    if twice:
        raise DataError(*(f"{file}: two columns mean the item {name}; keep one" for name in twice))
    if not used:
        raise DataError(f"{file}: no column is an item that can be graded. `icans items` lists their columns")
    return found


def _repaired(
    frame: pl.DataFrame, typed: pl.DataFrame, found: dict[str, Item], file: str, rows: pl.Series
) -> tuple[pl.DataFrame, list[str]]:
    """Cells the quick way left null: other spellings are mended, unknown stays null, the rest a problem."""
    problems: list[str] = []
    mended: list[pl.Series] = []
    for column, item in found.items():
        if typed[item.name].null_count() == frame[column].null_count():
            continue
        left = frame[column].filter(typed[item.name].is_null() & frame[column].is_not_null())
        numbers, words = _second_look(left.unique(), item.encode)
        cells = _text(frame[column])
        if numbers:
            values = cells.replace_strict(numbers, default=None, return_dtype=pl.Float64)
            mended.append(as_type(values, item).zip_with(typed[item.name].is_null(), typed[item.name]))
        problems += _in_rows(cells, words, rows, file, column)
    if CAPD_RESPONSES in frame.columns:
        problems += _capd_problems(frame, typed, rows, file)
    return typed.with_columns(mended), problems


def _text(cells: pl.Series) -> pl.Series:
    return cells.list.join(";") if isinstance(cells.dtype, pl.List) else cells.cast(pl.String)


def _second_look(cells: pl.Series, encode: Callable[[object], float]) -> tuple[dict[str, float], dict[str, str]]:
    """Distinct cells -> the number they stand for, or what is wrong with them; in neither: unknown."""
    numbers: dict[str, float] = {}
    words: dict[str, str] = {}
    for cell in _text(cells).to_list():
        if cell.strip().lower() in _UNKNOWN:
            continue
        try:
            numbers[cell] = encode(cell)
        except ValueError as error:
            words[cell] = str(error)
    return numbers, words


def _in_rows(cells: pl.Series, words: dict[str, str], rows: pl.Series, file: str, column: str) -> list[str]:
    if not words:
        return []
    problem = cells.replace_strict(words, default=None, return_dtype=pl.String)
    return problems_of(pl.DataFrame({"row": rows, "problem": problem}), file, column)


def _capd_problems(frame: pl.DataFrame, typed: pl.DataFrame, rows: pl.Series, file: str) -> list[str]:
    cells = _text(frame[CAPD_RESPONSES]).str.strip_chars().str.to_lowercase()
    wrong = typed[CAPD_ITEMS[0]].is_null() & cells.is_not_null() & ~cells.is_in(_UNKNOWN)
    words = "eight letters N, R, S, O or A separated by semicolons, for items 1 to 8"
    problem = pl.select(pl.when(pl.lit(wrong)).then(pl.lit(words))).to_series()
    return problems_of(pl.DataFrame({"row": rows, "problem": problem}), file, CAPD_RESPONSES)


def _without_impossible(
    typed: pl.DataFrame, found: dict[str, Item], file: str, rows: pl.Series
) -> tuple[pl.DataFrame, list[str]]:
    """Values outside the hard limits become unknown, each with its problem."""
    checks = {column: _cannot_be(item) for column, item in found.items() if item.kind in ("number", "whole", "set")}
    if not checks or typed.is_empty():
        return typed, []
    any_wrong = typed.select(check.any().alias(column) for column, check in checks.items()).row(0, named=True)
    problems: list[str] = []
    possible: list[pl.Expr] = []
    for column in (name for name, wrong in any_wrong.items() if wrong):
        item = found[column]
        words = limits_in_words(item) + (", a whole number" if item.kind == "whole" else "")
        problem = typed.select(pl.when(checks[column]).then(pl.lit(words))).to_series()
        problems += problems_of(pl.DataFrame({"row": rows, "problem": problem}), file, column)
        possible.append(pl.when(~checks[column]).then(pl.col(item.name)).alias(item.name))
    return typed.with_columns(possible), problems


def _without_implausible(
    typed: pl.DataFrame, found: dict[str, Item], file: str, rows: pl.Series
) -> tuple[pl.DataFrame, list[str]]:
    """Values outside the plausible range become unknown, each row with a notice."""
    checks = {
        column: beyond(pl.col(item.name), item.plausible)
        for column, item in found.items()
        if item.kind in ("number", "whole") and item.plausible != (None, None)
    }
    if not checks or typed.is_empty():
        return typed, []
    any_doubt = typed.select(check.any().alias(column) for column, check in checks.items()).row(0, named=True)
    doubtful = [column for column, doubt in any_doubt.items() if doubt]
    notices: list[str] = []
    for column in doubtful:
        low, high = found[column].plausible
        unit = found[column].unit or ""
        words = f"implausible (expected {low} to {high} {unit}), so not graded (P12); is the unit right?"
        notice = typed.select(pl.when(checks[column]).then(pl.lit(words))).to_series()
        notices += problems_of(pl.DataFrame({"row": rows, "problem": notice}), file, column)
    kept = [pl.when(~checks[c]).then(pl.col(found[c].name)).alias(found[c].name) for c in doubtful]
    return typed.with_columns(kept), notices


def _cannot_be(item: Item) -> pl.Expr:
    value = pl.col(item.name)
    if item.kind == "set":
        return value >= 2 ** len(item.values)
    wrong = beyond(value, item.limits)
    return wrong | (value != value.floor()) if item.kind == "whole" else wrong


def _strangers(frame: pl.DataFrame, found: dict[str, Item], file: str) -> tuple[str, ...]:
    """Columns that are no item but nearly spelled like one."""
    items = catalogue()
    known = [*items, *(item.column for item in items.values()), CAPD_RESPONSES]
    notices = []
    for column in frame.columns:
        if column in found or column == CAPD_RESPONSES:
            continue
        close = difflib.get_close_matches(column.lower(), known, n=1, cutoff=_CLOSE)
        if close:
            notices.append(f"{file}: column '{column}' is no item and passes through. Is it '{close[0]}'?")
    return tuple(notices)
