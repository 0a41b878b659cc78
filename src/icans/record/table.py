"""A table as it stands in a CSV or Parquet file, with its row numbers, before anything is understood."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from icans.errors import DataError
from icans.record.catalogue import nearest
from icans.record.mistakes import rows_in_words

LARGEST_CELL = 1_000_000
"""Characters in one cell; a longer one is a broken file, not a value."""

_STRICT_BELOW = 8_000_000  # bytes; larger files are read by Polars, which fills short rows up with nothing
_DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class Table:
    """Cells as they stand in a file.

    frame      strings for CSV, the file's own types for Parquet; names as written, stripped of blanks
    rows       the number of each row in the file; the header of a CSV is row 1, a Parquet starts at row 1
    problems   rows that could not be told apart into cells (left out of `frame`)
    """

    file: str
    frame: pl.DataFrame
    rows: pl.Series
    problems: tuple[str, ...] = ()

    def numbered(self) -> pl.DataFrame:
        """The frame with the column `row` in front."""
        return self.frame.drop("row", strict=False).insert_column(0, self.rows.alias("row"))

    def lowered(self) -> Table:
        """The same with the names of the columns in lower case. Raises DataError where two then agree."""
        names = [name.lower() for name in self.frame.columns]
        if len(set(names)) < len(names):
            raise DataError(f"{self.file}: two columns differ only in upper and lower case")
        return replace(self, frame=self.frame.rename(dict(zip(self.frame.columns, names, strict=True))))


def read_table(path: Path) -> Table:
    """A CSV file (comma, semicolon, tab or bar; UTF-8) or a Parquet file.

    Raises DataError where the file as a whole cannot be read: missing, empty, binary, not UTF-8, a huge cell.
    """
    if not path.exists():
        raise DataError(f"{path}: no such file")
    if not path.is_file():
        raise DataError(f"{path}: is no file but a folder; `icans review` reads a folder, a table is one file")
    if path.suffix.lower() in (".parquet", ".pq"):
        return _read_parquet(path)
    data = path.read_bytes()
    text = _decode(data, path.name)
    first = text[: text.find("\n")] if "\n" in text else text
    delimiter = _delimiter(first)
    if len(data) < _STRICT_BELOW:
        return _read_strictly(text, delimiter, path.name)
    return _read_fast(text, delimiter, path.name)


def need(table: Table, *columns: str) -> None:
    """Raises DataError naming the columns that are missing, and what the table has."""
    have = table.frame.columns
    missing = [c for c in columns if c not in have]
    if missing:
        said = [f"{table.file} has no column '{c}'.{nearest(c, have)}" for c in missing]
        raise DataError(*said[:-1], f"{said[-1]} It has: {', '.join(have)}")


def with_columns(frame: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """The frame with every column of `names`; those it lacks are null strings."""
    return frame.with_columns(pl.lit(None, dtype=pl.String).alias(n) for n in names if n not in frame.columns)


def words(name: str) -> pl.Expr:
    """A column as words without blanks around; null where nothing is left."""
    text = pl.col(name).cast(pl.String).str.strip_chars()
    return pl.when(text != "").then(text).alias(name)


def _decode(data: bytes, file: str) -> str:
    if not data.strip():
        raise DataError(f"{file} is empty")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError(f"{file} is in UTF-16; save it as UTF-8 (in a spreadsheet: 'CSV UTF-8')")
    if b"\x00" in data[:1_000_000] or b"\x00" in data:
        raise DataError(f"{file} holds binary data, not the text of a CSV table")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(f"{file} line {line} is not UTF-8; save the file as UTF-8") from None
    odd = sum(1 for c in text[:4096] if ord(c) < 32 and c not in "\t\r\n")
    if odd > 2:
        raise DataError(f"{file} holds binary data, not the text of a CSV table")
    return text


def _delimiter(header: str) -> str:
    outside = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=outside.count)


def _header(cells: list[str], file: str) -> list[str]:
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise DataError(f"{file} has no header: its first row names no column")
    for name in names:
        if names.count(name) > 1:
            what = f"column '{name}' is there twice" if name else "two columns have no name"
            raise DataError(f"{file}: {what}; the first row names the columns")
    return names


def _read_strictly(text: str, delimiter: str, file: str) -> Table:
    """Cell by cell with the row in every complaint. Cells that are empty beyond the header are no harm."""
    csv.field_size_limit(max(csv.field_size_limit(), 2 * len(text) + 1))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = _header(next(reader), file)
    width = len(names)
    cells: list[list[str]] = []
    rows: list[int] = []
    ragged: dict[int, list[int]] = {}
    for number, row in enumerate(reader, start=2):
        if any(len(cell) > LARGEST_CELL for cell in row):
            words = f"has a cell of more than {LARGEST_CELL:,} characters. Is a quotation mark missing?"
            raise DataError(f"{file} row {number} {words}")
        if not any(cell.strip() for cell in row):
            continue
        if len(row) < width or any(cell.strip() for cell in row[width:]):
            ragged.setdefault(len(row), []).append(number)
            continue
        cells.append(row[:width])
        rows.append(number)
    problems = tuple(f"{file} {rows_in_words(n)}: {c} cells where the header has {width}" for c, n in ragged.items())
    columns = list(zip(*cells, strict=True)) if cells else [()] * width
    frame = pl.DataFrame(dict(zip(names, columns, strict=True)), schema=dict.fromkeys(names, pl.String()))
    return Table(file, frame, pl.Series("row", rows, dtype=pl.Int64), problems)


def _read_fast(text: str, delimiter: str, file: str) -> Table:
    try:
        frame = pl.read_csv(text.encode(), separator=delimiter, infer_schema=False)
    except pl.exceptions.PolarsError:
        # The strict reader is slower and says which row is wrong.
        return _read_strictly(text, delimiter, file)
    frame.columns = _header(frame.columns, file)
    longest = frame.select(pl.max_horizontal(pl.all().str.len_bytes().max())).item() or 0
    if longest > LARGEST_CELL:
        return _read_strictly(text, delimiter, file)
    return Table(file, frame, pl.int_range(2, len(frame) + 2, eager=True).alias("row"))


def _read_parquet(path: Path) -> Table:
    if path.stat().st_size == 0:
        raise DataError(f"{path.name} is empty")
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError):
        raise DataError(f"{path.name} is not a readable Parquet file; was it cut off?") from None
    return Table(path.name, frame, pl.int_range(1, len(frame) + 1, eager=True).alias("row"))
