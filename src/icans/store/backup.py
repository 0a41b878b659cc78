"""The whole store as one SQLite file, whatever the store itself is; and back into an empty store.

A backup is one moment of the store, taken while it is in use. It is checked with the audit chain before it counts.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, create_engine, delete, func, select
from sqlalchemy.exc import DatabaseError

from icans.errors import DataError
from icans.store.audit import append
from icans.store.database import Store, address, open_store
from icans.store.errors import Unavailable
from icans.store.schema import account, audit, audit_head, entry, metadata
from icans.store.verify import Verified, verify
from icans.store.versions import is_store

_AT_ONCE = 500


def back_up(store: Store, file: Path, by: str = "command line") -> Verified:
    """Write the store to a new file, and that somebody did to its log: it is a reading of every patient.

    Raises DataError where the file is there, or the copy does not verify.
    """
    if file.exists():
        raise DataError(f"{file} is there already; a backup never overwrites one")
    file.parent.mkdir(parents=True, exist_ok=True)
    with store.write() as db:
        append(db, actor=by, action="store.backup", at=datetime.now(UTC))
    with TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
        fresh = Path(folder) / "backup.sqlite3"
        copy = open_store(address(str(fresh)))
        try:
            with store.read() as source, copy.write() as target:
                _copy(source, target)
            found = _verified(copy)
        finally:
            copy.close()
        with closing(sqlite3.connect(fresh)) as db:  # one file, that can be read where nothing can be written
            db.execute("PRAGMA journal_mode=DELETE")
        _put(fresh, file)
    return found


def bring_back(store: Store, file: Path) -> Verified:
    """Read a backup into a store that is empty. Raises DataError where it is not, or the file is no sound backup."""
    if not file.is_file():
        raise DataError(f"{file}: no such file")
    with TemporaryDirectory(prefix="icans-restore-") as folder:
        # Opening brings the tables up to date; the backup itself must stay as it is.
        copy = Path(folder) / "backup.sqlite3"
        shutil.copyfile(file, copy)
        with _sound(file, copy):
            _check_file(file, copy)
            source = open_store(address(str(copy)), make=False)
        try:
            with _sound(file, copy):
                _verified(source)
            with source.read() as old, store.write() as new:
                _check_empty(new)
                _copy(old, new)
        finally:
            source.close()
    return _verified(store)


@contextmanager
def _sound(file: Path, copy: Path) -> Iterator[None]:
    """Whatever is wrong with the copy of a backup, told of the file that the user knows."""
    try:
        yield
    except (DatabaseError, Unavailable):
        raise DataError(f"{file} is damaged; take another backup") from None
    except DataError as error:
        first, *more = [words.removeprefix(f"{copy}: ") for words in error.problems]
        raise DataError(f"{file} is no sound backup of icans: {first}", *more) from None


def _check_file(file: Path, copy: Path) -> None:
    with file.open("rb") as head:
        if head.read(16) != b"SQLite format 3\x00":
            raise DataError("it is no SQLite file")
    if (log := file.with_name(f"{file.name}-wal")).exists() and log.stat().st_size:
        raise DataError("it is a store in use, and not all of it is in this file; take one with `icans backup`")
    engine = create_engine(address(str(copy)))
    try:
        with engine.connect() as db:
            if not is_store(db):
                raise DataError("the tables of a store are not in it")
            if db.exec_driver_sql("PRAGMA quick_check").scalar() != "ok":
                raise DataError("it is damaged")
    finally:
        engine.dispose()


def _put(fresh: Path, file: Path) -> None:
    """Give the finished file its name, on the disk, unless somebody took the name meanwhile."""
    try:
        os.link(fresh, file)
    except FileExistsError:
        raise DataError(f"{file} is there already; a backup never overwrites one") from None
    except OSError:  # a file system without links
        fresh.replace(file)
    if os.name == "posix":
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _copy(source: Connection, target: Connection) -> None:
    target.execute(delete(audit_head))
    for table in metadata.sorted_tables:
        ordered = select(table)
        if table is entry:  # a correction comes after what it corrects
            ordered = ordered.order_by(entry.c.version, entry.c.place)
        rows = iter(source.execute(ordered.execution_options(yield_per=_AT_ONCE)).mappings())
        while some := [dict(row) for row in islice(rows, _AT_ONCE)]:
            target.execute(table.insert(), some)


def _check_empty(db: Connection) -> None:
    there = db.execute(select(func.count()).select_from(account)).scalar_one()
    there += db.execute(select(func.count()).select_from(audit)).scalar_one()
    if there:
        raise DataError("the store is not empty; restore into a new one, and keep this one until that is checked")


def _verified(store: Store) -> Verified:
    with store.read() as db:
        found = verify(db)
    if found.faults:
        words = "it does not verify, so nothing was kept. Copy the database itself, then find out why:"
        raise DataError(words, *found.faults[:20])
    return found
