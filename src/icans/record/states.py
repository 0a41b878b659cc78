"""A table of states: one row a state of one patient, the items as columns, CSV or Parquet.

A column is an item if it has the item's `column` or name. Empty and 'na' are unknown. Lists are separated by
semicolons ('none' is the empty list); `capd_item_responses` holds the eight CAPD answers as letters (N never,
R rarely, S sometimes, O often, A always). A ward form (`record.form`) is understood as well. Every other column
passes through untouched.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from icans.errors import DataError
from icans.record.catalogue import Item, catalogue
from icans.record.cells import CAPD_ITEMS, CAPD_RESPONSES, as_type, capd_answers, list_words, typed_cell
from icans.record.form import is_form, translated
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
    numbers = rows if rows is not None else pl.int_range(1, len(frame) + 1, eager=True)
    if not is_form(frame.columns):
        return _to_states(frame, file, numbers, implausible)
    form = translated(frame, file, numbers)
    states = _to_states(form.frame, file, numbers, implausible)
    problems, notices = (*form.problems, *states.log.problems), (*form.notices, *states.log.notices)
    return States(frame, states.typed, replace(states.log, problems=problems, notices=notices))


def _to_states(frame: pl.DataFrame, file: str, numbers: pl.Series, implausible: bool) -> States:
    found = _item_columns(frame, file)
    _check_kinds(frame, found, file)
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
    whole = {column for column in found if frame.schema[column].is_integer()}
    typed, outside = _without_impossible(typed, found, file, numbers, whole)
    typed, doubtful = (typed, []) if implausible else _without_implausible(typed, found, file, numbers)
    known = {f"State {item.name}": len(typed) - typed[item.name].null_count() for item in found.values()}
    return States(
        frame, typed, ReadingLog(known, {}, (*problems, *outside), (*doubtful, *_strangers(frame, found, file)))
    )


def _check_kinds(frame: pl.DataFrame, found: dict[str, Item], file: str) -> None:
    """Raise DataError where a column of a Parquet file has a type that its item cannot have."""
    wrong = []
    for column, item in found.items():
        kind = frame.schema[column]
        nested = isinstance(kind, pl.List | pl.Struct | pl.Array) and item.kind != "set"
        if nested or (kind == pl.Boolean and item.kind != "yes_no"):
            needed = "numbers" if item.kind in ("number", "whole") else "words"
            wrong.append(f"{file}, column {column}: holds {kind}, but {item.name} needs {needed}")
    if wrong:
        raise DataError(*wrong)


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
        words = "no column is an item that can be graded. `icans items` lists their columns; for a cohort add --mapping"
        raise DataError(f"{file}: {words}")
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
    typed: pl.DataFrame, found: dict[str, Item], file: str, rows: pl.Series, whole: set[str]
) -> tuple[pl.DataFrame, list[str]]:
    """Values outside the hard limits become unknown, each with its problem; `whole`: columns of whole numbers."""
    extremes = _extremes(typed, found)
    checks = {
        column: _cannot_be(item)
        for column, item in found.items()
        if column in extremes
        and ((item.kind == "whole" and column not in whole) or _reaches(extremes[column], _hard_limits(item)))
    }
    words = {c: limits_in_words(found[c]) + (", a whole number" if found[c].kind == "whole" else "") for c in checks}
    return _unknown_where(typed, found, checks, words, file, rows)


def _without_implausible(
    typed: pl.DataFrame, found: dict[str, Item], file: str, rows: pl.Series
) -> tuple[pl.DataFrame, list[str]]:
    """Values outside the plausible range become unknown, each with a notice."""
    extremes = _extremes(typed, found)
    checks = {
        column: beyond(pl.col(item.name), item.plausible)
        for column, item in found.items()
        if column in extremes and item.kind != "set" and _reaches(extremes[column], item.plausible)
    }
    words = {
        c: f"implausible (expected {found[c].plausible[0]} to {found[c].plausible[1]} {found[c].unit or ''}), "
        "so not graded (P12); is the unit right?"
        for c in checks
    }
    return _unknown_where(typed, found, checks, words, file, rows)


def _unknown_where(
    typed: pl.DataFrame,
    found: dict[str, Item],
    checks: dict[str, pl.Expr],
    words: dict[str, str],
    file: str,
    rows: pl.Series,
) -> tuple[pl.DataFrame, list[str]]:
    """The table with null where a check holds, and for each such column its words with the rows."""
    if not checks:
        return typed, []
    wrong = typed.select(check.any().alias(column) for column, check in checks.items()).row(0, named=True)
    said: list[str] = []
    kept: list[pl.Expr] = []
    for column in (name for name, holds in wrong.items() if holds):
        told = typed.select(pl.when(checks[column]).then(pl.lit(words[column]))).to_series()
        said += problems_of(pl.DataFrame({"row": rows, "problem": told}), file, column)
        name = found[column].name
        kept.append(pl.when(~checks[column]).then(pl.col(name)).alias(name))
    return typed.with_columns(kept), said


def _extremes(typed: pl.DataFrame, found: dict[str, Item]) -> dict[str, tuple[float, float]]:
    """Column -> lowest and highest value, of the columns of numbers and sets that hold any."""
    names = {column: item.name for column, item in found.items() if item.kind in ("number", "whole", "set")}
    ends = [end for name in names.values() for end in (pl.col(name).min(), pl.col(name).max().name.suffix(" highest"))]
    row = typed.select(ends).row(0) if ends else ()
    pairs = zip(names, row[::2], row[1::2], strict=True)
    return {column: (low, high) for column, low, high in pairs if low is not None}


def _reaches(extremes: tuple[float, float], ends: tuple[float | None, float | None]) -> bool:
    low, high = ends
    return (low is not None and extremes[0] < low) or (high is not None and extremes[1] > high)


def _hard_limits(item: Item) -> tuple[float | None, float | None]:
    return (0, 2 ** len(item.values) - 1) if item.kind == "set" else item.limits


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
        word = re.sub(r"[^a-z0-9]+", "_", column.lower())
        close = difflib.get_close_matches(word, known, n=1, cutoff=_CLOSE)
        if close:
            notices.append(f"{file}: column '{column}' is no item and passes through. Is it '{close[0]}'?")
    return tuple(notices)
