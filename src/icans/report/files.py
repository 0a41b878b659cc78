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
    check_folder(path)


def check_folder(path: Path) -> None:
    """Raise DataError where the folder that a file should be written to is not there."""
    if not path.absolute().parent.is_dir():
        raise DataError(f"{path}: cannot be written: there is no folder '{path.parent}'")


def write_table(path: Path, table: pl.DataFrame) -> None:
    """Write a table as .csv or .parquet. Raises DataError for another ending or where it cannot be written."""
    check_table_name(path)
    _replace(path, as_csv(table).write_csv if path.suffix == ".csv" else table.write_parquet)


def as_csv(table: pl.DataFrame) -> pl.DataFrame:
    """The table as CSV can hold it: an empty cell stays empty instead of a pair of quotes.

    Raises DataError naming a column of lists or structs, which only Parquet can hold.
    """
    nested = [name for name, kind in table.schema.items() if kind.is_nested()]
    if nested:
        raise DataError(f"column '{nested[0]}' holds lists, which CSV cannot; write .parquet instead")
    texts = [name for name, kind in table.schema.items() if kind == pl.String]
    return table.with_columns(pl.when(pl.col(texts) != "").then(pl.col(texts)))


def _replace(path: Path, write: Callable[[str], object]) -> None:
    """Write beside the target and put it in its place; what is no plain file (a pipe, a device) is written into."""
    target = path.resolve()
    temporary = None
    try:
        if target.exists() and not target.is_file():
            if target.is_dir():
                raise DataError(f"{path}: is a folder; name a file in it")
            write(str(target))
            return
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        os.close(handle)
        write(temporary)
        os.chmod(temporary, mode)
        os.replace(temporary, target)
    except OSError as error:
        raise DataError(f"{path}: cannot be written: {error.strerror}") from None
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
