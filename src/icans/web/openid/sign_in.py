"""Sign in with the hospital account: OpenID Connect, authorization code with PKCE."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from icans.store.accounts import Account
from icans.web.access import App
from icans.web.openid import people
from icans.web.openid.begun import begun
from icans.web.openid.flow import Way, answered, came_back, done, identified, sent
from icans.web.openid.identity import Identity
from icans.web.openid.provider import client_of, openid_provider
from icans.web.pages.sign_in import signed_in_as
from icans.web.platform import Platform
from icans.web.site import OpenId

router = APIRouter(include_in_schema=False)
WAY = Way("openid", "/sign-in/openid", "The sign-in of the hospital")


@router.get(WAY.path)
def begin(app: App, request: Request, next: str = "/ward") -> Response:
    """Send somebody to the provider."""
    site = _site(app)

    def send() -> Response:
        client, provider = client_of(site), openid_provider(app.outside, site.issuer)
        one = begun(WAY.name, provider.issuer, client.id, app.clock(), onward=next)
        return sent(app, WAY, provider, client, one)

    return answered(app, request, WAY, send)


@router.get(f"{WAY.path}/callback")
def callback(app: App, request: Request) -> Response:
    """Take what the provider answers, and sign in."""
    site = _site(app)

    def take() -> Response:
        one = came_back(app, request, WAY)
        back = identified(app, request, WAY, openid_provider(app.outside, site.issuer), client_of(site), one)
        mine = account_of(app, back.identity, site, WAY.name)
        return done(signed_in_as(app, mine, one.onward), WAY, one)

    return answered(app, request, WAY, take)


def account_of(app: Platform, who: Identity, site: OpenId, way: str) -> Account:
    """The account of somebody whom a provider vouches for, a new one if the site lets it be made. Raises Refusal."""
    with app.store.write() as db:
        now = app.clock()
        mine = people.known(db, who) or people.new(db, who, site, now)
        people.vouched(db, who, mine, way, now)
    return mine


def _site(app: Platform) -> OpenId:
    """The settings; no such page where no provider is set."""
    _, site = app.reviews.site()
    if not site.openid.issuer:
        raise HTTPException(404)
    return site.openid
