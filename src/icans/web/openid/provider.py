"""Whom to send people to: the endpoints of an OpenID provider or of a SMART server, as they publish them.

Sources: OpenID Connect Discovery 1.0, sections 3 and 4; SMART App Launch 2.0, "Conformance".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from icans.web.cds.fetch import NotHad
from icans.web.cds.settings import SafeUrl
from icans.web.openid.outside import Outside
from icans.web.site import OpenId

OPENID = "/.well-known/openid-configuration"
SMART = "/.well-known/smart-configuration"
OPENID_SCOPE = "openid profile email"
_READ = (
    "Patient", "Observation", "MedicationAdministration", "Medication", "QuestionnaireResponse", "Procedure",
    "Condition",
)  # fmt: skip
"""The kinds that a launch reads of the patient, and no other."""
_URL = TypeAdapter(SafeUrl)


@dataclass(frozen=True)
class Client:
    """How the app is registered with a provider. secret '': a public client, which PKCE alone protects."""

    id: str
    secret: str


@dataclass(frozen=True)
class Provider:
    """An issuer of ID tokens. authorize, token: where people and codes go; userinfo '': there is none."""

    issuer: str
    authorize: str
    token: str
    jwks: str
    userinfo: str = ""
    scope: str = OPENID_SCOPE


def client_of(site: OpenId, launch: bool = False) -> Client:
    """The registration for the OpenID provider, or for the SMART servers where that is another."""
    if launch and site.smart_client_id:
        return Client(site.smart_client_id, site.smart_client_secret)
    return Client(site.client_id, site.client_secret)


def openid_provider(outside: Outside, issuer: str) -> Provider:
    """What an issuer says of itself. Raises NotHad, also where it says that it is another."""
    found = outside.documents.at(issuer.rstrip("/") + OPENID)
    if found.get("issuer") != issuer:
        raise NotHad("it says that it is another issuer than the settings have")
    authorize, token, jwks = (
        _endpoint(found, name, issuer) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    )
    userinfo = _endpoint(found, "userinfo_endpoint", issuer) if found.get("userinfo_endpoint") else ""
    return Provider(issuer, authorize, token, jwks, userinfo)


def smart_provider(outside: Outside, server: str) -> Provider:
    """Where a FHIR server of the settings sends those who launch the app.

    The keys of its ID tokens are taken from their issuer, never from the FHIR server: else that could speak for
    everybody's issuer. Raises NotHad.
    """
    found = outside.documents.at(server + SMART)
    authorize, token = (_endpoint(found, name, server) for name in ("authorization_endpoint", "token_endpoint"))
    issuer = found.get("issuer")
    if not isinstance(issuer, str) or not issuer:
        raise NotHad("it does not say who signs in (issuer, of the capability sso-openid-connect)")
    _safe(issuer, server)
    signer = openid_provider(outside, issuer)
    return Provider(issuer, authorize, token, signer.jwks, scope=_smart_scope(found))


def _smart_scope(found: Mapping[str, Any]) -> str:
    """`patient/KIND.read` of each kind; `.rs`, which means the same, where only the scopes of SMART 2 are known."""
    listed = found.get("capabilities")
    known = listed if isinstance(listed, list) else []
    newer = "permission-v2" in known and "permission-v1" not in known
    return " ".join(("launch openid fhirUser", *(f"patient/{kind}.{'rs' if newer else 'read'}" for kind in _READ)))


def _endpoint(found: Mapping[str, Any], name: str, near: str) -> str:
    url = found.get(name)
    if not isinstance(url, str):
        raise NotHad(f"it does not publish its {name}")
    _safe(url, near)
    return url


def _safe(url: str, near: str) -> None:
    """Raises NotHad for an address that is none, or not https where the one that names it is."""
    try:
        _URL.validate_python(url.split("?")[0])
    except ValidationError:
        raise NotHad("it names an address that cannot be called safely") from None
    if urlsplit(near).scheme == "https" and urlsplit(url).scheme != "https":
        raise NotHad("it names an address without https")
