"""Who it is: the ID token, checked as OpenID Connect Core 1.0, section 3.1.3.7, asks for."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry

from icans.web.cds.fetch import NotHad
from icans.web.cds.keys import Keys, NoKeys, PublicKey
from icans.web.openid.begun import Begun
from icans.web.openid.outside import LIMITS, Outside
from icans.web.openid.provider import Provider
from icans.web.openid.refusal import Refusal

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""With a public key only: not `none`, and not HS256, for which both sides share a key."""
CLOCKS_DIFFER = 60
"""Seconds by which the clock of the provider may be ahead or behind. Our choice."""
LONGEST_TOKEN = 20_000
_LONGEST_HEADER = 8_000
"""Some providers put their certificates into it."""
_LONGEST_SUBJECT = 255
"""Source: OpenID Connect Core 1.0, section 2, `sub`."""
_NAMES = ("name", "preferred_username", "email")


@dataclass(frozen=True)
class Identity:
    """Who signed in, as the issuer vouches for it; '' where it does not say something.

    fhir_user  where the FHIR server of a launch has more of the person, such as Practitioner/7
    """

    issuer: str
    subject: str
    name: str = ""
    username: str = ""
    email: str = ""
    fhir_user: str = ""


def identity_of(
    keys: Keys, provider: Provider, begun: Begun, tokens: Mapping[str, Any], now: datetime
) -> Identity:  # fmt: skip
    """Check the ID token and tell who it is about. Raises Refusal (502) for one that cannot be trusted."""
    text, access = tokens["id_token"], tokens["access_token"]
    if len(text) > LONGEST_TOKEN:
        raise _bad("it is too long")
    registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
    registry.max_header_length = _LONGEST_HEADER
    try:
        header = jws.extract_compact(text.encode(), registry=registry).headers()
    except (JoseError, ValueError, TypeError):
        raise _bad("it is no signed JSON Web Token") from None
    key = _key(keys, provider, header)
    try:
        token = jwt.decode(text, key, algorithms=list(ALGORITHMS), registry=registry)
    except (JoseError, ValueError, TypeError):
        raise _bad("its signature does not fit the keys of its issuer") from None
    claims = CodeIDToken(
        token.claims, token.header,
        {"iss": {"essential": True, "value": begun.issuer}, "aud": {"essential": True, "value": begun.client_id}},
        {"nonce": begun.nonce, "client_id": begun.client_id, "access_token": access},
    )  # fmt: skip
    try:
        claims.validate(int(now.timestamp()), CLOCKS_DIFFER)
    except JoseError as error:
        raise _bad(str(getattr(error, "description", None) or error.error)) from None
    except (TypeError, ValueError):
        raise _bad("a claim has a form that is not expected") from None
    return _identity(begun.issuer, claims)


def _key(keys: Keys, provider: Provider, header: Mapping[str, Any]) -> PublicKey:
    kid, alg = header.get("kid"), header.get("alg")
    if alg not in ALGORITHMS:
        raise _bad("it is not signed with a public key (alg)")
    if not isinstance(kid, str) or not kid:
        raise _bad("it does not name its key (kid)")
    try:
        key = keys.at(provider.jwks, kid)
    except NoKeys as error:
        raise NotHad(str(error)) from None
    if key is None:
        raise _bad("its key (kid) is not among those of its issuer")
    if isinstance(key, RSAKey) != (alg[:2] in ("RS", "PS")) or key.get("alg") not in (None, alg):
        raise _bad("its key is for another algorithm")
    return key


def _identity(issuer: str, claims: Mapping[str, Any]) -> Identity:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT or not subject.isprintable():
        raise _bad("it does not say who it is about (sub)")
    name, username, email = (word(claims.get(part)) for part in _NAMES)
    fhir_user = claims.get("fhirUser")
    return Identity(issuer, subject, name, username, email, fhir_user if isinstance(fhir_user, str) else "")


def with_names(outside: Outside, provider: Provider, who: Identity, access_token: str) -> Identity:
    """The same with the names of the userinfo endpoint, where the ID token has none and there is one to be asked.

    Many providers put names there only (OpenID Connect Core 1.0, section 5.4). Raises NotHad, and Refusal where the
    answer is about somebody else.
    """
    if who.name or who.username or not provider.userinfo:
        return who
    found = outside.web.json(provider.userinfo, LIMITS, time.monotonic() + LIMITS.within, access_token)
    if found.get("sub") != who.subject:
        raise _bad("userinfo speaks of somebody else")
    return _identity(who.issuer, found)


def word(value: object) -> str:
    """A name as an account may have it."""
    text = value if isinstance(value, str) else ""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:120]


def _bad(why: str) -> Refusal:
    words = "What the provider says of you cannot be trusted, so you are not signed in.", f"Its ID token: {why}."
    return Refusal(502, *words, why=f"ID token: {why}")
