"""Accounts of the people who use the app: made by an administrator, local with argon2, or vouched for by a provider."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from icans.errors import DataError
from icans.store import passwords
from icans.store.audit import append
from icans.store.columns import too_long
from icans.store.database import Store
from icans.store.errors import Changed, NotThere
from icans.store.schema import ROLES, account, sign_in
from icans.store.written import seal

ATTEMPTS = 5
LOCKED_FOR = timedelta(minutes=15)
"""After ATTEMPTS wrong passwords in a row an account waits this long. Our choice."""


class Account(NamedTuple):
    """Who somebody is. care_unit None: all units."""

    id: str
    login: str
    name: str
    role: str
    care_unit: str | None
    active: bool


def _account(row: RowMapping) -> Account:
    return Account(*(row[name] for name in Account._fields))


def make(
    db: Connection, login: str, name: str, role: str, *, by: str, at: datetime, password: str | None = None,
    care_unit: str | None = None, issuer: str | None = None, subject: str | None = None,
) -> Account:  # fmt: skip
    """A new account: with a password, or with issuer and subject of an OpenID provider that vouches for it.

    Raises DataError where something is missing, too short or too long, Changed where login or subject have an account.
    """
    row = {
        "id": uuid4().hex, "login": " ".join(login.split()), "name": " ".join(name.split()), "role": role,
        "care_unit": _unit(care_unit), "issuer": issuer or None, "subject": subject or None, "active": True,
        "made_at": at,
    }  # fmt: skip
    found = [f"{k}: 1 to 120 characters" for k in ("login", "name") if not (row[k] and row[k].isprintable())]
    found += too_long(account, row)
    found += [] if role in ROLES else [f"role: one of {', '.join(ROLES)}"]
    if (row["issuer"] is None) != (row["subject"] is None):
        found.append("issuer and subject belong together: the provider, and what it calls the person")
    if password is not None or not (row["issuer"] or row["subject"]):
        found += passwords.faults(password or "", row["login"])
    if found:
        raise DataError(*found)
    _check_new(db, row)
    db.execute(insert(account).values(**row, failures=0, password=passwords.hashed(password) if password else None))
    detail = {"login": row["login"], "role": role, "unit": row["care_unit"], **seal(db, account, row["id"])}
    append(db, actor=by, action="account.make", at=at, detail=detail)
    return Account(*(row[f] for f in Account._fields))


def _unit(name: str | None) -> str | None:
    return " ".join((name or "").split()) or None


def _check_new(db: Connection, row: Mapping[str, Any]) -> None:
    if db.execute(select(account.c.id).where(account.c.login == row["login"])).first():
        raise Changed("an account with this login is there already")
    theirs = (account.c.issuer == row["issuer"]) & (account.c.subject == row["subject"])
    if row["issuer"] is not None and db.execute(select(account.c.id).where(theirs)).first():
        raise Changed("this person of the provider has an account already")


def sign_in_with(store: Store, login: str, password: str, now: datetime) -> Account | None:
    """The account, where the password is right and it is neither shut nor locked; None else, and the failure counts.

    The password is checked, which takes a while on purpose, before anybody else has to wait.
    """
    wanted = select(account.c.password).where(account.c.login == " ".join(login.split()))
    with store.read() as db:
        known = db.execute(wanted).scalar_one_or_none()
    right = passwords.matches(known, password)
    with store.write() as db:
        return _decided(db, login, now, right and db.execute(wanted).scalar_one_or_none() == known)


def check_password(db: Connection, login: str, password: str, now: datetime) -> Account | None:
    """The same within a transaction."""
    wanted = select(account.c.password).where(account.c.login == " ".join(login.split()))
    return _decided(db, login, now, passwords.matches(db.execute(wanted).scalar_one_or_none(), password))


def _decided(db: Connection, login: str, now: datetime, right: bool) -> Account | None:
    login = " ".join(login.split())
    row = db.execute(select(account).where(account.c.login == login)).mappings().first()
    if row is None or not row["password"]:
        # Not what was typed: some type their password where the login belongs.
        append(db, actor="unknown login", action="sign-in.refused", at=now, detail={"why": "no such login"})
        return None
    if row["locked_until"] is not None and row["locked_until"] > now:
        append(db, actor=row["login"], action="sign-in.refused", at=now, detail={"why": "locked"})
        return None
    if not right or not row["active"]:
        _failed(db, row, now)
        return None
    db.execute(update(account).where(account.c.id == row["id"]).values(failures=0, locked_until=None))
    return _account(row)


def _failed(db: Connection, row: RowMapping, now: datetime) -> None:
    failures = row["failures"] + 1
    locked = now + LOCKED_FOR if failures >= ATTEMPTS else None
    kept = {"failures": 0 if locked else failures, "locked_until": locked}
    db.execute(update(account).where(account.c.id == row["id"]).values(**kept))
    why = "locked now" if locked else "wrong password" if row["active"] else "shut"
    append(db, actor=row["login"], action="sign-in.refused", at=now, detail={"why": why})


def listed(db: Connection) -> list[RowMapping]:
    """All accounts by login, without their passwords."""
    columns = [c for c in account.c if c.name != "password"]
    return list(db.execute(select(*columns).order_by(account.c.login)).mappings())


def none_yet(db: Connection) -> bool:
    """Whether nobody can sign in yet: the first to come makes the administrator."""
    return db.execute(select(func.count()).select_from(account)).scalar_one() == 0


def by_login(db: Connection, login: str) -> Account:
    """The account of a login. Raises NotThere."""
    row = db.execute(select(account).where(account.c.login == login)).mappings().first()
    if row is None:
        raise NotThere(f"no account with the login '{login[:40]}'. `icans user list` lists them")
    return _account(row)


def by_subject(db: Connection, issuer: str, subject: str) -> Account | None:
    """The account that an OpenID provider vouches for; None where there is none, or it is shut."""
    mine = (account.c.issuer == issuer) & (account.c.subject == subject) & account.c.active
    row = db.execute(select(account).where(mine)).mappings().first()
    return None if row is None else _account(row)


def change(
    db: Connection, login: str, *, by: str, at: datetime, role: str | None = None, active: bool | None = None,
    password: str | None = None, care_unit: str | None = None,
) -> None:  # fmt: skip
    """Change role, unit ('' is all), password, or shut an account. Its sign-ins end with the password, and when shut.

    Raises DataError for a bad role or password, where nothing is to be changed, and where it would leave nobody to
    administrate.
    """
    mine = by_login(db, login)
    values = {k: v for k, v in {"role": role, "active": active}.items() if v is not None}
    if care_unit is not None:
        values["care_unit"] = _unit(care_unit)
    found = [] if role is None or role in ROLES else [f"role: one of {', '.join(ROLES)}"]
    found += too_long(account, values)
    found += passwords.faults(password, mine.login) if password is not None else []
    if not values and password is None:
        found.append("nothing is to be changed")
    if found:
        raise DataError(*found)
    if password is not None:
        values |= {"password": passwords.hashed(password), "failures": 0, "locked_until": None}
    db.execute(update(account).where(account.c.id == mine.id).values(**values))
    if mine.role == "administrator" and mine.active:
        _check_administrator(db)
    if active is False or password is not None:
        db.execute(sign_in.delete().where(sign_in.c.account == mine.id))
    changed = sorted(k if k != "password" else "password (not kept here)" for k in values)
    said = {"login": mine.login, "changed": changed, **seal(db, account, mine.id)}
    append(db, actor=by, action="account.change", at=at, detail=said)


def _check_administrator(db: Connection) -> None:
    left = select(func.count()).where(account.c.role == "administrator", account.c.active)
    if not db.execute(left).scalar_one():
        raise DataError("one account must stay an active administrator; make another one first")
