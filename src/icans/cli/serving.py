"""Commands of the ward app: serve, user, token, site, backup, restore, audit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from icans.cli.app import app

Database = Annotated[
    str | None,
    Parameter(help="postgresql://user@host/name, or a path for SQLite (default: a file in the user's data folder)."),
]
user = App(name="user", help="Accounts of the ward app.")
token = App(name="token", help="Tokens for programs that use the JSON API or FHIR.")
site = App(name="site", help="Settings of the ward app as a file.")
audit = App(name="audit", help="The audit log of the ward app.")
for part in (user, token, site, audit):
    app.command(part)


@app.command
def serve(
    *,
    database: Database = None,
    host: Annotated[str, Parameter(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="Port to listen at.")] = 8000,
    base_url: Annotated[
        str | None, Parameter(help="Where users reach it, if behind a proxy: https://ward.example.org")
    ] = None,
    demo: Annotated[bool, Parameter(help="Twelve made-up patients, removed at the end.", negative="")] = False,
) -> None:
    """The ward app: who is due for what, ICE at the bedside, FHIR and CDS Hooks.

    Example: icans serve --demo
    """
    from icans.commands import serve as command

    command.run(database=database, host=host, port=port, base_url=base_url, demo=demo)


@user.command
def add(
    login: str,
    *,
    name: Annotated[str, Parameter(help="As others see it beside an entry.")],
    role: Annotated[str, Parameter(help="viewer, nurse, clinician or administrator.")],
    unit: Annotated[str | None, Parameter(help="The only unit whose patients are seen; all by default.")] = None,
    issuer: Annotated[str | None, Parameter(help="OpenID provider that vouches; then there is no password.")] = None,
    subject: Annotated[str | None, Parameter(help="What the provider calls the person (sub).")] = None,
    database: Database = None,
) -> None:
    """Make an account. The password is asked for, or read from the first line of standard input.

    Example: icans user add anna --name "Anna Meier" --role nurse
    """
    from icans.commands import users as command

    command.add(login, name=name, role=role, unit=unit, issuer=issuer, subject=subject, database=database)


@user.command(name="list")
def list_users(*, database: Database = None) -> None:
    """List the accounts."""
    from icans.commands import users as command

    command.show(database=database)


@user.command
def change(
    login: str,
    *,
    role: Annotated[str | None, Parameter(help="viewer, nurse, clinician or administrator.")] = None,
    unit: Annotated[str | None, Parameter(help="The only unit whose patients are seen; '' is all.")] = None,
    shut: Annotated[bool | None, Parameter(help="Shut the account, or open it again.", negative="--open")] = None,
    password: Annotated[bool, Parameter(help="Ask for a new password.", negative="")] = False,
    database: Database = None,
) -> None:
    """Change role, unit or password of an account, or shut it."""
    from icans.commands import users as command

    command.change(login, role=role, unit=unit, shut=shut, password=password, database=database)


@token.command(name="add")
def add_token(
    login: str, *, label: Annotated[str, Parameter(help="What the token is for.")], database: Database = None
) -> None:
    """Make a token for a program that acts as an account; it is shown once."""
    from icans.commands import users as command

    command.add_token(login, label=label, database=database)


@token.command(name="list")
def list_tokens(*, database: Database = None) -> None:
    """List the tokens by account and label; their secrets are kept nowhere."""
    from icans.commands import users as command

    command.show_tokens(database=database)


@token.command(name="end")
def end_token(
    login: str, *, label: Annotated[str, Parameter(help="The label it was made with.")], database: Database = None
) -> None:
    """End a token: the program is refused from now on."""
    from icans.commands import users as command

    command.end_token(login, label=label, database=database)


@site.command(name="get")
def get_site(*, database: Database = None) -> None:
    """Print the settings in force as JSON, without secrets."""
    from icans.commands import site as command

    command.show(database=database)


@site.command(name="set")
def set_site(
    file: Annotated[Path, Parameter(help="JSON or YAML with the settings to change.")], *, database: Database = None
) -> None:
    """Change settings from a file; what it does not name stays."""
    from icans.commands import site as command

    command.change(file, database=database)


@app.command
def backup(
    file: Annotated[Path, Parameter(help="Where to write it; must not be there yet.")], *, database: Database = None
) -> None:
    """Write the whole store to one file, while it is in use; checked before it is called done."""
    from icans.commands import backup as command

    command.write(file, database=database)


@app.command
def restore(file: Annotated[Path, Parameter(help="A file of `icans backup`.")], *, database: Database = None) -> None:
    """Read a backup into an empty store, SQLite or PostgreSQL, and verify it."""
    from icans.commands import backup as command

    command.read(file, database=database)


@audit.command
def verify(
    *,
    known: Annotated[str | None, Parameter(help="A digest noted earlier, which must be in the chain.")] = None,
    database: Database = None,
) -> None:
    """Check the whole chain, and that everything it says was written is there unchanged."""
    from icans.commands import audit as command

    command.verify_log(known=known, database=database)
