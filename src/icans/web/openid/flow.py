"""The two halves of every sign-in by a provider: to send somebody there, and to take what comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from icans.store.audit import append
from icans.web.cds.fetch import NotHad
from icans.web.openid.begun import LASTS, Begun, cookie_name, opened, sealed
from icans.web.openid.exchange import address_of, tokens_for
from icans.web.openid.identity import Identity, identity_of, with_names
from icans.web.openid.people import ACTOR
from icans.web.openid.provider import Client, Provider
from icans.web.openid.refusal import Refusal, not_to_be_had
from icans.web.pages.page import page
from icans.web.platform import Platform

_SHOWN = 60
_DENIED = ("access_denied", "consent_required", "interaction_required", "login_required", "account_selection_required")


@dataclass(frozen=True)
class Way:
    """One way in.

    name  `openid` or `launch`; path: where it begins, with the callback below it; whose: whom a failure is laid to
    """

    name: str
    path: str
    whose: str

    def callback(self, app: Platform) -> str:
        """The redirect URI that is registered with the provider."""
        return f"{app.started.base_url.rstrip('/')}{self.path}/callback"


@dataclass(frozen=True)
class Back:
    """Somebody who came back from the provider."""

    begun: Begun
    identity: Identity
    tokens: Mapping[str, Any]


def answered(app: Platform, request: Request, way: Way, do: Callable[[], Response]) -> Response:
    """What `do` answers; a page with words, and a row of the audit log, where it is refused.

    Refusals are counted by address as wrong passwords are, so that nobody fills the log.
    """
    try:
        return do()
    except NotHad as error:
        refusal = not_to_be_had(way.whose, str(error))
    except Refusal as error:
        refusal = error
    address = request.client.host if request.client else "?"
    if not app.limits.may_sign_in(address):
        return _refused(app, 429, ("Too many attempts. Wait a minute and try again.",))
    with app.store.write() as db:
        detail = {"by": way.name, "why": refusal.why, **refusal.about}
        append(db, actor=ACTOR, action="sign-in.refused", at=app.clock(), detail=detail)
    return _refused(app, refusal.status, refusal.words)


def _refused(app: Platform, status: int, words: tuple[str, ...]) -> HTMLResponse:
    return page(app, None, "openid_refused.html", status=status, words=words)


def sent(app: Platform, way: Way, provider: Provider, client: Client, one: Begun, **more: str) -> Response:
    """To the provider, with a cookie that knows what must come back."""
    url = address_of(app.outside, provider, client, one, way.callback(app), more)
    answer = RedirectResponse(url, 302)
    answer.set_cookie(
        cookie_name(one.state), sealed(one, app.outside.secret), max_age=int(LASTS.total_seconds()), httponly=True,
        samesite="lax", path=way.path, secure=app.started.base_url.startswith("https:"),
    )  # fmt: skip
    return answer


def came_back(app: Platform, request: Request, way: Way) -> Begun:
    """The sign-in that an answer of a provider belongs to. Raises Refusal where it belongs to none, or says no."""
    state, error = (request.query_params.get(name, "") for name in ("state", "error"))
    cookie = request.cookies.get(cookie_name(state), "")
    one = opened(cookie, app.outside.secret, way.name, state, app.clock()) if state else None
    if one is None:
        words = "This answer belongs to no sign-in that was begun in this browser within 10 minutes.", "Begin again."
        raise Refusal(400, *words, why="state does not fit")
    if error:
        raise _said_no(way, error)
    # RFC 9207: an answer that names its issuer must come from the one that was asked.
    if request.query_params.get("iss", one.issuer) != one.issuer:
        raise Refusal(400, "The answer comes from another provider than was asked.", why="iss does not fit")
    return one


def _said_no(way: Way, error: str) -> Refusal:
    shown = "".join(c for c in error[:_SHOWN] if c.isalnum() or c in "_-.")
    if shown in _DENIED:
        words = f"{way.whose} did not let you in.", "Begin again, or ask those who run it."
        return Refusal(403, *words, why=shown)
    return Refusal(502, f"{way.whose} answered: {shown or 'an error'}.", "Try again in a minute.", why=shown)


def identified(
    app: Platform, request: Request, way: Way, provider: Provider, client: Client, one: Begun
) -> Back:  # fmt: skip
    """Change the code for tokens and see who it is. Raises Refusal, NotHad."""
    if (provider.issuer, client.id) != (one.issuer, one.client_id):
        raise Refusal(400, "The settings were changed in the meantime.", "Begin again.", why="settings changed")
    code = request.query_params.get("code", "")
    if not code:
        raise Refusal(400, f"{way.whose} sent no code.", "Begin again.", why="no code")
    tokens = tokens_for(app.outside, provider, client, one, way.callback(app), code)
    who = identity_of(app.outside.keys, provider, one, tokens, app.clock())
    return Back(one, with_names(app.outside, provider, who, tokens["access_token"]), tokens)


def done(answer: Response, way: Way, one: Begun) -> Response:
    """An answer that ends a sign-in under way: its cookie is not taken again."""
    answer.delete_cookie(cookie_name(one.state), path=way.path, httponly=True, samesite="lax")
    return answer
