"""Who is signed in: sessions of browsers and tokens of programs. The store keeps only the SHA-256 of their secrets."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select, update

from icans.errors import DataError
from icans.store.accounts import Account
from icans.store.audit import append
from icans.store.errors import NotThere
from icans.store.schema import account, sign_in

IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=12)
"""A browser is signed out after an hour without a request, and after a shift. Our choice."""
TOKEN_FOR = timedelta(days=365)
_TOUCH = timedelta(minutes=1)


class SignedIn(NamedTuple):
    """Who is there, how (`browser` or `token`), and the token that forms must carry."""

    account: Account
    kind: str
    csrf: str
    id: str


def begin(
    db: Connection, who: Account, *, now: datetime, kind: str = "browser", label: str = "", by: str | None = None
) -> str:
    """Sign somebody in; the secret, which is nowhere else. Raises DataError where the account is shut."""
    if not who.active:
        raise DataError(f"the account {who.login} is shut; open it first")
    db.execute(sign_in.delete().where((sign_in.c.expires_at <= now) | _idle(now)))
    secret = secrets.token_urlsafe(32)
    life = LONGEST if kind == "browser" else TOKEN_FOR
    db.execute(
        insert(sign_in).values(
            id=_key(secret), account=who.id, kind=kind, label=label[:120], csrf=secrets.token_urlsafe(24), made_at=now,
            used_at=now, expires_at=now + life,
        )
    )  # fmt: skip
    action = "sign-in" if kind == "browser" else "token.make"
    append(db, actor=by or who.login, action=action, at=now, detail={"login": who.login, "label": label[:120]})
    return secret


def _idle(now: datetime) -> ColumnElement[bool]:
    return (sign_in.c.kind == "browser") & (sign_in.c.used_at <= now - IDLE)


def who_is(db: Connection, secret: str, now: datetime, kind: str) -> SignedIn | None:
    """Whose secret it is; None where it is unknown, too old, idle too long, or the account is shut."""
    names = [account.c[f].label(f"account_{f}") for f in Account._fields]
    wanted = select(sign_in, *names).join(account, account.c.id == sign_in.c.account)
    row = db.execute(wanted.where(sign_in.c.id == _key(secret), sign_in.c.kind == kind)).mappings().first()
    if row is None or not row["account_active"] or row["expires_at"] <= now:
        return None
    if kind == "browser" and row["used_at"] + IDLE <= now:
        return None
    return SignedIn(Account(*(row[f"account_{f}"] for f in Account._fields)), kind, row["csrf"], row["id"])


def is_stale(db: Connection, found: SignedIn, now: datetime) -> bool:
    """Whether the time of last use is worth writing anew."""
    used = db.execute(select(sign_in.c.used_at).where(sign_in.c.id == found.id)).scalar_one_or_none()
    return used is not None and now - used > _TOUCH


def touch(db: Connection, found: SignedIn, now: datetime) -> None:
    """Note that somebody is still there."""
    db.execute(update(sign_in).where(sign_in.c.id == found.id).values(used_at=now))


def end(db: Connection, found: SignedIn, now: datetime) -> None:
    """Sign out."""
    db.execute(sign_in.delete().where(sign_in.c.id == found.id))
    append(db, actor=found.account.login, action="sign-out", at=now)


def tokens(db: Connection) -> list[RowMapping]:
    """The tokens of programs, by label."""
    wanted = (
        select(sign_in.c.id, sign_in.c.label, sign_in.c.made_at, sign_in.c.expires_at, account.c.login)
        .join(account, account.c.id == sign_in.c.account)
        .where(sign_in.c.kind == "token")
        .order_by(sign_in.c.label)
    )
    return list(db.execute(wanted).mappings())


def end_token(db: Connection, login: str, label: str, *, by: str, at: datetime) -> int:
    """End the tokens of an account with a label; how many. Raises NotThere where there is none."""
    mine = [t for t in tokens(db) if (t["login"], t["label"]) == (login, label)]
    if not mine:
        raise NotThere("there is no such token. `icans token list` lists them")
    db.execute(sign_in.delete().where(sign_in.c.id.in_([t["id"] for t in mine])))
    append(db, actor=by, action="token.end", at=at, detail={"login": login, "label": label})
    return len(mine)


def _key(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
