"""`icans backup` and `icans restore`: the whole store as one file."""

from __future__ import annotations

from pathlib import Path

from icans.commands.store import opened, say


def write(file: Path, *, database: str | None) -> None:
    """Write a backup."""
    from icans.store.backup import back_up

    with opened(database) as store:
        found = back_up(store, file)
    say(f"written: {file}, {found.rows} rows of the audit log, verified")
    say(f"digest of the last: {found.head}")


def read(file: Path, *, database: str | None) -> None:
    """Read a backup into an empty store."""
    from icans.store.backup import bring_back

    with opened(database, make=True) as store:
        found = bring_back(store, file)
    say(f"restored from {file}: {found.rows} rows of the audit log, verified")
