"""Whose account it is that a provider vouches for, and the account of somebody who comes for the first time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from icans.store import accounts
from icans.store.accounts import Account
from icans.store.audit import append
from icans.store.schema import account
from icans.web.openid.identity import Identity
from icans.web.openid.refusal import Refusal
from icans.web.site import OpenId

ACTOR = "openid"
_LONGEST = 120


def known(db: Connection, who: Identity) -> Account | None:
    """The account of somebody, None for a new one. Raises Refusal (403) where it is shut."""
    found = accounts.by_subject(db, who.issuer, who.subject)
    if found is None and _shut(db, who):
        words = "Your account here is shut.", "An administrator can open it again."
        raise Refusal(403, *words, why="account is shut", issuer=who.issuer, subject=who.subject)
    return found


def _shut(db: Connection, who: Identity) -> bool:
    mine = (account.c.issuer == who.issuer) & (account.c.subject == who.subject) & ~account.c.active
    return db.execute(select(account.c.id).where(mine)).first() is not None


def new(db: Connection, who: Identity, site: OpenId, now: datetime) -> Account:
    """Make the account of somebody new, with the role and the unit of the settings.

    Raises Refusal (403) where the site has no role for those who are new, and for whoever another issuer vouches for
    than that of the settings: a record system names its issuer itself.
    """
    if accounts.none_yet(db):
        words = "Nobody administrates this ward app yet.", "Sign up the first administrator, then come again."
        raise Refusal(403, *words, why="no administrator yet")
    if not site.role or who.issuer != site.issuer:
        raise Refusal(
            403, "The hospital knows you, but this ward app has no account for you.",
            "Ask an administrator to make an account for this hospital account. Tell them:",
            f"issuer {who.issuer}", f"subject {who.subject}",
            why="no account", issuer=who.issuer, subject=who.subject,
        )  # fmt: skip
    login = _free(db, who.username or who.email or who.subject)
    return accounts.make(
        db, login, who.name or login, site.role, by=ACTOR, at=now, care_unit=site.care_unit, issuer=who.issuer,
        subject=who.subject,
    )  # fmt: skip


def vouched(db: Connection, who: Identity, mine: Account, way: str, now: datetime) -> None:
    """Note who vouched for a sign-in."""
    append(db, actor=mine.login, action="sign-in.vouched", at=now, detail={"issuer": who.issuer, "by": way})


def _free(db: Connection, wanted: str) -> str:
    """A login like the one wanted that nobody has."""
    taken = set(db.execute(select(account.c.login)).scalars())
    wanted = " ".join(wanted.split()) or ACTOR
    login, number = wanted[:_LONGEST], 1
    while login in taken:
        number += 1
        login = f"{wanted[: _LONGEST - 8]}-{number}"
    return login
