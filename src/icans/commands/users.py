"""`icans user` and `icans token`: accounts and tokens of the ward app."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime

from rich.table import Table
from rich.text import Text

from icans.commands.store import opened, say
from icans.errors import DataError
from icans.report.screen import console

_BY = "command line"


def add(
    login: str, *, name: str, role: str, unit: str | None, issuer: str | None, subject: str | None,
    database: str | None,
) -> None:  # fmt: skip
    """Make an account: with a password, or one that an OpenID provider vouches for."""
    from icans.store import accounts

    vouched = issuer is not None or subject is not None
    password = None if vouched else _password()
    with opened(database, make=True) as store, store.write() as db:
        made = accounts.make(
            db, login, name, role, by=_BY, at=datetime.now(UTC), password=password, care_unit=unit, issuer=issuer,
            subject=subject,
        )  # fmt: skip
    say(f"{made.login} may sign in now, as {role}{', through the OpenID provider' if vouched else ''}")


def show(*, database: str | None) -> None:
    """List the accounts."""
    from icans.store import accounts

    with opened(database) as store, store.read() as db:
        rows = accounts.listed(db)
    table = Table("login", "name", "role", "unit", "sign-in", "state")
    for row in rows:
        way = "password" if row["issuer"] is None else row["issuer"]
        state = "open" if row["active"] else "shut"
        cells = (row["login"], row["name"], row["role"], row["care_unit"] or "all", way, state)
        table.add_row(*(Text(cell, overflow="fold") for cell in cells))
    console().print(table)


def change(
    login: str, *, role: str | None, unit: str | None, shut: bool | None, password: bool, database: str | None
) -> None:
    """Change an account."""
    from icans.store import accounts

    new = _password() if password else None
    with opened(database) as store, store.write() as db:
        accounts.change(
            db, login, by=_BY, at=datetime.now(UTC), role=role, active=None if shut is None else not shut,
            password=new, care_unit=unit,
        )  # fmt: skip
    say(f"{login} was changed")


def add_token(login: str, *, label: str, database: str | None) -> None:
    """Make a token and print it."""
    from icans.store import accounts, sign_ins

    with opened(database) as store, store.write() as db:
        who = accounts.by_login(db, login)
        secret = sign_ins.begin(db, who, now=datetime.now(UTC), kind="token", label=label, by=_BY)
    print(secret)


def show_tokens(*, database: str | None) -> None:
    """List the tokens."""
    from icans.store import sign_ins

    with opened(database) as store, store.read() as db:
        rows = sign_ins.tokens(db)
    table = Table("login", "label", "made", "ends")
    for row in rows:
        days = (f"{row[when]:%Y-%m-%d}" for when in ("made_at", "expires_at"))
        table.add_row(*(Text(cell, overflow="fold") for cell in (row["login"], row["label"], *days)))
    console().print(table)


def end_token(login: str, *, label: str, database: str | None) -> None:
    """End a token."""
    from icans.store import sign_ins

    with opened(database) as store, store.write() as db:
        ended = sign_ins.end_token(db, login, label, by=_BY, at=datetime.now(UTC))
    say(f"{ended} token{'s' if ended > 1 else ''} of {login} ended: {label}")


def _password() -> str:
    """Asked for twice at a terminal, else the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    try:
        first = getpass.getpass("Password: ")
        again = getpass.getpass("Again: ")
    except EOFError:
        raise DataError("no password was given; nothing was changed") from None
    if again != first:
        raise DataError("the two passwords are not the same; nothing was changed")
    return first
