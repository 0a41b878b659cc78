"""What the sign-in needs of the world outside: the HTTP client, documents and keys kept for a while, the secret."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import httpx
import orjson

from icans.web.cds.fetch import Limits, NotHad, Web
from icans.web.cds.keys import Keys

Json = dict[str, Any]

LIMITS = Limits(largest=1_000_000, within=8.0, pages=1)
"""For a discovery document, a JWK Set, a token or the claims of a person."""
_FRESH = 300.0
"""Seconds for which a document is used without asking again. Our choice."""
_AGAIN = 5.0
"""Seconds before an address that failed is asked again. Our choice."""


@dataclass
class Outside:
    """One for the app. Connections are made on first use.

    secret  signs the cookies of sign-ins that have begun; new in each process, so a restart ends those under way
    """

    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    @cached_property
    def client(self) -> httpx.Client:
        """Follows no redirect and takes no proxy from the environment."""
        return httpx.Client(follow_redirects=False, trust_env=False)

    @cached_property
    def web(self) -> Web:
        """Gets JSON."""
        return Web(self.client)

    @cached_property
    def keys(self) -> Keys:
        """The public keys of issuers."""
        return Keys(lambda url: self.web.keys(url, LIMITS), time.monotonic)

    @cached_property
    def documents(self) -> Documents:
        """What issuers and record systems say of themselves."""
        return Documents(lambda url: self.web.json(url, LIMITS, time.monotonic() + LIMITS.within), time.monotonic)

    def post(self, url: str, body: str, headers: Mapping[str, str]) -> tuple[int, Json]:
        """(status, JSON object) of the answer to a form. Raises NotHad."""
        content = bytearray()
        try:
            with self.client.stream(
                "POST", url, content=body.encode(), headers=dict(headers), timeout=LIMITS.within
            ) as answer:
                for part in answer.iter_bytes():
                    content += part
                    if len(content) > LIMITS.largest:
                        raise NotHad("the answer of the server is too large")
        except httpx.TimeoutException:
            raise NotHad("the server took too long") from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            raise NotHad("the server could not be reached") from None
        return answer.status_code, _object(answer.status_code, bytes(content))

    def close(self) -> None:
        """Close the connections that are kept."""
        if "client" in self.__dict__:
            self.client.close()


def _object(status: int, content: bytes) -> Json:
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict) or status >= 500:
        raise NotHad(f"the server answered {status}")
    return found


@dataclass
class _Kept:
    since: float = float("-inf")
    content: Json | None = None
    failure: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Documents:
    """JSON documents by URL. Only addresses of the settings, and the issuers that those name, are asked for."""

    fetch: Callable[[str], Json]
    clock: Callable[[], float]
    _kept: dict[str, _Kept] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def at(self, url: str) -> Json:
        """The document. Raises NotHad."""
        with self._lock:
            kept = self._kept.setdefault(url, _Kept())
        with kept.lock:
            if self.clock() - kept.since > (_FRESH if kept.content is not None else _AGAIN):
                kept.since = self.clock()
                try:
                    kept.content, kept.failure = self.fetch(url), ""
                except NotHad as error:
                    kept.content, kept.failure = None, str(error)
            if kept.content is None:
                raise NotHad(kept.failure)
            return kept.content
