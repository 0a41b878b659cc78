"""The store of the ward app, for commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from icans.errors import DataError
from icans.report.screen import console

if TYPE_CHECKING:
    from icans.store.database import Store


@contextmanager
def opened(database: str | None, *, make: bool = False) -> Iterator[Store]:
    """The store at an address, closed afterwards. Raises DataError where it cannot be opened.

    make  make one where there is none; a command that only looks must not: what is empty verifies always
    """
    try:
        from icans.store.database import open_store
    except ImportError as error:
        raise DataError(f"the store needs {error.name}: pip install 'icans[serve]'") from None
    store = open_store(database, make=make)
    try:
        yield store
    finally:
        store.close()


def say(words: str) -> None:
    """A line on the terminal as it is: a name in it may hold what rich takes for a style."""
    console().print(words, markup=False, highlight=False, soft_wrap=True)
