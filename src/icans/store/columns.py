"""Types of the columns, which give the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from sqlalchemy import DateTime, Dialect, String, Table, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

_UNKEPT = re.compile("[\x00\ud800-\udfff]")


class Moment(TypeDecorator[datetime]):
    """A time in UTC; SQLite keeps no zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC to the database. Raises ValueError for a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time needs a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """UTC from the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """A text, of at most `length` characters where that is given. What no database keeps becomes U+FFFD (`kept`)."""

    impl = Text
    cache_ok = True

    def __init__(self, length: int | None = None) -> None:
        super().__init__()
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """VARCHAR with its length, or TEXT."""
        return Text() if self.length is None else String(self.length)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as it can be kept."""
        return None if value is None else kept(value)


def kept(text: str) -> str:
    """A text that every database takes: NUL and halves of a surrogate pair replaced by U+FFFD."""
    return _UNKEPT.sub("\ufffd", text)


def kept_all(content: Mapping[str, Any]) -> dict[str, Any]:
    """Content for a JSON column, as both databases keep it and PostgreSQL reads it again: every text as `kept`.

    A number that JSON has no word for becomes null.
    """
    return {kept(str(name)): _kept(value) for name, value in content.items()}


def _kept(value: Any) -> Any:
    match value:
        case str():
            return kept(value)
        case Mapping():
            return kept_all(value)
        case list() | tuple():
            return [_kept(part) for part in value]
        case float() if not isfinite(value):
            return None
        case _:
            return value


def too_long(table: Table, row: Mapping[str, Any]) -> list[str]:
    """Which texts of a row are longer than their column, in words. SQLite would take them, PostgreSQL would not."""
    found = []
    for name, value in row.items():
        kind = table.c[name].type
        if isinstance(kind, Words) and kind.length is not None and value is not None and len(value) > kind.length:
            found.append(f"{name}: at most {kind.length} characters")
    return found
