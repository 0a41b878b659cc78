"""Writing results: whole or not at all, with the kind of file read off its name."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import polars as pl

from icans.errors import DataError


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that a reader sees all of it or none. Raises DataError where it cannot be written."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    _replace(path, lambda name: Path(name).write_bytes(data))


def check_table_name(path: Path) -> None:
    """Raise DataError where the ending of a name says neither CSV nor Parquet, or its folder is not there."""
    if path.suffix not in (".csv", ".parquet"):
        raise DataError(f"{path}: a table is written as .csv or .parquet, by the ending of its name")
    if not path.absolute().parent.is_dir():
        raise DataError(f"{path}: cannot be written: there is no folder '{path.parent}'")


def write_table(path: Path, table: pl.DataFrame) -> None:
    """Write a table as .csv or .parquet. Raises DataError for another ending or where it cannot be written."""
    check_table_name(path)
    _replace(path, table.write_csv if path.suffix == ".csv" else table.write_parquet)


def _replace(path: Path, write: Callable[[str], object]) -> None:
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
        os.close(handle)
        write(temporary)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise DataError(f"{path}: cannot be written: {error.strerror}") from None
