"""An ID token is believed only where everything in it fits; each case here breaks one thing of a good one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from icans.web.cds.fetch import NotHad
from icans.web.cds.keys import Keys, NoKeys
from icans.web.openid.begun import Begun
from icans.web.openid.identity import Identity, identity_of, with_names
from icans.web.openid.outside import Outside
from icans.web.openid.provider import Provider
from icans.web.openid.refusal import Refusal

ISSUER, CLIENT, NONCE, ACCESS = "https://login.example.org", "ward-app", "a nonce", "an access token"
NOW = datetime(2026, 3, 9, 6, 0, tzinfo=UTC)
PROVIDER = Provider(ISSUER, f"{ISSUER}/authorize", f"{ISSUER}/token", f"{ISSUER}/jwks")
BEGUN = Begun("openid", ISSUER, CLIENT, "a state", NONCE, "a verifier", NOW.timestamp() + 600)
RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
OTHER = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
EC = ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"})
PSS = RSAKey.generate_key(2048, {"kid": "pss", "use": "sig"})
SHARED = {"kty": "oct", "kid": "shared", "k": base64.urlsafe_b64encode(b"shared" * 6).decode().rstrip("=")}
JWKS: dict[str, Any] = {
    "keys": [*(key.as_dict(private=False) for key in (RSA, EC)), PSS.as_dict(private=False, alg="PS256"), SHARED]
}


def claims(**changed: Any) -> dict[str, Any]:
    """Those of a good token; None leaves one out."""
    good = {
        "iss": ISSUER, "aud": CLIENT, "sub": "lena", "nonce": NONCE, "name": "Lena Ansel",
        "iat": int(NOW.timestamp()), "exp": int((NOW + timedelta(minutes=5)).timestamp()),
    } | changed  # fmt: skip
    return {name: value for name, value in good.items() if value is not None}


def signed(said: dict[str, Any], key: Any = RSA, **header: Any) -> str:
    head = {"alg": "RS256", "kid": "rsa"} | header
    return jwt.encode({k: v for k, v in head.items() if v is not None}, said, key, algorithms=[head["alg"]])


def part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def unsigned(alg: str = "none", kid: str = "rsa") -> str:
    return f"{part({'alg': alg, 'kid': kid})}.{part(claims())}."


def with_shared_key(secret: bytes, kid: str) -> str:
    """HS256, made by hand: what somebody would sign who has only what is public."""
    body = f"{part({'alg': 'HS256', 'kid': kid})}.{part(claims())}"
    mac = hmac.new(secret, body.encode(), hashlib.sha256).digest()
    return f"{body}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def believed(token: str, jwks: dict[str, Any] = JWKS) -> Identity:
    keys = Keys(lambda url: jwks, time.monotonic)
    return identity_of(keys, PROVIDER, BEGUN, {"id_token": token, "access_token": ACCESS}, NOW)


def refused(token: str) -> str:
    with pytest.raises(Refusal) as caught:
        believed(token)
    assert caught.value.status == 502
    assert token not in " ".join(caught.value.words)
    return caught.value.why


def test_a_good_token_tells_who_it_is():
    assert believed(signed(claims())) == Identity(ISSUER, "lena", "Lena Ansel")


def test_a_key_on_a_curve_is_as_good():
    assert believed(signed(claims(), EC, alg="ES256", kid="ec")).subject == "lena"


def test_a_token_that_nobody_signed_is_refused():
    for alg in ("none", "None", "NONE", ""):
        assert "not signed with a public key" in refused(unsigned(alg))


def test_a_token_signed_with_the_public_key_as_if_it_were_shared_is_refused():
    assert "not signed with a public key" in refused(with_shared_key(RSA.as_pem(private=False), "rsa"))


def test_a_shared_key_among_those_of_the_provider_is_not_used():
    assert "not signed with a public key" in refused(with_shared_key(b"shared" * 6, "shared"))


def test_a_signature_of_another_key_under_the_same_name_is_refused():
    assert "signature" in refused(signed(claims(), OTHER))


def test_a_token_that_was_changed_after_it_was_signed_is_refused():
    head, _, signature = signed(claims()).split(".")
    assert "signature" in refused(f"{head}.{part(claims(sub='ada'))}.{signature}")


def test_a_key_that_is_not_among_those_of_the_provider_is_refused():
    assert "kid" in refused(signed(claims(), kid="another"))
    assert "kid" in refused(signed(claims(), kid=None))


def test_a_key_for_one_algorithm_is_not_used_for_another():
    assert "another algorithm" in refused(signed(claims(), PSS, kid="pss"))
    assert "another algorithm" in refused(signed(claims(), EC, alg="ES256", kid="rsa"))
    assert believed(signed(claims(), PSS, alg="PS256", kid="pss")).subject == "lena"


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"iss": "https://evil.example.org"}, "iss"),
        ({"iss": f"{ISSUER}/"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "another-app"}, "aud"),
        ({"aud": ["another-app"]}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": [CLIENT, "another-app"]}, "azp"),
        ({"aud": [CLIENT, "another-app"], "azp": "another-app"}, "azp"),
        ({"azp": "another-app"}, "azp"),
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"exp": None}, "exp"),
        ({"exp": int((NOW - timedelta(seconds=61)).timestamp())}, "expired"),
        ({"iat": None}, "iat"),
        ({"iat": int((NOW + timedelta(seconds=61)).timestamp())}, "token"),
        ({"nbf": int((NOW + timedelta(seconds=61)).timestamp())}, "token"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": 7}, "sub"),
        ({"sub": "x" * 256}, "sub"),
        ({"sub": "line\nbreak"}, "sub"),
        ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "at_hash"),
        ({"exp": "soon"}, "exp"),
    ],
)  # fmt: skip
def test_a_claim_that_does_not_fit_is_named(changed: dict[str, Any], named: str):
    assert named in refused(signed(claims(**changed)))


def test_clocks_may_differ_by_a_minute():
    assert believed(signed(claims(exp=int((NOW - timedelta(seconds=59)).timestamp())))).subject == "lena"
    assert believed(signed(claims(iat=int((NOW + timedelta(seconds=59)).timestamp())))).subject == "lena"


def test_a_token_for_several_that_names_this_app_as_its_own_is_good():
    assert believed(signed(claims(aud=[CLIENT, "another-app"], azp=CLIENT))).subject == "lena"


def test_the_hash_of_the_access_token_fits():
    """OpenID Connect Core 1.0, section 3.1.3.6: the left half of SHA-256."""
    half = hashlib.sha256(ACCESS.encode()).digest()[:16]
    at_hash = base64.urlsafe_b64encode(half).decode().rstrip("=")
    assert believed(signed(claims(at_hash=at_hash))).subject == "lena"


@pytest.mark.parametrize("token", ["", "x", "a.b", "a.b.c", "..", "a.b.c.d.e", "é.é.é", f"{part({})}..", "x" * 30_000])
def test_what_is_no_token_is_refused_in_words(token: str):
    assert refused(token or "?")


def test_claims_that_are_no_object_are_refused():
    from joserfc import jws

    text = jws.serialize_compact({"alg": "RS256", "kid": "rsa"}, b"[1]", RSA, algorithms=["RS256"])
    assert refused(text)


def test_keys_that_cannot_be_had_are_told_as_such():
    def down(url: str) -> dict[str, Any]:
        raise NoKeys("the server could not be reached")

    with pytest.raises(NotHad, match="could not be reached"):
        identity_of(
            Keys(down, time.monotonic), PROVIDER, BEGUN, {"id_token": signed(claims()), "access_token": ACCESS}, NOW
        )


def test_a_name_is_made_fit_for_a_list_of_people():
    found = believed(signed(claims(name="  Lena \u202e\n<b>Ansel ", preferred_username=7, email="x" * 300)))
    assert found.name == "Lena <b>Ansel"
    assert found.username == ""
    assert len(found.email) == 120


class Answers:
    """A web that answers every question alike."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content

    def json(self, *args: Any) -> dict[str, Any]:
        return self.content


def with_userinfo(content: dict[str, Any]) -> Identity:
    outside = Outside()
    outside.__dict__["web"] = Answers(content)
    provider = Provider(ISSUER, "", "", "", userinfo=f"{ISSUER}/me")
    return with_names(outside, provider, Identity(ISSUER, "lena"), ACCESS)


def test_names_come_from_userinfo_where_the_token_has_none():
    assert with_userinfo({"sub": "lena", "preferred_username": "l.ansel"}).username == "l.ansel"


def test_userinfo_about_somebody_else_is_refused():
    with pytest.raises(Refusal, match="somebody else"):
        with_userinfo({"sub": "ada", "name": "Ada"})
