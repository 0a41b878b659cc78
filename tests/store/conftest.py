"""Stores for tests, each once in SQLite and once in PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from postgres_server import Postgres, postgres_server
from store_made import Made, people

from icans.store import passwords
from icans.store.database import Store, open_store

KINDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session", autouse=True)
def strong_hash() -> Iterator[str]:
    """The hash of a password as the program makes it; for all other tests it is made in a moment."""
    made = passwords.hashed("a long enough pass phrase")
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", lambda: quick)
        yield made


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    with postgres_server() as found:
        yield found


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite store with the people of `store_made`, to be copied: made once, for hashing passwords takes time."""
    file = tmp_path_factory.mktemp("template") / "people.sqlite3"
    store = open_store(str(file))
    people(store)
    store.close()
    return file


@pytest.fixture(scope="session")
def postgres_template(server: Postgres) -> Iterator[str]:
    """The same in a database of PostgreSQL."""
    name = server.database()
    store = open_store(server.of(name))
    people(store)
    store.close()
    yield name
    server.drop(name)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def empty_urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """kind -> the address of a new empty database of that kind, any number of times."""
    made: list[tuple[Postgres, str]] = []

    def new(kind: str) -> str:
        if kind == "sqlite":
            return str(tmp_path / f"empty-{len(list(tmp_path.glob('empty-*')))}" / "ward.sqlite3")
        server: Postgres = request.getfixturevalue("server")
        made.append((server, server.database()))
        return server.of(made[-1][1])

    yield new
    for server, name in made:
        server.drop(name)


@pytest.fixture
def empty_url(kind: str, empty_urls: Callable[[str], str]) -> str:
    return empty_urls(kind)


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a store with the people of `store_made` in it."""
    if kind == "sqlite":
        file = tmp_path / "ward.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        yield str(file)
        return
    server: Postgres = request.getfixturevalue("server")
    name = server.database(request.getfixturevalue("postgres_template"))
    yield server.of(name)
    server.drop(name)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    found = open_store(url)
    yield found
    found.close()


@pytest.fixture
def ward(store: Store) -> Made:
    """A store with a patient in it."""
    return Made(store)
