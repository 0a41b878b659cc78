"""Who asks, and whether they may: dependencies of the routes."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request

from icans.store import sign_ins
from icans.store.sign_ins import SignedIn
from icans.web.platform import Platform, platform
from icans.web.roles import may
from icans.web.sent import is_form, sent_form

COOKIE = "icans_session"
CSRF_HEADER = "X-CSRF-Token"
_SAFE = ("GET", "HEAD", "OPTIONS")


class NotSignedIn(Exception):
    """Nobody is signed in, or the sign-in has ended."""


class NotAllowed(Exception):
    """The role does not have the right; the words say what to do."""


def signed_in(request: Request, app: Annotated[Platform, Depends(platform)]) -> SignedIn:
    """Who asks, by token or cookie. Raises NotSignedIn."""
    now = app.clock()
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    kind = "token" if scheme.lower() == "bearer" else "browser"
    secret = token.strip() if kind == "token" else request.cookies.get(COOKIE, "")
    if not secret:
        raise NotSignedIn
    with app.store.read() as db:
        found = sign_ins.who_is(db, secret, now, kind)
        # A page that asks by itself is nobody at the screen: it does not keep the session alive.
        asked = request.headers.get("hx-request") != "true"
        stale = found is not None and kind == "browser" and asked and sign_ins.is_stale(db, found, now)
    if found is None:
        raise NotSignedIn
    if stale:
        with app.store.write() as db:
            sign_ins.touch(db, found, now)
    request.state.signed_in = found
    return found


def need(right: str) -> Callable[..., Awaitable[SignedIn]]:
    """A dependency: somebody with a right, and for a write from a browser the token that only our pages hold."""

    async def allowed(request: Request, who: Annotated[SignedIn, Depends(signed_in)]) -> SignedIn:
        if not may(who.account.role, right):
            raise NotAllowed(f"a {who.account.role} may not do this; ask somebody who has the right to {right}")
        if who.kind == "browser" and request.method not in _SAFE:
            await _check_csrf(request, who)
        return who

    allowed.right = right  # type: ignore[attr-defined]  # the table of roles and routes reads it
    return allowed


async def _check_csrf(request: Request, who: SignedIn) -> None:
    given = request.headers.get(CSRF_HEADER, "")
    if not given and is_form(request):
        given = str((await sent_form(request)).get("csrf", ""))
    if not hmac.compare_digest(given.encode(errors="replace"), who.csrf.encode()):
        raise NotAllowed("this page is too old to be sent; load it again and repeat")


See = Annotated[SignedIn, Depends(need("see"))]
Enter = Annotated[SignedIn, Depends(need("enter"))]
Admit = Annotated[SignedIn, Depends(need("admit"))]
Decide = Annotated[SignedIn, Depends(need("decide"))]
Configure = Annotated[SignedIn, Depends(need("configure"))]
App = Annotated[Platform, Depends(platform)]
