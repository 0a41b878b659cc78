"""The settings of the site: versioned, the newest counts, every earlier one stays to be seen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select

from icans.store.audit import append
from icans.store.columns import kept_all
from icans.store.errors import Changed
from icans.store.schema import setting
from icans.store.written import seal


def newest(db: Connection) -> tuple[int, dict[str, Any]]:
    """(version, content) of the settings in force; (0, {}) where none were made."""
    row = db.execute(select(setting).order_by(setting.c.version.desc()).limit(1)).mappings().first()
    return (0, {}) if row is None else (row["version"], dict(row["content"]))


def newest_version(db: Connection) -> int:
    """The version of the settings in force, 0 where none were made."""
    return db.execute(select(func.coalesce(func.max(setting.c.version), 0))).scalar_one()


def keep(
    db: Connection, content: Mapping[str, Any], *, author: str | None, login: str, at: datetime, expected: int | None
) -> int:
    """Put new settings in force; their version.

    expected  the version the author had seen. Raises Changed where somebody changed them since.
    """
    version = newest_version(db)
    if expected is not None and expected != version:
        raise Changed("somebody changed the settings in the meantime; look at them again")
    db.execute(insert(setting).values(version=version + 1, content=kept_all(content), author=author, at=at))
    detail = {"version": version + 1, **seal(db, setting, version + 1)}
    append(db, actor=login, action="settings.change", at=at, detail=detail)
    return version + 1


def history(db: Connection) -> list[RowMapping]:
    """All versions, the newest first."""
    return list(db.execute(select(setting).order_by(setting.c.version.desc())).mappings())
