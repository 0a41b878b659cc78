"""The public keys with which the tokens of a record system are checked: out of the settings, or fetched by URL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, RSAKey

PublicKey = RSAKey | ECKey
_FRESH = 300.0
"""Seconds for which fetched keys are used without asking again. Our choice."""
_AGAIN = 30.0
"""Seconds before keys are fetched again because a token names one that is not among them. Our choice."""
_SHORTEST_RSA = 2048
_SECRET = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")


class NoKeys(Exception):
    """The keys could not be had; the text says why."""


def public_key(data: Mapping[str, Any]) -> PublicKey:
    """One key of a JWK Set. Raises ValueError where it is none that a token may be checked with."""
    if data.get("kty") not in ("RSA", "EC"):
        raise ValueError("keys of kty RSA or EC are expected; one that both sides share is not taken")
    if any(part in data for part in _SECRET):
        raise ValueError("a private key stands among the keys; give the public half only")
    if not isinstance(data.get("kid"), str):
        raise ValueError("every key needs its kid")
    if data.get("use", "sig") != "sig":
        raise ValueError("a key for signatures is expected (use: sig)")
    try:
        key = JWKRegistry.import_key(dict(data))
        strong = not isinstance(key, RSAKey) or key.raw_value.key_size >= _SHORTEST_RSA
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise ValueError("a key cannot be read as a JWK") from None
    if not strong or not isinstance(key, RSAKey | ECKey):
        raise ValueError(f"an RSA key of at least {_SHORTEST_RSA} bits is expected")
    return key


def public_keys(jwks: Mapping[str, Any]) -> dict[str, PublicKey]:
    """kid -> key, of those keys of a JWK Set that can be used."""
    found: dict[str, PublicKey] = {}
    listed = jwks.get("keys")
    for data in listed if isinstance(listed, list) else ():
        try:
            key = public_key(data) if isinstance(data, dict) else None
        except ValueError:
            continue
        if key is not None:
            found.setdefault(data["kid"], key)
    return found


@dataclass
class _Kept:
    """The keys of one URL: when they were last asked for, and what is wrong where that failed."""

    since: float = float("-inf")
    keys: dict[str, PublicKey] = field(default_factory=dict)
    failure: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Keys:
    """Keys by URL, kept for a while; an address that fails is not asked again at once.

    fetch  gives the JSON behind a URL, or raises NoKeys; clock: seconds that only go forward
    """

    fetch: Callable[[str], Mapping[str, Any]]
    clock: Callable[[], float]
    _kept: dict[str, _Kept] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def at(self, url: str, kid: str) -> PublicKey | None:
        """The key with a name; None where it is not among them. Raises NoKeys."""
        with self._lock:
            kept = self._kept.setdefault(url, _Kept())
        with kept.lock:
            age = self.clock() - kept.since
            if age > _FRESH or (age > _AGAIN and (kid not in kept.keys or kept.failure)):
                self._ask(url, kept)
            if kid not in kept.keys and kept.failure:
                raise NoKeys(kept.failure)
            return kept.keys.get(kid)

    def _ask(self, url: str, kept: _Kept) -> None:
        kept.since = self.clock()
        try:
            kept.keys, kept.failure = public_keys(self.fetch(url)), ""
        except NoKeys as error:
            # The keys that were good a while ago stand until the address answers again.
            kept.failure = str(error)
