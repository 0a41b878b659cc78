"""A PostgreSQL to test with: the one that ICANS_POSTGRES names, or a server of our own from Debian's binaries."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

import psycopg
import pytest

DEBIAN = Path("/usr/lib/postgresql")
_WAIT = 30


@dataclass(frozen=True)
class Postgres:
    """A server. url: of a database from which others are made."""

    url: str

    def database(self, template: str | None = None) -> str:
        """The name of a new database, empty or a copy of another one of this server."""
        name = f"icans_{uuid4().hex[:16]}"
        self.do(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'} ENCODING 'UTF8'")
        return name

    def drop(self, name: str) -> None:
        self.do(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def do(self, command: str, name: str | None = None) -> None:
        with psycopg.connect(self.of(name) if name else self.url, autocommit=True) as db:
            db.execute(command.encode())

    def of(self, name: str) -> str:
        """The address of a database by its name."""
        before, mark, options = self.url.partition("?")
        return f"{before.rpartition('/')[0]}/{name}{mark}{options}"


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """The server of a whole run. Skips where there is none; fails where ICANS_REQUIRE holds `postgres`."""
    if given := os.environ.get("ICANS_POSTGRES"):
        yield Postgres(given.replace("postgresql+psycopg://", "postgresql://"))
        return
    binaries = max(DEBIAN.glob("*/bin/initdb"), default=None, key=lambda p: float(p.parts[-3]))
    if binaries is None:
        _without("no PostgreSQL: set ICANS_POSTGRES, or install Debian's package postgresql")
    with _own(binaries.parent) as server:
        yield server


def _without(why: str) -> NoReturn:
    if "postgres" in os.environ.get("ICANS_REQUIRE", "").replace(",", " ").split():
        pytest.fail(f"{why} (ICANS_REQUIRE asks for it)")
    pytest.skip(why)


@contextmanager
def _own(binaries: Path) -> Iterator[Postgres]:
    """A server that listens at a socket in a folder of its own, so that any number can run beside each other."""
    # Not pytest's folder: the path of a socket is short, and root's folders are closed to the user postgres.
    folder = Path(tempfile.mkdtemp(prefix="icans-pg-"))
    user = "postgres" if os.name == "posix" and os.geteuid() == 0 else None
    groups: list[str | int] | None = [] if user else None
    if user:
        shutil.chown(folder, user, user)
    data = folder / "data"
    make = [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    if int(binaries.parts[-2].partition(".")[0]) >= 15:  # words sorted as in a language, which SQLite does not
        make += ["--locale-provider=icu", "--icu-locale=en-US"]
    settings = {"listen_addresses": "", "unix_socket_directories": folder, "shared_buffers": "32MB", "fsync": "on"}
    run = [binaries / "postgres", "-D", data, *(w for k, v in settings.items() for w in ("-c", f"{k}={v}"))]
    try:
        subprocess.run(make, check=True, capture_output=True, cwd=folder, user=user, group=user, extra_groups=groups)
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                run, stdout=log, stderr=log, cwd=folder, user=user, group=user, extra_groups=groups
            )
        try:
            url = f"postgresql://postgres@/postgres?host={folder}"
            _wait_for(url, server)
            yield Postgres(url)
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait(_WAIT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _WAIT
    while server.poll() is None:
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL ended at its start with {server.returncode}")
