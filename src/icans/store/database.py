"""Open the store: SQLite in a file, or PostgreSQL by its address. Tables are brought up to date on opening."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from icans.errors import DataError
from icans.store.errors import Unavailable
from icans.store.schema import audit_head
from icans.store.versions import migrate

_BUSY_MS = 15_000
"""How long a write waits for the one before it. Our choice."""
_FILE = (f"busy_timeout={_BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "fullfsync=ON", "foreign_keys=ON")
_SESSION = (
    "SET TIME ZONE 'UTC'",
    f"SET lock_timeout = {_BUSY_MS}",
    # A server that lost its power keeps the end of the audit chain until somebody gives up on it.
    "SET idle_in_transaction_session_timeout = 60000",
)


@dataclass(frozen=True)
class Store:
    """An open store. `read()` and `write()` give a connection in a transaction; writes come one after the other."""

    engine: Engine
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def url(self) -> URL:
        """Where it is."""
        return self.engine.url

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A view of one moment. What is written through it is not kept. Raises Unavailable."""
        with _in_words(), self._connected(isolation_level="REPEATABLE READ", postgresql_readonly=True) as db:
            yield db

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One change, all or nothing: on leaving it is safe on the disk, on an error nothing of it is there.

        A write within a write of the same thread would wait for itself. Raises Unavailable.
        """
        with _in_words(), self._held(), self._connected(isolation_level="READ COMMITTED") as db, db.begin():
            # Whoever holds the end of the audit chain writes; others, in other processes too, wait here.
            if len(db.execute(select(audit_head.c.place).with_for_update()).all()) != 1:
                raise Unavailable("the end of the audit log is not noted; see `icans audit verify` before going on")
            yield db

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    def _connected(self, **options: Any) -> Connection:
        if self.engine.dialect.name == "sqlite":
            writing = options["isolation_level"] == "READ COMMITTED"
            return self.engine.connect().execution_options(writing=writing)
        return self.engine.connect().execution_options(**options)

    @contextmanager
    def _held(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=_BUSY_MS / 1000):
            raise Unavailable("the store is busy: a write before this one does not end. Try again in a minute")
        try:
            yield
        finally:
            self._turn.release()


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        words = _first_line(error)
        raise Unavailable(f"the store does not answer ({words}); nothing was changed. Try again in a minute") from error


def default_file() -> Path:
    """The SQLite file in the user's data folder."""
    return user_data_path("icans") / "ward.sqlite3"


def address(text: str | None) -> URL:
    """The address of a store from what a user writes: nothing, a path of a SQLite file, or a URL.

    Raises DataError for a kind of database that is not known here.
    """
    if text is None:
        return _file(default_file())
    if not text.strip():
        raise DataError("--database is empty. Write postgresql://user@host/name, or a path for SQLite")
    if "://" not in text:
        return _file(Path(text))
    try:
        url = make_url(text)
        kind = url.get_backend_name()
    except (ArgumentError, ValueError):
        raise DataError("--database is no address. Write postgresql://user@host/name, or a path for SQLite") from None
    if kind in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise DataError(f"a {kind} database is not known here; use SQLite or PostgreSQL")
    if url.database in (None, "", ":memory:"):
        raise DataError("a store in memory keeps nothing; give the path of a file, sqlite:///ward.sqlite3")
    return _file(Path(url.database))


def _file(path: Path) -> URL:
    return URL.create("sqlite", database=str(path.expanduser().absolute()))


def open_store(url: str | URL | None = None, *, make: bool = True) -> Store:
    """The store at an address (see `address`), brought up to date, and made where there is none.

    make  False: it must be there already

    Raises DataError where it cannot be opened.
    """
    target = url if isinstance(url, URL) else address(url)
    shown = target.render_as_string(hide_password=True)
    if target.get_backend_name() == "sqlite":
        shown = target.database or ""
        _ready(Path(shown), make)
    engine = _engine(target)
    try:
        migrate(engine, make=make)
    except DBAPIError as error:
        engine.dispose()
        raise DataError(f"the store {shown} cannot be opened: {_first_line(error)}") from None
    except DataError as error:
        engine.dispose()
        raise DataError(*(f"{shown}: {words}" for words in error.problems)) from None
    return Store(engine)


def _ready(file: Path, make: bool) -> None:
    """A file that only its owner may read: it holds what was seen of patients."""
    if file.exists():
        return
    if not make:
        raise DataError(f"{file}: there is no store; `icans serve` makes one, and so does `icans user add`")
    file.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _first_line(error: Exception) -> str:
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    return said[0] if said else type(error).__name__


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=10, max_overflow=30)
        event.listen(engine, "connect", _prepare_session)
        return engine
    engine = create_engine(
        url, hide_parameters=True, pool_size=10, max_overflow=30, connect_args={"check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare_file)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare_file(connection: Any, _record: object) -> None:
    """What makes SQLite keep its word: a commit is on the disk before it is answered, and references hold."""
    connection.isolation_level = None
    for pragma in _FILE:
        _patiently(connection, f"PRAGMA {pragma}")


def _patiently(connection: Any, command: str) -> None:
    """A command that SQLite may refuse at once where another process makes the file: it waits for no lock there."""
    until = time.monotonic() + _BUSY_MS / 1000
    while True:
        try:
            connection.execute(command)
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _prepare_session(connection: Any, _record: object) -> None:
    """The same of PostgreSQL, whatever its settings say."""
    before, connection.autocommit = connection.autocommit, True
    for command in _SESSION:
        connection.execute(command)
    if connection.execute("SHOW synchronous_commit").fetchone() == ("off",):
        connection.execute("SET synchronous_commit = on")
    connection.autocommit = before


def _begin(db: Connection) -> None:
    """The driver would begin late and read first; a writer must hold the file from the start."""
    writing = db.get_execution_options().get("writing", False)
    db.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
