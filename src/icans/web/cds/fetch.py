"""What other servers are asked: the FHIR server of a record system for what it did not send, and its public keys.

Only addresses of the settings are called, redirects are not followed, and answers have a size and a time.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import orjson

from icans.web.cds.keys import NoKeys

_CONNECT = 2.0
_PORTS = {"http": 80, "https": 443}


class NotHad(Exception):
    """Something could not be had from another server; the text says why, without an address or a patient's value."""


@dataclass(frozen=True)
class Limits:
    """bytes of one answer, seconds for everything of one request, pages of one search."""

    largest: int = 10_000_000
    within: float = 5.0
    pages: int = 10


class Web:
    """Asks other servers. One is shared by all requests; `close` it at the end."""

    def __init__(self, client: httpx.Client | None = None) -> None:
        self._client = client or httpx.Client(follow_redirects=False, trust_env=False)

    def close(self) -> None:
        """Close the connections that are kept."""
        self._client.close()

    def json(self, url: str, limits: Limits, until: float, token: str | None = None) -> dict[str, Any]:
        """The JSON object behind a URL.

        until  the moment of `time.monotonic` by which it must be there

        Raises NotHad.
        """
        headers = {"Accept": "application/fhir+json, application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        body = bytearray()
        try:
            with self._client.stream("GET", url, headers=headers, timeout=_timeout(until)) as answer:
                if answer.status_code != httpx.codes.OK:
                    raise NotHad(f"the server answered {answer.status_code}")
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > limits.largest:
                        raise NotHad("the answer of the server is too large")
                    if time.monotonic() > until:
                        raise NotHad("the server took too long")
        except httpx.TimeoutException:
            raise NotHad("the server took too long") from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            raise NotHad("the server could not be reached") from None
        return _object(bytes(body))

    def keys(self, url: str, limits: Limits) -> Mapping[str, Any]:
        """The JWK Set behind a URL. Raises NoKeys."""
        try:
            return self.json(url, limits, time.monotonic() + limits.within)
        except NotHad as error:
            raise NoKeys(str(error)) from None


def _timeout(until: float) -> httpx.Timeout:
    left = until - time.monotonic()
    if left <= 0:
        raise NotHad("the server took too long")
    return httpx.Timeout(left, connect=min(left, _CONNECT))


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise NotHad("the answer of the server is no JSON") from None
    if not isinstance(found, dict):
        raise NotHad("the answer of the server is no JSON object")
    return found


def next_page(bundle: Mapping[str, Any]) -> str | None:
    """Where the next page of a Bundle is; None where it is the last."""
    links = bundle.get("link")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("relation") == "next" and isinstance(link.get("url"), str):
            return link["url"]
    return None


def below(server: str, url: str) -> str:
    """A link of an answer of a server as an address; a relative one is taken from the server. Raises NotHad elsewhere.

    A token is never sent anywhere but to the server that it is for.
    """
    base, target = urlsplit(f"{server}/"), urlsplit(urljoin(f"{server}/", url))
    try:
        same = (base.scheme, base.hostname, _port(base)) == (target.scheme, target.hostname, _port(target))
    except ValueError:
        same = False
    path_fits = f"{target.path}/".startswith(base.path) and ".." not in target.path
    if not same or not path_fits or target.username or target.password:
        raise NotHad("the next page of the server is somewhere else")
    return target.geturl()


def _port(parts: Any) -> int | None:
    return parts.port or _PORTS.get(parts.scheme)
