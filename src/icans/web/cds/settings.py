"""Who may call the CDS services, which FHIR servers may be asked on their behalf, and within what limits."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from icans.errors import DataError
from icans.grading.conventions import switches
from icans.guidance import library
from icans.web.cds.keys import public_key

_PORTS = {"http": 80, "https": 443}


def is_loopback(host: str | None) -> bool:
    """True for this machine itself."""
    if host is None:
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _url(url: str) -> str:
    """A URL of the web without user name, query or fragment; no slash at its end."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError("a URL such as https://ehr.example.org/fhir is expected") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("a URL such as https://ehr.example.org/fhir is expected")
    if parts.username or parts.password or parts.query or parts.fragment or ".." in parts.path:
        raise ValueError("a URL without user name, query, fragment and '..' is expected")
    return url.rstrip("/")


def _safe_url(url: str) -> str:
    """A URL that may be called: https, or http on this machine."""
    parts = urlsplit(found := _url(url))
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("https is needed; http only on this machine (127.0.0.1, localhost)")
    return found


def _origin(url: str) -> str:
    parts = urlsplit(_safe_url(url))
    if parts.path:
        raise ValueError("an origin such as https://ehr.example.org is expected, without a path")
    return f"{parts.scheme}://{parts.netloc.lower()}"


OwnUrl = Annotated[str, Field(max_length=2000), AfterValidator(_url)]
"""Where this platform is reached: it is only named, never called."""
SafeUrl = Annotated[str, Field(max_length=2000), AfterValidator(_safe_url)]
Origin = Annotated[str, Field(max_length=2000), AfterValidator(_origin)]


class _Set(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _none(value: object) -> object:
    return None if value == "" else value


class TrustedClient(_Set):
    """A record system that may call.

    issuer        the `iss` of its tokens
    jwks          its public keys (JWK Set), or
    jwks_url      where they are kept; a token whose `jku` is another is refused
    fhir_servers  the FHIR servers that may be asked where it sends a token for them
    origins       web pages of it that may call from a browser (CORS)
    """

    issuer: Annotated[str, Field(min_length=1, max_length=2000)]
    jwks: Mapping[str, Any] | None = None
    jwks_url: Annotated[SafeUrl | None, BeforeValidator(_none)] = None
    fhir_servers: tuple[SafeUrl, ...] = ()
    origins: tuple[Origin, ...] = ()

    @field_validator("jwks")
    @classmethod
    def _public_keys_only(cls, keys: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        if keys is None:
            return None
        listed = keys.get("keys")
        if not isinstance(listed, list) or not listed or not all(isinstance(key, dict) for key in listed):
            raise ValueError("a JWK Set is expected: {keys: [...]}")
        for key in listed:
            public_key(key)
        return keys

    @model_validator(mode="after")
    def _has_keys(self) -> TrustedClient:
        if self.jwks is None and self.jwks_url is None:
            raise ValueError("jwks or jwks_url is needed: how its tokens are checked")
        return self


class CdsSettings(_Set):
    """The settings of the CDS services.

    base_url     where this platform is reached, as the record systems call it: `aud` of a token is
                 base_url/cds-services/ID
    open         True for a sandbox: no token is asked for, every web page may call, and no FHIR server is asked
    guideline    whose advice is shown; conventions: switches that are changed; time_zone: of the times on a card
    launch_url   where the app is launched (SMART); None: no link to it
    algorithms   how a token may be signed; those that both sides share a key for are never taken
    largest_body bytes of a request; largest_answer: bytes of one answer of a FHIR server
    answer_within  seconds for everything that is asked of a FHIR server; pages: how many of one search
    """

    base_url: OwnUrl
    trusted_clients: tuple[TrustedClient, ...] = ()
    open: bool = False
    guideline: str = library.DEFAULT
    conventions: Mapping[str, bool] = Field(default_factory=dict)
    time_zone: str = "UTC"
    launch_url: OwnUrl | None = None
    algorithms: frozenset[str] = frozenset({"RS384", "ES384"})
    largest_body: Annotated[int, Field(gt=0)] = 10_000_000
    largest_answer: Annotated[int, Field(gt=0)] = 10_000_000
    answer_within: Annotated[float, Field(gt=0)] = 5.0
    pages: Annotated[int, Field(gt=0)] = 10

    @field_validator("trusted_clients")
    @classmethod
    def _each_once(cls, clients: tuple[TrustedClient, ...]) -> tuple[TrustedClient, ...]:
        if len({client.issuer for client in clients}) < len(clients):
            raise ValueError("an issuer is there twice")
        return clients

    @field_validator("algorithms")
    @classmethod
    def _with_two_keys(cls, names: frozenset[str]) -> frozenset[str]:
        if not names or any(name[:2] not in ("RS", "ES", "PS") for name in names):
            raise ValueError("algorithms with a public key are expected, such as RS384 and ES384")
        return names

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, name: str) -> str:
        try:
            return ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("a time zone such as Europe/Berlin is expected") from None

    @model_validator(mode="after")
    def _known(self) -> CdsSettings:
        try:
            switches(self.conventions)
            if self.guideline not in library.families():
                library.guideline(self.guideline, changed=self.conventions)
        except DataError as error:
            raise ValueError(str(error)) from None
        return self

    def client(self, issuer: object) -> TrustedClient | None:
        """The trusted client with this issuer."""
        return next((client for client in self.trusted_clients if client.issuer == issuer), None)

    def allows_origin(self, origin: str, client: TrustedClient | None = None) -> bool:
        """Whether a web page may call; of a caller that is known, only its own pages."""
        clients = (client,) if client is not None else self.trusted_clients
        return self.open or any(origin.lower() in one.origins for one in clients)
