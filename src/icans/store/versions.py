"""Bring the tables of a store up to the version of this program, once, whoever else opens it at the same time."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from icans.errors import DataError

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x1CA45
"""The advisory lock of PostgreSQL that whoever makes the tables holds."""


def migrate(engine: Engine, *, make: bool = True) -> None:
    """Bring the tables up to the newest version, in one transaction; `make` them where there are none.

    Raises DataError where a newer program made them, where the database holds something else, and where there are
    none to be found and none shall be made.
    """
    with engine.connect() as db:
        there = _there(db)
        if there == _newest():
            return
        if not there and not make:
            raise DataError("there is no store; `icans serve` makes one, and so does `icans user add`")
    with engine.connect().execution_options(writing=True) as db, db.begin():
        if db.dialect.name == "postgresql":
            db.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        there = _there(db)
        if not there and inspect(db).get_table_names():
            raise DataError("it holds something else than a store of icans; give icans a database of its own")
        if there != _newest():
            settings = _settings()
            settings.attributes["connection"] = db
            command.upgrade(settings, "head")


def is_store(db: Connection) -> bool:
    """Whether the tables of a store are there, of whatever version."""
    return inspect(db).has_table("alembic_version") and inspect(db).has_table("audit_head")


def _there(db: Connection) -> set[str]:
    """The version of the tables, nothing where there are none. Raises DataError for one that is not known here."""
    there = set(MigrationContext.configure(db).get_current_heads())
    if strange := there - _known():
        words = f"its tables have the version {', '.join(sorted(strange))[:40]}, which this icans does not know"
        raise DataError(f"{words}: a newer one made them. Update icans; nothing was changed")
    return there


def _newest() -> set[str]:
    return set(_scripts().get_heads())


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_settings())


@cache
def _known() -> frozenset[str]:
    return frozenset(script.revision for script in _scripts().walk_revisions())


def _settings() -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return settings
