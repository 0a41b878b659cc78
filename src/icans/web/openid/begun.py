"""A sign-in that has begun: what its answer must fit, kept by the browser in a signed cookie until it comes back."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

LASTS = timedelta(minutes=10)
"""How long somebody may take at the provider. Our choice."""
LONGEST_NEXT = 1000


@dataclass(frozen=True)
class Begun:
    """What was sent with somebody to the provider.

    way       `openid` or `launch`: a cookie of one is none of the other
    issuer    who must sign the answer; client_id: for whom
    state, nonce, verifier   tie the answer, the ID token and the code to this browser (RFC 6749, OpenID Connect
              Core, RFC 7636)
    onward    where to go then, a path of this app; server: the FHIR server of a launch
    until     s since 1970
    """

    way: str
    issuer: str
    client_id: str
    state: str
    nonce: str
    verifier: str
    until: float
    onward: str = ""
    server: str = ""


def begun(way: str, issuer: str, client_id: str, now: datetime, *, onward: str = "", server: str = "") -> Begun:
    """A new one, with words that nobody can guess."""
    state, nonce = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    until = (now + LASTS).timestamp()
    kept = onward if len(onward) <= LONGEST_NEXT else ""
    return Begun(way, issuer, client_id, state, nonce, secrets.token_urlsafe(48), until, kept, server)


def cookie_name(state: str) -> str:
    """A cookie for each, so that two that are opened side by side do not push each other out."""
    return f"icans_begun_{''.join(c for c in state[:12] if c.isascii() and c.isalnum())}"


def sealed(one: Begun, secret: bytes) -> str:
    """As the browser keeps it: readable there, but not to be changed."""
    return _serializer(secret).dumps(asdict(one))


def opened(text: str, secret: bytes, way: str, state: str, now: datetime) -> Begun | None:
    """What the browser brings back; None where it is not ours, too old, or of another sign-in."""
    try:
        kept: Any = _serializer(secret).loads(text)
        one = Begun(**kept)
    except (BadData, TypeError):
        return None
    fits = one.way == way and hmac.compare_digest(one.state.encode(), state.encode())
    return one if fits and now.timestamp() < one.until else None


def _serializer(secret: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="icans.web.openid.begun")
