"""Send somebody to the provider, and change the code that comes back for tokens: Authlib's OAuth 2 client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.client import OAuth2Client

from icans.web.cds.fetch import NotHad
from icans.web.openid.begun import Begun
from icans.web.openid.outside import Outside
from icans.web.openid.provider import Client, Provider
from icans.web.openid.refusal import Refusal

_SHOWN = 60


class _Oauth(OAuth2Client):
    """Authlib's client, which asks through ours: no redirects, a limit of size and time."""

    def __init__(self, outside: Outside, client: Client, redirect_uri: str, scope: str) -> None:
        super().__init__(
            None, client.id, client.secret or None, scope=scope, redirect_uri=redirect_uri, code_challenge_method="S256"
        )
        self._outside = outside

    def _fetch_token(
        self, url: Any, body: Any = "", headers: Any = None, auth: Any = None, method: str = "POST", **kwargs: Any
    ) -> dict[str, Any]:
        where, sent, text = auth.prepare(method, url, dict(headers or {}), body)
        status, answer = self._outside.post(where, text, sent)
        if status >= 400 or "error" in answer:
            raise OAuth2Error(error=str(answer.get("error", status))[:_SHOWN])
        return answer


def address_of(
    outside: Outside, provider: Provider, client: Client, begun: Begun, redirect_uri: str, more: Mapping[str, str]
) -> str:
    """Where to send somebody, with state, nonce and the challenge of PKCE (S256)."""
    oauth = _Oauth(outside, client, redirect_uri, provider.scope)
    url, _ = oauth.create_authorization_url(
        provider.authorize, begun.state, begun.verifier, nonce=begun.nonce, **more
    )  # fmt: skip
    return url


def tokens_for(
    outside: Outside, provider: Provider, client: Client, begun: Begun, redirect_uri: str, code: str
) -> Mapping[str, Any]:
    """What the provider gives for a code. Raises Refusal where it refuses the code, NotHad."""
    oauth = _Oauth(outside, client, redirect_uri, provider.scope)
    try:
        found = oauth.fetch_token(
            provider.token, grant_type="authorization_code", code=code, code_verifier=begun.verifier
        )
    except OAuth2Error as error:
        raise _not_taken(str(error.error)) from None
    if not isinstance(found.get("access_token"), str) or not isinstance(found.get("id_token"), str):
        raise NotHad("it gave no ID token")
    return found


def _not_taken(error: str) -> Refusal:
    if error in ("invalid_client", "unauthorized_client"):
        words = "The provider does not know this app. An administrator must look at client_id and client_secret."
        return Refusal(502, words, why=f"token endpoint: {error}")
    words = "This sign-in was used already, or took too long.", "Begin again."
    return Refusal(400, *words, why=f"token endpoint: {error}")
