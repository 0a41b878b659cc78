"""Who calls: the JSON Web Token of a record system, checked as CDS Hooks 2.0 asks for.

Source: CDS Hooks 2.0, "Trusting CDS Clients". How long a token may live and how far clocks may differ is our choice.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Mapping
from typing import Any

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from icans.web.cds.keys import Keys, NoKeys, PublicKey, public_keys
from icans.web.cds.replays import Replays
from icans.web.cds.settings import CdsSettings, TrustedClient

LONGEST_TOKEN = 8192
LONGEST_LIFE = 300.0
"""Seconds from `iat` to `exp` at most, so that used tokens need not be remembered for ever."""
CLOCKS_DIFFER = 30.0
"""Seconds by which the clock of the caller may be ahead or behind."""


class NotTrusted(Exception):
    """The caller is not known; the text says what is wrong with the token, without repeating it."""


def trusted(
    token: str, audiences: Collection[str], settings: CdsSettings, keys: Keys, replays: Replays, now: float
) -> TrustedClient:
    """The record system that a token is from.

    audiences  the URLs that the token may be made for; now: s since 1970

    Raises NotTrusted where it is signed by nobody known, for something else, at the wrong time, or was used before.
    """
    header, said = _looked_into(token)
    client = settings.client(said.get("iss"))
    if client is None:
        raise NotTrusted("its issuer (iss) is not known here")
    key = _key(header, client, settings, keys)
    registry = JWSRegistry(algorithms=list(settings.algorithms), strict_check_header=False)
    try:
        claims = jwt.decode(token, key, algorithms=list(settings.algorithms), registry=registry).claims
    except (JoseError, ValueError, TypeError, RecursionError):
        raise NotTrusted("its signature does not fit the keys of its issuer") from None
    until = _in_time(claims, now)
    if _number(claims, "iat") < replays.since:
        raise NotTrusted("it was issued before this service was started (iat); a new one is needed")
    _for_us(claims, audiences)
    if not replays.first_use(client.issuer, _jti(claims), until, now):
        raise NotTrusted("it was used before (jti); each call needs a token of its own")
    return client


def _looked_into(token: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Header and claims of a token that nobody has checked yet: only to know whose keys to ask."""
    parts = token.split(".")
    if len(token) > LONGEST_TOKEN or len(parts) != 3:
        raise NotTrusted("it is no signed JSON Web Token")
    header, claims = (_json(part) for part in parts[:2])
    return header, claims


def _json(part: str) -> Mapping[str, Any]:
    try:
        found = orjson.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error):
        raise NotTrusted("it is no signed JSON Web Token") from None
    if not isinstance(found, dict):
        raise NotTrusted("it is no signed JSON Web Token")
    return found


def _key(header: Mapping[str, Any], client: TrustedClient, settings: CdsSettings, keys: Keys) -> PublicKey:
    kid, jku, alg = header.get("kid"), header.get("jku"), header.get("alg")
    if alg not in settings.algorithms:
        raise NotTrusted(f"it is not signed with {' or '.join(sorted(settings.algorithms))} (alg)")
    if str(header.get("typ", "JWT")).upper() != "JWT":
        raise NotTrusted("it is no JSON Web Token (typ)")
    if not isinstance(kid, str) or not kid:
        raise NotTrusted("it does not name its key (kid)")
    if jku is not None and (not isinstance(jku, str) or jku.rstrip("/") != client.jwks_url):
        raise NotTrusted("its jku is not the address of the keys that is known here")
    found = public_keys(client.jwks).get(kid) if client.jwks is not None else None
    if found is None and client.jwks_url is not None:
        try:
            found = keys.at(client.jwks_url, kid)
        except NoKeys:
            raise NotTrusted("the keys of its issuer cannot be had now") from None
    if found is None:
        raise NotTrusted("its key (kid) is not among those of its issuer")
    if found.get("alg") not in (None, alg):
        raise NotTrusted("its key is for another algorithm")
    return found


def _number(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < 1e12:
        raise NotTrusted(f"{name} is needed, in seconds since 1970")
    return float(value)


def _in_time(claims: Mapping[str, Any], now: float) -> float:
    """Until when the token is good."""
    issued, until = _number(claims, "iat"), _number(claims, "exp")
    if until + CLOCKS_DIFFER < now:
        raise NotTrusted("it has expired (exp)")
    if issued - CLOCKS_DIFFER > now:
        raise NotTrusted("it was issued in the future (iat); do the clocks agree?")
    if "nbf" in claims and _number(claims, "nbf") - CLOCKS_DIFFER > now:
        raise NotTrusted("it is not good yet (nbf); do the clocks agree?")
    if not 0 <= until - issued <= LONGEST_LIFE:
        raise NotTrusted(f"it is good for longer than {LONGEST_LIFE:g} s (iat to exp)")
    return until + CLOCKS_DIFFER


def _for_us(claims: Mapping[str, Any], audiences: Collection[str]) -> None:
    said = claims.get("aud")
    named = said if isinstance(said, list) else [said]
    if not any(isinstance(one, str) and one in audiences for one in named):
        raise NotTrusted("it is made for another address (aud is the URL that is called)")


def _jti(claims: Mapping[str, Any]) -> str:
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= 500:
        raise NotTrusted("it has no name of its own (jti)")
    return jti
